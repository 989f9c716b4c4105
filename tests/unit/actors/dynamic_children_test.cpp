// SPDX-License-Identifier: Apache-2.0
//
// Children that come and go while the tree runs.
#include "support/actors/tree.hpp"

using namespace alys;
using namespace alys::test;
using namespace std::chrono_literals;

namespace {

struct limited {
  int size = 1;
  void validate(problem_list& found) const {
    if (size < 1) found.push_back({"size", "must be at least 1"});
  }
};
ALYS_CONFIG(limited, size)

class guest final : public actor<guest, limited> {
public:
  using messages = accepts<question>;
  int handle(const question& q) { return q.number + config().size; }
};

// A tree with a factory of subjects.
struct inn : tree {
  explicit inn(child_options options = {}, std::size_t at_most = 10, strategy how = one_for_one{})
      : tree(how), rooms(root.children<subject>("room-{}", std::move(options), at_most)) {}
  factory<subject> rooms;
};

} // namespace

TEST_CASE("a child is started at run time under the name that its pattern gives") {
  inn t;
  auto system = t.start();
  const auto its = std::make_shared<script>();
  const auto room = t.rooms.start("7", {}, its);
  REQUIRE(room);
  CHECK(room->path() == "/root/room-7");
  CHECK(system.ask(*room, incarnation_of(), patience) == 1);
  CHECK(system.find<subject>("/root/room-7").value() == *room);
  CHECK(find(system.tree(), "/root/room-7") != nullptr);
}

TEST_CASE("a child that came at run time is restarted like any other") {
  inn t{{}, 10, one_for_all{}};
  const auto a = t.add("a");
  auto system = t.start();
  const auto its = std::make_shared<script>();
  const auto room = t.rooms.start("1", {}, its).value();
  CHECK(system.ask(room, throwing(), patience).error().failed());
  CHECK(system.ask(room, incarnation_of(), patience) == 2);
  CHECK(t.seen->steps.wait_for("/root/a: initializing -> running (2)"));
  CHECK(system.ask(a, throwing(), patience).error().failed());
  CHECK(t.seen->steps.wait_for("/root/room-1: initializing -> running (3)"));
}

TEST_CASE("names are taken once and free again after the end") {
  inn t;
  t.add("room-static");
  auto system = t.start();
  const auto first = t.rooms.start("1", {}, std::make_shared<script>()).value();
  CHECK(t.rooms.start("1", {}, std::make_shared<script>()) == errc::already_exists);
  CHECK(t.rooms.start("static", {}, std::make_shared<script>()) == errc::already_exists);
  CHECK(t.rooms.start("1/2", {}, std::make_shared<script>()) == errc::out_of_range);
  CHECK(t.rooms.start("", {}, std::make_shared<script>()));
  REQUIRE(t.rooms.stop(first));
  REQUIRE(t.seen->steps.wait_for("/root/room-1: stopped -> terminated (1)"));
  const auto second = t.rooms.start("1", {}, std::make_shared<script>());
  REQUIRE(second);
  CHECK_FALSE(*second == first);
  CHECK(system.ask(*second, answering(1), patience) == 1);
  CHECK(system.ask(first, answering(1), patience) == errc::stopped);
}

TEST_CASE("no more children than allowed live at once") {
  inn t{{}, 2};
  auto system = t.start();
  const auto first = t.rooms.start("1", {}, std::make_shared<script>()).value();
  REQUIRE(t.rooms.start("2", {}, std::make_shared<script>()));
  CHECK(t.rooms.start("3", {}, std::make_shared<script>()) == errc::out_of_range);
  REQUIRE(t.rooms.stop(first));
  CHECK(eventually([&] { return t.rooms.start("4", {}, std::make_shared<script>()).has_value(); }));
}

TEST_CASE("what is sent to a child before it has started waits for it") {
  inn t;
  auto system = t.start();
  const auto its = std::make_shared<script>();
  const auto room = t.rooms.start("1", {}, its).value();
  send(room, note{1});
  CHECK(its->log.wait_for("note 1"));
}

TEST_CASE("a child that is stopped ends in order and leaves the tree") {
  inn t;
  auto system = t.start();
  const auto its = std::make_shared<script>();
  const auto room = t.rooms.start("1", {}, its).value();
  CHECK(system.ask(room, answering(1), patience) == 1);
  REQUIRE(t.rooms.stop(room));
  CHECK(t.seen->steps.wait_for("/root/room-1: stopped -> terminated (1)"));
  CHECK(its->log.lines() == lines{"construct", "initialize", "started", "stopping", "stopped", "destroy"});
  CHECK(eventually([&] { return system.tree().children.empty(); }));
  CHECK(system.find<subject>("/root/room-1") == errc::no_such_path);
  CHECK(t.rooms.stop(room)); // nothing happens
}

TEST_CASE("a factory stops no children but its own") {
  inn t;
  const auto own = t.add("own");
  const auto other = t.root.children<subject>("other-{}");
  auto system = t.start();
  const auto stranger = other.start("1", {}, std::make_shared<script>()).value();
  CHECK(t.rooms.stop(own));
  CHECK(t.rooms.stop(stranger));
  CHECK_THROWS_WITH((void)t.rooms.stop(ref<subject>{}), "alys: an empty handle was used");
  const auto last = t.rooms.start("1", {}, std::make_shared<script>()).value();
  CHECK(system.ask(last, answering(1), patience) == 1); // the orders before it have been heard
  CHECK(system.ask(own, answering(1), patience) == 1);
  CHECK(system.ask(stranger, answering(1), patience) == 1);
}

TEST_CASE("the configuration of a child is checked before anything is built") {
  supervisor_spec root{"root"};
  const auto guests = root.children<guest>("guest-{}");
  auto system = alys::system::start(root, {.log = log_to_nowhere()});
  const auto refused = guests.start("1", {.size = 0});
  CHECK(refused == errc::out_of_range);
  CHECK(refused.error().text() == "size: must be at least 1");
  const auto taken = guests.start("1", {.size = 5});
  REQUIRE(taken);
  CHECK(system.ask(*taken, question{1}, patience) == 6);
}

TEST_CASE("a factory of a tree that does not run says so") {
  inn t;
  CHECK(t.rooms.start("1", {}, std::make_shared<script>()) == errc::not_running);
  {
    auto system = t.start();
    const auto room = t.rooms.start("1", {}, std::make_shared<script>()).value();
    CHECK(system.shutdown(patience).in_time);
    CHECK(t.rooms.start("2", {}, std::make_shared<script>()) == errc::not_running);
    CHECK(t.rooms.stop(room) == errc::not_running);
  }
  CHECK(t.rooms.start("3", {}, std::make_shared<script>()) == errc::not_running);
}

TEST_CASE("a child whose start fails is restarted by its policy and spends the budget") {
  inn t{{}, 10, one_for_one{.restarts = 2}};
  auto system = t.start();
  const auto its = std::make_shared<script>();
  its->initialize = [](subject&) -> result<void> { return fail(category::resource, "no room"); };
  REQUIRE(t.rooms.start("1", {}, its));
  CHECK(system.wait_for(patience) == end_reason::budget_exhausted);
  CHECK(its->log.count("initialize") == 3);
}

TEST_CASE("a child may start others") {
  inn t;
  const auto a = t.add("a");
  auto system = t.start();
  const auto its = std::make_shared<script>();
  const act hire{[rooms = t.rooms, its](subject&) { return rooms.start("1", {}, its).has_value() ? 1 : 0; }};
  CHECK(system.ask(a, hire, patience) == 1);
  CHECK(its->log.wait_for("started"));
}

TEST_CASE("children that are born while the tree goes down turn away what was sent to them") {
  inn t{{}, 100'000};
  std::optional<alys::system> system{t.start()};
  std::atomic<std::uint64_t> born{0};
  std::thread keeper([&] {
    for (int i = 0;; ++i) {
      const auto room = t.rooms.start(std::to_string(i), {}, std::make_shared<script>());
      if (!room) return;
      ++born;
      send(*room, perform{[](subject&) {}});
    }
  });
  CHECK(eventually([&] { return born > 50; }));
  CHECK(system->shutdown(patience).in_time);
  keeper.join();
  system.reset();
  // Each message ended: in its handler, or as a dead letter.
  CHECK(t.seen->dead_letters.lines().size() <= born);
}
