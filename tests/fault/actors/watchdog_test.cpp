// SPDX-License-Identifier: Apache-2.0
//
// The watchdog over real threads: handlers, predicates and whole pools that do not come back.
#include "support/actors/tree.hpp"

#include <future>

using namespace alys;
using namespace alys::test;
using namespace std::chrono_literals;

namespace {

// Writes down what the watchdog says.
struct pager final : observer {
  void handler_overran(const overrun& what) override {
    if (!what.came_back) ran_for = what.ran_for;
    told.write(what.path + " in " + what.handling + (what.came_back ? ": back" : ""));
  }
  void liveness_changed(bool alive) override { told.write(alive ? "alive" : "not alive"); }
  journal told;
  std::atomic<std::chrono::nanoseconds> ran_for{};
};

struct guarded : tree {
  [[nodiscard]] alys::system start_guarded(std::size_t threads = 0) {
    return start({.threads = threads, .watchdog = {.period = 5ms, .handler_limit = 20ms}, .observers = {pages}});
  }
  // Holds the actor inside a handler until `open`.
  void hold(const ref<subject>& a) {
    const auto inside = std::make_shared<gate>();
    send(a, perform{[inside, open = open](subject&) {
           inside->open();
           open->pass();
         }});
    REQUIRE(inside->wait());
  }
  std::shared_ptr<pager> pages = std::make_shared<pager>();
  std::shared_ptr<gate> open = std::make_shared<gate>();
};

// Held by the table's predicate, which has no state of its own.
std::shared_ptr<gate>& gate_of_predicate() {
  static std::shared_ptr<gate> one;
  return one;
}
bool slow_predicate(const failure&) {
  gate_of_predicate()->pass();
  return true;
}
constexpr row slow_table[] = {{slow_predicate, action::restart}};

} // namespace

TEST_CASE("a stuck handler is named by the watchdog's own thread") {
  guarded t;
  const auto a = t.add("a");
  auto system = t.start_guarded();
  t.hold(a);
  REQUIRE(t.pages->told.wait_for("/root/a in alys::test::perform"));
  CHECK(t.pages->ran_for.load() >= 20ms);
  CHECK(find(system.tree(), "/root/a")->stuck);
  CHECK(system.overruns() == 1);
  t.open->open();
  REQUIRE(t.pages->told.wait_for("/root/a in alys::test::perform: back"));
  CHECK(eventually([&] { return !find(system.tree(), "/root/a")->stuck; }));
  CHECK(t.pages->told.count("/root/a in alys::test::perform") == 1);
}

TEST_CASE("a stuck actor with a thread of its own is named too and the pool is alive") {
  guarded t;
  const auto a = t.add("a", {.own_thread = true});
  auto system = t.start_guarded(1);
  t.hold(a);
  REQUIRE(t.pages->told.wait_for("/root/a in alys::test::perform"));
  CHECK(eventually([&] { return system.alive(); }));
  t.open->open();
}

TEST_CASE("a decision that does not come back is named") {
  guarded t;
  gate_of_predicate() = t.open;
  const auto a = t.add("a", {.decisions = slow_table});
  auto system = t.start_guarded();
  CHECK(system.ask(a, throwing(), patience).error().failed());
  REQUIRE(t.pages->told.wait_for("/root in a decision about a failure"));
  t.open->open();
  REQUIRE(t.pages->told.wait_for("/root in a decision about a failure: back"));
}

TEST_CASE("a hook that does not come back is named") {
  guarded t;
  t.add("a");
  t.of("a").initialize = [open = t.open](subject&) -> result<void> {
    open->pass();
    return {};
  };
  auto begun = std::async(std::launch::async, [&] { return t.start_guarded(); });
  REQUIRE(t.pages->told.wait_for("/root/a in initialize()"));
  t.open->open();
  CHECK(begun.get().ready());
}

TEST_CASE("with all threads of the pool blocked liveness fails and with one of them free it comes back") {
  guarded t;
  constexpr std::size_t threads = 3;
  std::vector<ref<subject>> actors;
  for (std::size_t i = 0; i < threads; ++i) actors.push_back(t.add("a" + std::to_string(i)));
  auto system = t.start_guarded(threads);
  CHECK(eventually([&] { return system.alive(); }));
  for (const auto& a : actors) t.hold(a);
  REQUIRE(t.pages->told.wait_for("not alive"));
  CHECK(eventually([&] { return !system.alive(); }));
  CHECK(system.tree().children.size() == threads); // questions are still answered
  CHECK(eventually([&] {
    const auto log = t.log->lines();
    return std::any_of(log.begin(), log.end(),
                       [](const std::string& line) { return line.find("none of the pool's threads is free") == 0; });
  }));
  t.open->open();
  REQUIRE(t.pages->told.wait_for("alive"));
  CHECK(eventually([&] { return system.alive(); }));
}

TEST_CASE("one free thread is enough to be alive") {
  guarded t;
  const auto a = t.add("a");
  auto system = t.start_guarded(2);
  t.hold(a);
  REQUIRE(t.pages->told.wait_for("/root/a in alys::test::perform"));
  CHECK(eventually([&] { return system.alive(); }));
  t.open->open();
}

TEST_CASE("without a watchdog nobody is named and the system counts as alive") {
  guarded t;
  const auto a = t.add("a");
  auto system = t.start({.threads = 1, .watchdog = {.period = 0ms}, .observers = {t.pages}});
  t.hold(a);
  CHECK(system.alive());
  CHECK(system.overruns() == 0);
  t.open->open();
  CHECK(system.shutdown(patience).in_time);
  CHECK(t.pages->told.lines().empty());
}

TEST_CASE("a handler that is stuck for ever holds up neither the shutdown nor the watchdog's end") {
  guarded t;
  const auto a = t.add("a", {.stop_within = 10ms});
  {
    auto system = t.start_guarded();
    t.hold(a);
    REQUIRE(t.pages->told.wait_for("/root/a in alys::test::perform"));
    const auto report = system.shutdown(500ms);
    CHECK_FALSE(report.in_time);
  }
  t.open->open();
}
