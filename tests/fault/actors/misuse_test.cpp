// SPDX-License-Identifier: Apache-2.0
//
// Handles, promises, asks, timers and declarations used in ways that nobody means: each ends in an error or in nothing, and the tree lives.
#include "support/actors/tree.hpp"

using namespace alys;
using namespace alys::test;
using namespace std::chrono_literals;

namespace {

// Says how often it was moved, and throws when it is once too often.
struct brittle {
  brittle() = default;
  explicit brittle(int moves_left) : left(moves_left) {}
  brittle(const brittle&) = default;
  brittle(brittle&& other) : left(other.left - 1) {
    if (left < 0) throw std::runtime_error("moved once too often");
  }
  int left = 1'000;
};

// A message that can be moved, and not copied without a throw.
struct unique_note {
  unique_note() = default;
  unique_note(unique_note&&) = default;
  unique_note(const unique_note&) { throw std::runtime_error("no copies"); }
};
ALYS_MESSAGE(unique_note)

class repeater final : public actor<repeater> {
public:
  using messages = accepts<unique_note, question>;
  void started() { every(1ms, unique_note{}); }
  void handle(const unique_note&) {}
  int handle(const question& q) { return q.number; }
};

constexpr std::array resume_always{row{category::unknown, action::resume}};

// Looks at something when it goes.
class last_look {
public:
  explicit last_look(std::function<void()> look) : look_(std::move(look)) {}
  ~last_look() { look_(); }
  last_look(const last_look&) = delete;
  last_look& operator=(const last_look&) = delete;

private:
  std::function<void()> look_;
};

class holder final : public actor<holder> {
public:
  using messages = accepts<note>;
  explicit holder(std::shared_ptr<last_look> held) : held_(std::move(held)) {}
  void handle(const note&) {}

private:
  std::shared_ptr<last_look> held_;
};

// Answers every dead letter with another one.
struct echo final : observer {
  void dead_letter_made(const dead_letter&) override {
    ++told;
    if (to) send(to, note{told});
  }
  ref<subject> to;
  int told = 0;
};

} // namespace

TEST_CASE("a promise that was moved from is still the same promise") {
  tree t;
  const auto a = t.add("a");
  auto system = t.start();
  promise<int> kept;
  const act_later moves_it_away{[&](subject&) {
    promise<int> p;
    kept = std::move(p);
    kept.deliver(7);
    return p; // NOLINT(bugprone-use-after-move)
  }};
  CHECK(system.ask(a, moves_it_away, patience) == 7);
}

TEST_CASE("a promise whose value throws on its way still owes its answer") {
  for (int moves = 0; moves < 8; ++moves) {
    promise<brittle> p;
    result<brittle> value{brittle{}};
    value.value().left = moves;
    bool thrown = false;
    try {
      p.deliver(std::move(value));
    } catch (const std::runtime_error&) {
      thrown = true;
    }
    CHECK(p.answered() == !thrown);
    CHECK(p.deliver(fail(category::logic, "it cannot be moved")) == thrown);
  }
}

TEST_CASE("an ask is sent once") {
  tree t;
  std::atomic<int> answers{0};
  const auto h = t.root.child<helper>("h", {}, {}, [](int n) { return answered(n); });
  const auto a = t.add("a");
  auto system = t.start();
  const act twice{[&, h](subject& s) -> result<int> {
    auto price = s.ask(h, question{1}, patience);
    price.then([&](int) { ++answers; }, [](const error&) {});
    try {
      price.then([&](int) { ++answers; }, [](const error&) {});
    } catch (const std::logic_error& e) {
      return std::string{e.what()} == "alys: an ask is sent once: this one was sent before, or moved from" ? 1 : 2;
    }
    return 3;
  }};
  CHECK(system.ask(a, twice, patience) == 1);
  CHECK(eventually([&] { return answers == 1; }));
}

TEST_CASE("a factory that was moved from is still the same factory") {
  tree t;
  auto rooms = t.root.children<subject>("room-{}");
  auto system = t.start();
  const auto moved = std::move(rooms);
  CHECK(rooms.start("1", {}, std::make_shared<script>())); // NOLINT(bugprone-use-after-move)
  CHECK(moved.start("1", {}, std::make_shared<script>()) == errc::already_exists);
}

TEST_CASE("a name that a dynamic child cannot have is refused with what is allowed") {
  tree t;
  const auto rooms = t.root.children<subject>("room-{}");
  auto system = t.start();
  const auto refused = [&](std::string_view suffix) { return rooms.start(suffix, {}, std::make_shared<script>()).error().text(); };
  CHECK(refused("../1") == "/root: \"room-../1\" cannot name a child: use 1 to 128 of a-z A-Z 0-9 . _ -");
  CHECK(refused(std::string(10'000, 'x')) ==
        "/root: \"room-" + std::string(123, 'x') + "...\" cannot name a child: use 1 to 128 of a-z A-Z 0-9 . _ -");
}

TEST_CASE("nothing can be declared once the tree was started") {
  tree t;
  supervisor_spec& team = t.root.supervisor("team");
  auto system = t.start();
  CHECK_THROWS_WITH(t.add("late"),
                    "alys: \"late\" is declared under \"root\", which was started before: declare everything before the "
                    "start, and with children<A>() what comes later");
  CHECK_THROWS_AS(t.add(team, "late"), std::logic_error);
  CHECK_THROWS_AS(t.root.supervisor("late"), std::logic_error);
  CHECK_THROWS_AS((void)t.root.children<subject>("late-{}"), std::logic_error);
}

TEST_CASE("a declaration that was never started turns its messages away when it goes") {
  ref<subject> a;
  std::weak_ptr<int> content;
  {
    tree t;
    a = t.add("a");
    const auto held = std::make_shared<int>(1);
    content = held;
    send(a, perform{[a, held](subject&) {}}); // with a handle to its own mailbox
    CHECK(try_send(a, note{1}));
  }
  CHECK(content.expired());
  CHECK(try_send(a, note{2}) == errc::stopped);
}

TEST_CASE("a value that no option has is refused with what is allowed") {
  tree t;
  t.add("a", {.restart = backoff{.jitter = static_cast<jitter>(9)},
              .mailbox = {.overflow = static_cast<overflow>(9)},
              .kind = static_cast<child_kind>(9)});
  CHECK(to_string(t.root.check()) ==
        "/root/a: restart.jitter: must be full or none\n"
        "/root/a: mailbox.overflow: must be reject, drop_oldest, drop_newest or block\n"
        "/root/a: kind: must be permanent, transient or temporary");
}

TEST_CASE("an answer that comes after its asker outside has gone is a dead letter") {
  tree t;
  const auto a = t.add("a");
  auto system = t.start();
  const auto inside = std::make_shared<gate>();
  const auto until = std::make_shared<gate>();
  CHECK(system.ask(a, holding(inside, until), 1ms) == errc::deadline);
  until->open();
  CHECK(t.seen->dead_letters.wait_for("(answer) to outside: late answer"));
  CHECK(system.dead_letters(dead_letter_cause::late_answer) == 1);
}

TEST_CASE("an observer that makes dead letters out of dead letters is told once") {
  tree t;
  const auto a = t.add("a");
  const auto rude = std::make_shared<echo>();
  auto system = t.start({.observers = {rude}});
  CHECK(system.shutdown(patience).in_time);
  rude->to = a;
  send(a, note{0});
  CHECK(rude->told == 1);
  CHECK(system.dead_letters(dead_letter_cause::receiver_stopped) == 2);
  rude->to = {}; // a handle keeps the memory of its slot, and that its observers
}

TEST_CASE("a line of the log is one line whatever an exception says") {
  tree t;
  const auto a = t.add("a");
  auto system = t.start();
  CHECK(system.ask(a, throwing("two\nlines"), patience).error().text() == "two\nlines");
  CHECK(t.log->wait_for("/root/a failed (incarnation 1, thrown): two\\nlines; decision: restart"));
}

TEST_CASE("what a constructor was given may look at the tree when its child leaves it") {
  tree t;
  std::optional<alys::system> system;
  const auto rooms = t.root.children<holder>("room-{}");
  system.emplace(t.start({.threads = 1}));
  std::atomic<int> seen{-1};
  {
    const auto room = rooms.start("1", {}, std::make_shared<last_look>([&] { seen = static_cast<int>(system->tree().children.size()); }));
    REQUIRE(room);
    CHECK(rooms.stop(*room));
  }
  CHECK(eventually([&] { return seen == 0; }));
  CHECK(system->shutdown(patience).in_time);
}

TEST_CASE("a timer whose message throws when it is copied does not starve its actor") {
  supervisor_spec root{"root"};
  const auto a = root.child<repeater>("a", {}, {.decisions = resume_always, .resume_after_throw = true});
  auto system = alys::system::start(root, {.log = log_to_nowhere()});
  for (int i = 0; i < 10; ++i) CHECK(system.ask(a, question{i}, patience) == i);
  CHECK(system.shutdown(patience).in_time);
}
