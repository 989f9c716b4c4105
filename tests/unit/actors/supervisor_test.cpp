// SPDX-License-Identifier: Apache-2.0
//
// What supervisors do about failures: whom they restart, in which order, and how far they let it go.
#include "support/actors/tree.hpp"

using namespace alys;
using namespace alys::test;
using namespace std::chrono_literals;

namespace {

// Every start and stop of every child, in order: "b started".
struct staff : tree {
  using tree::tree;
  ref<subject> hire(supervisor_spec& parent, const std::string& name, child_options options = {}) {
    const auto slot = add(parent, name, std::move(options));
    of(name).started = [this, name](subject&) -> result<void> {
      moves.write(name + " started");
      return {};
    };
    of(name).destroyed = [this, name] { moves.write(name + " gone"); };
    return slot;
  }
  ref<subject> hire(const std::string& name, child_options options = {}) { return hire(root, name, std::move(options)); }
  // Makes it fail, and comes back when its supervisor has decided.
  void crash(alys::system& system, const ref<subject>& who) {
    const std::size_t decided = seen->decisions.lines().size();
    REQUIRE(system.ask(who, throwing(), patience).error().failed());
    REQUIRE(seen->decisions.wait_for_size(decided + 1));
  }
  // Whether it came up for the `times`-th time.
  [[nodiscard]] bool up(const std::string& name, std::size_t times) const { return moves.wait_for(name + " started", times); }
  // What has happened since the last time.
  lines news() {
    lines all = moves.lines();
    lines fresh(all.begin() + static_cast<std::ptrdiff_t>(told), all.end());
    told = all.size();
    return fresh;
  }
  journal moves;
  std::size_t told = 0;
};

// The one that failed goes for itself, while its siblings go in order: the first or the last `count` in the order of their names.
lines first_sorted(lines all, std::ptrdiff_t count) {
  std::sort(all.begin(), all.begin() + count);
  return all;
}
lines last_sorted(lines all, std::ptrdiff_t count) {
  std::sort(all.end() - count, all.end());
  return all;
}

} // namespace

TEST_CASE("children start in the order of their declaration and stop in reverse") {
  staff t;
  for (const char* name : {"a", "b", "c"}) t.hire(name);
  auto system = t.start();
  CHECK(t.news() == lines{"a started", "b started", "c started"});
  CHECK(system.shutdown(patience).in_time);
  CHECK(t.news() == lines{"c gone", "b gone", "a gone"});
}

TEST_CASE("a child starts after those that it depends on") {
  staff t;
  t.hire("a", {.after = {"c"}});
  t.hire("b");
  t.hire("c", {.after = {"b"}});
  auto system = t.start();
  CHECK(t.news() == lines{"b started", "c started", "a started"});
  CHECK(system.shutdown(patience).in_time);
  CHECK(t.news() == lines{"a gone", "c gone", "b gone"});
}

TEST_CASE("one for one restarts the child that failed and leaves the others alone") {
  staff t{one_for_one{}};
  t.hire("a");
  const auto b = t.hire("b");
  const auto c = t.hire("c");
  auto system = t.start();
  t.news();
  t.crash(system, b);
  CHECK(system.ask(b, incarnation_of(), patience) == 2);
  CHECK(system.ask(c, incarnation_of(), patience) == 1);
  CHECK(t.news() == lines{"b gone", "b started"});
}

TEST_CASE("one for all stops all in reverse and starts all in order") {
  staff t{one_for_all{}};
  t.hire("a");
  const auto b = t.hire("b");
  const auto c = t.hire("c");
  auto system = t.start();
  t.news();
  t.crash(system, b);
  REQUIRE(t.up("c", 2));
  CHECK(system.ask(c, incarnation_of(), patience) == 2);
  CHECK(t.news() == lines{"c gone", "b gone", "a gone", "a started", "b started", "c started"});
}

TEST_CASE("rest for one restarts the child that failed and those after it") {
  staff t{rest_for_one{}};
  const auto a = t.hire("a");
  const auto b = t.hire("b");
  t.hire("c");
  auto system = t.start();
  t.news();
  t.crash(system, b);
  REQUIRE(t.up("c", 2));
  CHECK(system.ask(a, incarnation_of(), patience) == 1);
  CHECK(t.news() == lines{"c gone", "b gone", "b started", "c started"});
}

TEST_CASE("a sibling that is restarted with the one that failed ends in order") {
  staff t{one_for_all{}};
  const auto a = t.hire("a");
  t.hire("b");
  auto system = t.start();
  t.crash(system, a);
  CHECK(eventually([&] { return t.of("b").log.count("started") == 2; }));
  CHECK(t.of("a").log.lines() == lines{"construct", "initialize", "started", "destroy", "construct", "initialize", "started"});
  CHECK(t.of("b").log.lines() ==
        lines{"construct", "initialize", "started", "stopping", "stopped", "destroy", "construct", "initialize", "started"});
}

TEST_CASE("a strategy may be chosen by its name") {
  CHECK(strategy::by_name("rest_for_one").value().kind() == strategy_kind::rest_for_one);
  const auto chosen = strategy::by_name("one_for_all", {.restarts = 7, .within = 5s}).value();
  CHECK(chosen.kind() == strategy_kind::one_for_all);
  CHECK(chosen.limit() == restart_limit{7, 5s});
  CHECK(strategy::by_name("one_for_one").value().kind() == strategy_kind::one_for_one);
  CHECK(strategy::by_name("one_for_oen").error().text() == "strategy \"one_for_oen\": expected one_for_one, one_for_all or rest_for_one");
}

TEST_CASE("a transient child is restarted after a failure and left alone when it finishes") {
  staff t;
  const auto a = t.hire("a", {.kind = child_kind::transient});
  auto system = t.start();
  t.crash(system, a);
  CHECK(system.ask(a, incarnation_of(), patience) == 2);
  const act finish{[](subject& s) {
    s.finish();
    return 0;
  }};
  CHECK(system.ask(a, finish, patience) == 0);
  CHECK(t.seen->steps.wait_for("/root/a: stopped -> terminated (2)"));
  CHECK(system.ask(a, incarnation_of(), patience) == errc::stopped);
  CHECK(t.of("a").log.count("stopping") == 1);
  CHECK(system.ready());
}

TEST_CASE("a temporary child is never restarted and leaves the tree") {
  staff t;
  const auto a = t.hire("a", {.kind = child_kind::temporary});
  t.hire("b");
  auto system = t.start();
  t.crash(system, a);
  CHECK(t.seen->steps.wait_for("/root/a: failed -> terminated (1)"));
  CHECK(t.seen->decisions.lines() == lines{"/root/a (1): stop"});
  CHECK(eventually([&] { return system.tree().children.size() == 1; }));
  CHECK(system.find<subject>("/root/a") == errc::no_such_path);
  CHECK(system.ready());
}

TEST_CASE("a temporary sibling goes down with its group and does not come back") {
  staff t{one_for_all{}};
  const auto a = t.hire("a");
  t.hire("b", {.kind = child_kind::temporary});
  t.hire("c");
  auto system = t.start();
  t.news();
  t.crash(system, a);
  REQUIRE(t.up("c", 2));
  CHECK(t.news() == lines{"c gone", "b gone", "a gone", "a started", "c started"});
}

TEST_CASE("a child that is never restarted stops at its first failure and is missed") {
  staff t;
  const auto a = t.hire("a", {.restart = never{}});
  auto system = t.start();
  t.crash(system, a);
  CHECK(t.seen->steps.wait_for("/root/a: failed -> terminated (1)"));
  CHECK_FALSE(system.ready());
  CHECK(system.tree().health.why == "a: stopped");
}

TEST_CASE("a decision to stop ends one child and nobody else") {
  staff t;
  const auto a = t.hire("a");
  const auto b = t.hire("b");
  auto system = t.start();
  CHECK(system.ask(a, failing(fail(category::corruption, "torn page")), patience).error().failed());
  CHECK(t.seen->steps.wait_for("/root/a: failed -> terminated (1)"));
  CHECK(system.ask(a, answering(1), patience) == errc::stopped);
  CHECK(system.ask(b, incarnation_of(), patience) == 1);
}

TEST_CASE("tables of the child and then of its supervisor decide before severities and categories") {
  static constexpr row of_child[] = {{category::network, action::stop}};
  static constexpr row of_supervisor[] = {{category::network, action::resume}, {category::database, action::resume}};
  staff t{one_for_one{}, {.decisions = of_supervisor}};
  const auto a = t.hire("a", {.decisions = of_child});
  const auto b = t.hire("b");
  auto system = t.start();
  for (const auto kind : {category::network, category::database})
    CHECK(system.ask(b, failing(fail(kind, "no")), patience).error().failed());
  CHECK(system.ask(b, failing(fail(category::external, severity::low, "no")), patience).error().failed());
  CHECK(system.ask(b, failing(fail(category::external, "no")), patience).error().failed());
  CHECK(system.ask(b, incarnation_of(), patience) == 2);
  CHECK(system.ask(a, failing(fail(category::network, "no")), patience).error().failed());
  CHECK(t.seen->decisions.wait_for("/root/a (1): stop"));
  CHECK(t.seen->decisions.lines() ==
        lines{"/root/b (1): resume", "/root/b (1): resume", "/root/b (1): resume", "/root/b (1): restart", "/root/a (1): stop"});
}

TEST_CASE("a spent budget ends the tree in order and says so") {
  staff t{one_for_one{.restarts = 2, .within = 60s}};
  const auto a = t.hire("a");
  t.hire("b");
  auto system = t.start();
  for (int i = 0; i < 3; ++i) t.crash(system, a);
  CHECK(system.wait_for(patience) == end_reason::budget_exhausted);
  CHECK(exit_code(end_reason::budget_exhausted) == 70);
  CHECK(exit_code(end_reason::shut_down) == 0);
  CHECK(last_sorted(t.news(), 2) == lines{"a started", "b started", "a gone", "a started", "a gone", "a started", "a gone", "b gone"});
  CHECK(t.log->count("the root supervisor gave up: errc::budget_exhausted: /root: more restarts than allowed (at most 2 in 1m); last: "
                     "/root/a: thrown") == 1);
  CHECK(system.shutdown(patience).in_time);
  CHECK(system.wait() == end_reason::budget_exhausted);
}

TEST_CASE("no restart is allowed by a budget of none") {
  staff t{one_for_one{.restarts = 0}};
  const auto a = t.hire("a");
  auto system = t.start();
  t.crash(system, a);
  CHECK(system.wait_for(patience) == end_reason::budget_exhausted);
}

TEST_CASE("a tighter limit of one child counts for that child only") {
  staff t{one_for_one{.restarts = 10}};
  const auto a = t.hire("a", {.limit = restart_limit{.restarts = 1}});
  const auto b = t.hire("b");
  auto system = t.start();
  for (int i = 0; i < 3; ++i) t.crash(system, b);
  t.crash(system, a);
  CHECK(system.ask(a, incarnation_of(), patience) == 2);
  CHECK(system.tree().restarts_in_window == 4);
  t.crash(system, a);
  CHECK(system.wait_for(patience) == end_reason::budget_exhausted);
}

TEST_CASE("an escalated failure restarts the supervisor and all below it") {
  staff t;
  supervisor_spec& team = t.root.supervisor("team");
  const auto a = t.hire(team, "a");
  t.hire(team, "b");
  const auto outside = t.hire("outside");
  auto system = t.start();
  t.news();
  CHECK(system.ask(a, failing(fail(category::logic, "impossible")), patience).error().failed());
  CHECK(system.ask(a, incarnation_of(), patience) == 2);
  CHECK(t.seen->steps.wait_for("/root/team: initializing -> running (2)"));
  CHECK(system.ask(outside, incarnation_of(), patience) == 1);
  CHECK(first_sorted(t.news(), 2) == lines{"a gone", "b gone", "a started", "b started"});
  CHECK(t.seen->decisions.lines() == lines{"/root/team/a (1): escalate", "/root/team (1): restart"});
}

TEST_CASE("failures escalate through four supervisors to the root") {
  staff t{one_for_one{.restarts = 0}};
  supervisor_spec* at = &t.root;
  for (const char* name : {"one", "two", "three"}) at = &at->supervisor(name, one_for_one{.restarts = 0});
  const auto deep = t.hire(*at, "deep");
  const auto near = t.hire("near");
  auto system = t.start();
  CHECK(deep.path() == "/root/one/two/three/deep");
  t.crash(system, deep);
  CHECK(system.wait_for(patience) == end_reason::budget_exhausted);
  CHECK(t.seen->decisions.lines() == lines{"/root/one/two/three/deep (1): restart", "/root/one/two/three (1): restart",
                                           "/root/one/two (1): restart", "/root/one (1): restart"});
  CHECK(t.of("deep").log.count("stopping") == 0);
  CHECK(t.of("near").log.count("stopping") == 1);
}

TEST_CASE("a supervisor in the middle heals what its own restart can heal") {
  staff t{one_for_one{.restarts = 1}};
  supervisor_spec& one = t.root.supervisor("one", one_for_one{.restarts = 5});
  supervisor_spec& two = one.supervisor("two", one_for_one{.restarts = 5});
  supervisor_spec& three = two.supervisor("three", one_for_one{.restarts = 1});
  const auto deep = t.hire(three, "deep");
  auto system = t.start();
  for (int i = 0; i < 6; ++i) t.crash(system, deep); // every other one spends the budget of three
  CHECK(system.ask(deep, incarnation_of(), patience) == 7);
  CHECK(find(system.tree(), "/root/one/two/three")->incarnation == 4);
  CHECK(find(system.tree(), "/root/one/two")->incarnation == 1);
  CHECK(eventually([&] { return system.ready(); }));
}

TEST_CASE("a supervisor that fails in a group takes its siblings with it") {
  staff t{one_for_all{}};
  const auto first = t.hire("first");
  supervisor_spec& team = t.root.supervisor("team", one_for_one{.restarts = 0});
  const auto a = t.hire(team, "a");
  t.hire("last");
  auto system = t.start();
  t.news();
  t.crash(system, a);
  REQUIRE(eventually([&] { return t.moves.count("last started") == 2; }));
  CHECK(system.ask(first, incarnation_of(), patience) == 2);
  CHECK(first_sorted(t.news(), 3) == lines{"a gone", "first gone", "last gone", "first started", "a started", "last started"});
}

TEST_CASE("a child that failed is restarted although another one takes its time to stop") {
  staff t;
  const auto keeper = t.root.children<subject>("guest-{}", {.stop_within = patience}, 5);
  const auto a = t.hire("a");
  auto system = t.start();
  const auto slow = std::make_shared<script>();
  const auto until = std::make_shared<gate>();
  slow->stopping = [until](subject&) -> result<void> {
    until->pass();
    return {};
  };
  const auto guest = keeper.start("1", {}, slow).value();
  CHECK(system.ask(guest, incarnation_of(), patience) == 1);
  REQUIRE(keeper.stop(guest));
  REQUIRE(slow->log.wait_for("stopping"));
  t.crash(system, a);
  CHECK(system.ask(a, incarnation_of(), patience) == 2);
  until->open();
}

TEST_CASE("a child that needs another waits for it in a restart too") {
  staff t;
  const auto a = t.hire("a", {.restart = backoff{.initial = 50ms, .jitter = jitter::none}});
  const auto b = t.hire("b", {.after = {"a"}});
  auto system = t.start();
  t.news();
  t.crash(system, a);
  t.crash(system, b);
  CHECK(system.ask(b, incarnation_of(), patience) == 2);
  CHECK(first_sorted(t.news(), 2) == lines{"a gone", "b gone", "a started", "b started"});
}

TEST_CASE("a predicate that throws escalates") {
  static constexpr bool (*bad)(const failure&) = [](const failure&) -> bool { throw 42; };
  static constexpr row table[] = {{bad, action::resume}};
  staff t;
  supervisor_spec& team = t.root.supervisor("team");
  const auto a = t.hire(team, "a", {.decisions = table});
  auto system = t.start();
  t.crash(system, a);
  CHECK(system.ask(a, incarnation_of(), patience) == 2);
  CHECK(t.seen->decisions.lines() == lines{"/root/team/a (1): escalate", "/root/team (1): restart"});
}

TEST_CASE("a failure during a group restart is one more restart") {
  staff t{one_for_all{.restarts = 5}};
  const auto a = t.hire("a");
  t.hire("b");
  std::atomic<int> starts{0};
  t.of("b").initialize = [&](subject&) -> result<void> {
    if (++starts == 2) return fail(category::resource, "not yet");
    return {};
  };
  auto system = t.start();
  t.news();
  t.crash(system, a);
  REQUIRE(t.up("b", 2));
  CHECK(system.ask(a, incarnation_of(), patience) == 3);
  CHECK(t.news() == lines{"b gone", "a gone", "a started", "b gone", "a gone", "a started", "b started"});
}

TEST_CASE("a permanent child that keeps finishing spends the budget like a failing one") {
  staff t{one_for_one{.restarts = 3}};
  t.hire("a");
  t.of("a").started = [](subject& s) -> result<void> {
    s.finish();
    return {};
  };
  auto system = t.start();
  CHECK(system.wait_for(patience) == end_reason::budget_exhausted);
  CHECK(t.of("a").log.count("stopped") == 4);
}
