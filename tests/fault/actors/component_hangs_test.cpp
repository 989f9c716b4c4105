// SPDX-License-Identifier: Apache-2.0
//
// Components whose functions hang. Their threads cannot be killed: whoever hangs is given up in time, named, and never runs twice at once.
#include "support/actors/tree.hpp"

#include <alys/actors/component.hpp>

using namespace alys;
using namespace alys::test;
using namespace std::chrono_literals;

namespace {

// Whoever comes in stays until the gate opens; at the latest when the test ends.
struct trap {
  ~trap() { open->open(); }
  [[nodiscard]] std::function<void()> hold() const {
    return [inside = inside, open = open] {
      inside->open();
      open->pass();
    };
  }
  std::shared_ptr<gate> inside = std::make_shared<gate>();
  std::shared_ptr<gate> open = std::make_shared<gate>();
};

// How many lives are there at once, and were at most.
struct lives {
  void begin() {
    const int n = ++now;
    int seen = most.load();
    while (seen < n && !most.compare_exchange_weak(seen, n)) {}
  }
  void end() { --now; }
  std::atomic<int> now{0};
  std::atomic<int> most{0};
};

} // namespace

TEST_CASE("a component whose start hangs fails the start of its tree in time and is left behind") {
  tree t;
  trap held;
  supervise(t.root, "part",
            {.start =
                 [hold = held.hold()] {
                   hold();
                   return result<void>{};
                 }},
            {.initialize_within = 20ms, .stop_within = 20ms});
  std::string said;
  try {
    auto system = t.start();
  } catch (const start_error& e) {
    said = e.what();
  }
  CHECK(said == "/root: /root/part: errc::hook_timeout: start() did not finish within 20 ms");
  CHECK(t.log->count("/root/part: did not stop in time and was left behind, busy with start()") == 1);
}

TEST_CASE("a component whose restart hangs is stopped when it comes back and only then started again") {
  tree t{one_for_one{.restarts = 1'000}};
  trap held;
  auto count = std::make_shared<lives>();
  auto starts = std::make_shared<std::atomic<int>>(0);
  auto log = std::make_shared<journal>();
  supervise(t.root, "part",
            {.start =
                 [=, hold = held.hold()] {
                   count->begin();
                   if (++*starts == 2) hold();
                   log->write("started");
                   return result<void>{};
                 },
             .stop =
                 [=] {
                   log->write("stopped");
                   count->end();
                   return result<void>{};
                 }},
            {.initialize_within = 20ms, .stop_within = 10s});
  auto system = t.start();
  REQUIRE(system.inject_fault("/root/part"));
  REQUIRE(held.inside->wait());
  REQUIRE(t.seen->decisions.wait_for("/root/part (2): restart")); // given up
  CHECK(starts->load() == 2);                                     // and not started a second time meanwhile
  held.open->open();
  REQUIRE(log->wait_for("started", 3));
  CHECK(log->lines() == lines{"started", "stopped", "started", "stopped", "started"});
  CHECK(count->most == 1);
  REQUIRE(t.seen->steps.wait_for("/root/part: initializing -> running (3)"));
}

TEST_CASE("a component whose stop hangs is left behind by a shutdown and named in its report") {
  tree t;
  trap held;
  supervise(t.root, "part",
            {.start = [] { return result<void>{}; },
             .stop =
                 [hold = held.hold()] {
                   hold();
                   return result<void>{};
                 }},
            {.stop_within = 20ms});
  auto system = t.start();
  const shutdown_report report = system.shutdown(5s);
  CHECK(held.inside->wait());
  CHECK_FALSE(report.in_time);
  REQUIRE(report.blockers.size() == 1);
  CHECK(report.blockers[0].path == "/root/part");
  CHECK(report.blockers[0].handling == "stop()");
  CHECK(report.took < 5s);
}

TEST_CASE("a component whose stop hangs is not started again and its supervisor gives up") {
  tree t;
  trap held;
  auto starts = std::make_shared<std::atomic<int>>(0);
  supervise(t.root, "part",
            {.start =
                 [=] {
                   ++*starts;
                   return result<void>{};
                 },
             .stop =
                 [hold = held.hold()] {
                   hold();
                   return result<void>{};
                 }},
            {.stop_within = 20ms});
  auto system = t.start();
  REQUIRE(system.inject_fault("/root/part"));
  CHECK(system.wait() == end_reason::budget_exhausted);
  CHECK(held.inside->wait());
  CHECK(starts->load() == 1);
  CHECK(system.end_cause().message() == "errc::hook_timeout: /root/part: did not stop in time, so it cannot be restarted");
}

TEST_CASE("a health function that hangs is an unhealthy component and holds nobody up but its own end") {
  tree t;
  trap held;
  auto stopped = std::make_shared<gate>();
  supervise(t.root, "part",
            {.start = [] { return result<void>{}; },
             .stop =
                 [=] {
                   stopped->open();
                   return result<void>{};
                 },
             .health =
                 [hold = held.hold()] {
                   hold();
                   return health_report{};
                 }},
            {.health = {.unhealthy_in_a_row = 0}});
  const auto other = t.add("other");
  auto system = t.start({.health_period = 5ms});
  REQUIRE(held.inside->wait());
  CHECK(eventually([&] { return system.tree().health.why.find("part: health() has not answered for") == 0; }));
  CHECK(system.ask(other, answering(1), patience).value() == 1);
  // stop() is called although health() hangs, and the life has ended when both have come back.
  REQUIRE(system.inject_fault("/root/part"));
  REQUIRE(stopped->wait());
  CHECK(find(system.tree(), "/root/part")->incarnation == 1);
  held.open->open();
  CHECK(t.seen->steps.wait_for("/root/part: initializing -> running (2)"));
}

TEST_CASE("a component whose health function hangs for long has failed and runs again when it has come back") {
  tree t{one_for_one{.restarts = 1'000}};
  trap held;
  auto starts = std::make_shared<std::atomic<int>>(0);
  supervise(t.root, "part",
            {.start = [=] { return ++*starts, result<void>{}; },
             .health =
                 [hold = held.hold(), starts] {
                   if (*starts == 1) hold();
                   return health_report{};
                 }},
            {.stop_within = 10min, .health = {.unhealthy_in_a_row = 2}});
  auto system = t.start({.health_period = 5ms});
  REQUIRE(t.seen->decisions.wait_for("/root/part (1): restart"));
  CHECK(starts->load() == 1); // two lives are never at once
  held.open->open();
  CHECK(t.seen->steps.wait_for("/root/part: initializing -> running (2)"));
  CHECK(find(system.tree(), "/root/part")->failures.front().what == errc::unhealthy);
}

TEST_CASE("hanging components leave the threads of the pool to the actors") {
  tree t;
  trap held;
  constexpr int many = 8; // more than the pool has threads
  std::vector<std::shared_ptr<gate>> inside;
  for (int i = 0; i < many; ++i) {
    inside.push_back(std::make_shared<gate>());
    supervise(t.root, "part-" + std::to_string(i),
              {.start = [] { return result<void>{}; },
               .health =
                   [in = inside.back(), open = held.open] {
                     in->open();
                     open->pass();
                     return health_report{};
                   }},
              {.health = {.unhealthy_in_a_row = 0}});
  }
  const auto other = t.add("other");
  auto system = t.start({.threads = 2, .health_period = 5ms});
  for (const auto& in : inside) REQUIRE(in->wait());
  for (int i = 0; i < 100; ++i) REQUIRE(system.ask(other, answering(i), patience).value() == i);
}
