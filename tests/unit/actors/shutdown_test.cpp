// SPDX-License-Identifier: Apache-2.0
//
// The end of a tree: its phases, its deadline, and what it says of whoever is in the way.
#include "support/actors/tree.hpp"

#include <future>

using namespace alys;
using namespace alys::test;
using namespace std::chrono_literals;

TEST_CASE("work that is queued is finished before anybody stops") {
  tree t;
  const auto a = t.add("a");
  const auto b = t.add("b");
  auto system = t.start();
  const auto inside = std::make_shared<gate>();
  const auto until = std::make_shared<gate>();
  // A holds the line, then passes on to B, which was idle until then.
  send(a, perform{[=](subject&) {
         inside->open();
         until->pass();
       }});
  send(a, perform{[b](subject&) { send(b, note{7}); }});
  REQUIRE(inside->wait());
  auto report = std::async(std::launch::async, [&] { return system.shutdown({.deadline = patience, .drain = patience}); });
  REQUIRE(eventually([&] { return try_send(a, note{1}) == errc::stopped; }));
  until->open();
  CHECK(report.get().in_time);
  CHECK(t.of("b").log.count("note 7") == 1);
  CHECK(t.seen->dead_letters.lines().empty());
}

TEST_CASE("whoever asks from outside after the end has begun is turned away") {
  tree t;
  const auto a = t.add("a");
  auto system = t.start();
  CHECK(system.shutdown(patience).in_time);
  CHECK(system.ask(a, answering(1), patience) == errc::stopped);
  CHECK(try_send(a, note{1}) == errc::stopped);
  CHECK(find(system.tree(), "/root/a")->messages.rejected == 2);
}

TEST_CASE("what the drain does not come to is answered or becomes a dead letter") {
  tree t;
  constexpr std::chrono::hours never_in_time{1};
  const auto a = t.add("a", {.restart = backoff{.initial = never_in_time, .cap = never_in_time, .jitter = jitter::none}});
  auto system = t.start();
  REQUIRE(system.ask(a, throwing(), patience).error().failed());
  auto asked = std::async(std::launch::async, [&] { return system.ask(a, answering(1), patience); });
  REQUIRE(eventually([&] { return find(system.tree(), "/root/a")->normal.depth == 1; }));
  send(a, note{1});
  const auto got = system.shutdown({.deadline = patience, .drain = 1ms});
  CHECK(got.in_time);
  REQUIRE(got.blockers.size() == 1);
  CHECK(got.blockers[0].path == "/root/a");
  CHECK(got.blockers[0].phase == shutdown_phase::drain);
  CHECK(got.blockers[0].queued == 2);
  CHECK(asked.get() == errc::stopped);
  CHECK(t.seen->dead_letters.lines() == lines{"alys::test::note to /root/a: receiver stopped"});
  CHECK(find(system.tree(), "/root/a")->messages.undelivered == 2);
}

TEST_CASE("actors may still talk to each other while they stop") {
  tree t;
  const auto other = t.root.child<helper>("helper", {}, {}, [](int n) { return answered(n); });
  t.add("a");
  t.of("a").stopping = [other](subject& s) -> result<void> {
    send(other, question{1});
    s.write("said goodbye");
    return {};
  };
  auto system = t.start();
  CHECK(system.shutdown(patience).in_time);
  CHECK(find(system.tree(), "/root/helper")->messages.rejected == 0);
}

TEST_CASE("a second shutdown gets the report of the first") {
  tree t;
  t.add("a");
  auto system = t.start();
  const auto first = system.shutdown(patience);
  const auto second = system.shutdown(1ms);
  CHECK(first.in_time);
  CHECK(second.in_time);
  CHECK(second.took == first.took);
  CHECK(to_string(first).rfind("stopped in ", 0) == 0);
}

TEST_CASE("any deadline will do") {
  for (const auto deadline : {std::chrono::milliseconds::min(), -1ms, 0ms, std::chrono::milliseconds::max()}) {
    tree t;
    t.add("a");
    auto system = t.start();
    const auto report = system.shutdown({.deadline = deadline, .drain = deadline});
    if (deadline > 0ms) CHECK(report.in_time);
    CHECK(system.wait_for(patience) == end_reason::shut_down);
  }
}

TEST_CASE("destroying a system stops it in order") {
  tree t;
  t.add("a");
  { auto system = t.start(); }
  CHECK(t.of("a").log.lines() == lines{"construct", "initialize", "started", "stopping", "stopped", "destroy"});
}

TEST_CASE("a system may end on another thread than the one that started it") {
  tree t;
  t.add("a");
  std::thread([system = t.start()] {}).join();
  CHECK(t.of("a").log.count("stopped") == 1);
}

TEST_CASE("a system can be moved and what was moved from says so") {
  tree t;
  const auto a = t.add("a");
  auto first = t.start();
  alys::system second = std::move(first);
  CHECK(second.ask(a, answering(1), patience) == 1);
  CHECK_THROWS_AS(first.ask(a, answering(1), patience), std::logic_error);
  CHECK_THROWS_AS(first.shutdown(), std::logic_error);
  tree other;
  const auto b = other.add("b");
  second = other.start(); // the first tree ends here
  CHECK(t.of("a").log.count("stopped") == 1);
  CHECK(second.ask(b, answering(2), patience) == 2);
}

TEST_CASE("an actor can set the end of its own tree going but not wait for it") {
  tree t;
  const auto a = t.add("a");
  auto system = t.start();
  const act stop_all{[&](subject&) {
    CHECK(system.wait() == end_reason::none);
    CHECK(system.wait_for(patience) == end_reason::none);
    return system.shutdown(patience).in_time ? 1 : 0;
  }};
  CHECK(system.ask(a, stop_all, patience) == 0);
  CHECK(system.wait() == end_reason::shut_down);
  CHECK(system.shutdown(patience).in_time);
  CHECK(t.of("a").log.count("stopped") == 1);
}

TEST_CASE("waiting for the end ends at its deadline too") {
  tree t;
  t.add("a");
  auto system = t.start();
  CHECK(system.wait_for(1ms) == end_reason::none);
  CHECK(system.wait_for(-1s) == end_reason::none);
  CHECK(system.shutdown(patience).in_time);
  CHECK(system.wait_for(std::chrono::nanoseconds::max()) == end_reason::shut_down);
}

TEST_CASE("a failure while it stops is noted and holds nobody up") {
  tree t;
  t.add("a");
  t.of("a").stopping = [](subject&) -> result<void> { throw std::runtime_error("cannot save"); };
  t.add("b");
  t.of("b").stopped = [](subject&) -> result<void> { return fail(category::resource, "cannot close"); };
  auto system = t.start();
  CHECK(system.shutdown(patience).in_time);
  CHECK(t.log->count("/root/a: stopped with a failure: cannot save") == 1);
  CHECK(t.log->count("/root/b: stopped with a failure: cannot close") == 1);
  CHECK(t.seen->steps.count("/root/a: stopping -> failed (1)") == 1);
  CHECK(t.seen->steps.count("/root/b: stopping -> failed (1)") == 1);
  CHECK(find(system.tree(), "/root/a")->state == lifecycle_state::terminated);
}

TEST_CASE("phases and reports have words") {
  CHECK(to_string(shutdown_phase::drain) == "drain");
  CHECK(to_string(end_reason::budget_exhausted) == "budget exhausted");
  const shutdown_report late{
      .in_time = false,
      .took = 5s,
      .blockers = {{"/root/a", shutdown_phase::stop_children, "copy", 3s, 0}, {"/root/b", shutdown_phase::drain, "", 0s, 4}}};
  CHECK(to_string(late) ==
        "not everything stopped after 5000 ms\n  /root/a (stop children): in copy for 3000 ms\n  /root/b (drain): 4 messages queued");
}
