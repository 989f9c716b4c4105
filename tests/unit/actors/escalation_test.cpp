// SPDX-License-Identifier: Apache-2.0
//
// What a supervisor does about what it cannot heal: four answers, to a spent budget and to a decision to escalate.
#include "support/actors/flaky.hpp"

#include <alys/testkit.hpp>

#include <catch2/catch.hpp>

using namespace alys;
using namespace alys::test;
using namespace std::chrono_literals;

namespace {

using lines = std::vector<std::string>;

// /bench/team with a, b and c, which allows one restart a minute; and a stranger beside it.
struct company {
  explicit company(escalation then, child_options options_of_a = {}, testkit::bench_options options = {})
      : t(std::move(options)),
        team(t.root().supervisor("team", one_for_one{.restarts = 1, .then = then})),
        a(team.child<flaky>("a", {}, std::move(options_of_a), std::string{"a"}, all)),
        b(team.child<flaky>("b", {}, {}, std::string{"b"}, all)),
        c(team.child<flaky>("c", {}, {}, std::string{"c"}, all)),
        stranger(t.root().child<flaky>("stranger", {}, {}, std::string{"stranger"}, all)) {
    t.start();
    all->clear();
  }
  void fail(const ref<flaky>& who, error with = alys::fail(category::resource, "told to")) {
    CHECK(t.ask(who, crash{std::move(with)}).error().failed());
    t.run_until_idle();
  }
  void spend_budget(const ref<flaky>& who) {
    fail(who);
    all->clear();
    fail(who);
  }
  [[nodiscard]] tree_node node() { return *find(t.tree(), "/bench/team"); }
  diary all = std::make_shared<lines>();
  testkit::bench t;
  supervisor_spec& team;
  ref<flaky> a, b, c, stranger;
};

} // namespace

TEST_CASE("to_parent: the supervisor fails and its own supervisor restarts it") {
  company t{escalation::to_parent};
  t.spend_budget(t.b);
  CHECK(t.node().incarnation == 2);
  CHECK(t.node().restarts == 1);
  CHECK(*t.all == lines{"b gone", "c stopping", "c gone", "a stopping", "a gone", "a started", "b started", "c started"});
  CHECK(t.t.ask(t.stranger, ping{}) == 1u);
}

TEST_CASE("stop_subtree: the supervisor ends for good with all below it and nobody else is asked") {
  company t{escalation::stop_subtree};
  t.spend_budget(t.b);
  CHECK(t.node().state == lifecycle_state::terminated);
  CHECK(*t.all == lines{"c stopping", "c gone", "b gone", "a stopping", "a gone"});
  CHECK(t.t.ask(t.a, ping{}) == errc::stopped);
  CHECK(t.t.ask(t.stranger, ping{}) == 1u);
  CHECK_FALSE(t.t.system().ready());
  CHECK(t.t.tree().health == health_report{health_state::unhealthy, "team: stopped"});
  CHECK(t.t.tree().restarts_in_window == 0);
  CHECK(t.node().failures.back().what == errc::budget_exhausted);
  CHECK(t.t.shutdown().in_time);
}

TEST_CASE("stop_subtree at the root ends the tree like a spent budget") {
  testkit::bench t{{.how = one_for_one{.restarts = 0, .then = escalation::stop_subtree}}};
  const auto a = t.child<flaky>();
  CHECK(t.ask(a, crash{}).error().failed());
  CHECK(t.system().wait_for(1s) == end_reason::budget_exhausted);
}

TEST_CASE("degrade: the child ends for good and the supervisor goes on without it and says so") {
  company t{escalation::degrade};
  t.spend_budget(t.b);
  CHECK(*t.all == lines{"b gone"});
  CHECK(t.t.ask(t.b, ping{}) == errc::stopped);
  CHECK(t.t.ask(t.a, ping{}) == 1u);
  CHECK(t.node().incarnation == 1);
  CHECK(t.node().health == health_report{health_state::degraded, "b: failed, and is done without"});
  CHECK(t.t.tree().health.state == health_state::degraded);
  CHECK(t.t.system().ready());
}

TEST_CASE("degrade: each child that cannot be healed is done without") {
  company t{escalation::degrade};
  t.spend_budget(t.b);
  t.fail(t.a); // the budget is still spent
  t.fail(t.c, fail(category::logic, "impossible"));
  for (const auto& who : {t.a, t.b, t.c}) CHECK(t.t.ask(who, ping{}) == errc::stopped);
  CHECK(t.node().state == lifecycle_state::running);
  CHECK(t.node().health.state == health_state::degraded);
}

TEST_CASE("restart_subtree: all children restart in order and the budget counts from nothing") {
  company t{escalation::restart_subtree};
  t.spend_budget(t.b);
  CHECK(*t.all == lines{"c stopping", "c gone", "b gone", "a stopping", "a gone", "a started", "b started", "c started"});
  CHECK(t.node().incarnation == 1);
  CHECK(t.node().restarts_in_window == 0);
  CHECK(t.t.tree().restarts_in_window == 0);
  CHECK(t.t.ask(t.b, ping{}) == 3u);
  CHECK(t.t.system().ready());
}

TEST_CASE("restart_subtree: what that does not heal either goes to the parent") {
  company t{escalation::restart_subtree};
  t.spend_budget(t.b);
  t.spend_budget(t.b); // one such restart a minute, as of any child
  CHECK(t.node().incarnation == 2);
  CHECK(t.t.ask(t.b, ping{}) == 5u);
}

TEST_CASE("restart_subtree: a supervisor that was restarted may do so again as often as a new one") {
  company t{escalation::restart_subtree};
  t.spend_budget(t.b);
  t.spend_budget(t.b);
  REQUIRE(t.node().incarnation == 2);
  t.spend_budget(t.b);
  CHECK(t.node().incarnation == 2);
  t.spend_budget(t.b);
  CHECK(t.node().incarnation == 3);
}

TEST_CASE("restart_subtree at the root ends in the end") {
  testkit::bench t{{.how = one_for_one{.restarts = 1, .then = escalation::restart_subtree}}};
  const auto a = t.child<flaky>();
  for (int i = 0; i < 3; ++i) CHECK(t.ask(a, crash{}).error().failed());
  CHECK(t.ask(a, ping{}) == 4u);
  CHECK(t.ask(a, crash{}).error().failed());
  CHECK(t.system().wait_for(1s) == end_reason::budget_exhausted);
}

TEST_CASE("a decision to escalate goes the same way as a spent budget") {
  const auto then = GENERATE(escalation::to_parent, escalation::stop_subtree, escalation::degrade, escalation::restart_subtree);
  company t{then};
  t.fail(t.b, fail(category::logic, "impossible"));
  switch (then) {
    case escalation::to_parent:
      CHECK(t.node().incarnation == 2);
      CHECK(t.t.ask(t.a, ping{}) == 2u);
      break;
    case escalation::stop_subtree: CHECK(t.node().state == lifecycle_state::terminated); break;
    case escalation::degrade:
      CHECK(t.t.ask(t.a, ping{}) == 1u);
      CHECK(t.t.ask(t.b, ping{}) == errc::stopped);
      break;
    case escalation::restart_subtree:
      CHECK(t.node().incarnation == 1);
      CHECK(t.t.ask(t.a, ping{}) == 2u);
      CHECK(t.t.ask(t.b, ping{}) == 2u);
      break;
  }
}

TEST_CASE("a nested supervisor that ended by its escalation is done without where its own supervisor degrades") {
  testkit::bench t{{.how = one_for_one{.restarts = 0, .then = escalation::degrade}}};
  auto& team = t.root().supervisor("team", one_for_one{.restarts = 0});
  const auto a = team.child<flaky>("a");
  const auto b = t.root().child<flaky>("b");
  t.start();
  CHECK(t.ask(a, crash{}).error().failed());
  t.run_until_idle();
  CHECK(t.ask(a, ping{}) == errc::stopped);
  CHECK(t.ask(b, ping{}) == 1u);
  CHECK(t.tree().health == health_report{health_state::degraded, "team: failed, and is done without"});
}

TEST_CASE("what follows a spent budget is part of the effective policy") {
  supervisor_spec root{"root"};
  CHECK(to_string(strategy{one_for_all{}}) == "at most 3 in 1m, then to_parent");
  CHECK(to_string(strategy{one_for_all{.then = escalation::degrade}}) == "at most 3 in 1m, then degrade");
  CHECK(to_string(strategy::by_name("one_for_one", {.restarts = 1, .within = 5s}).value().with(escalation::stop_subtree)) ==
        "at most 1 in 5s, then stop_subtree");
  company t{escalation::restart_subtree};
  CHECK(t.node().policy == "at most 1 in 1m, then restart_subtree");
}
