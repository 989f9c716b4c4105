// SPDX-License-Identifier: Apache-2.0
//
// Health as time passes: the watchdog's findings, verdicts in a row, progress. In virtual time, so that every instant is exact.
#include "support/actors/subject.hpp"

#include <alys/testkit.hpp>

#include <catch2/catch.hpp>

using namespace alys;
using namespace alys::testkit;
using alys::test::note;
using alys::test::perform;
using alys::test::script;
using alys::test::subject;
using namespace std::chrono_literals;

namespace {

using lines = std::vector<std::string>;

// Keeps what the watchdog tells.
class pager final : public observer {
public:
  void handler_overran(const overrun& what) override { told.push_back(to_string(what)); }
  lines told;
};

// One actor under a watchdog that looks every second.
struct guarded {
  explicit guarded(child_options options = {}, std::chrono::milliseconds health_period = 0ms, restart_limit limit = {3, 60s})
      : t({.how = one_for_one{limit.restarts, limit.within},
           .health_period = health_period,
           .watchdog = {.period = 1s, .handler_limit = 5s},
           .observers = {pages}}),
        a(t.root().child<subject>("a", {}, std::move(options), its)) {}
  // Its next message takes so long; a note that waits for it is sent, too.
  void hold(std::chrono::nanoseconds time) {
    t.inject<note>(a, {.effect = takes{time}});
    t.send(a, note{1});
  }
  [[nodiscard]] tree_node node() { return t.node(a); }

  std::shared_ptr<script> its = std::make_shared<script>();
  std::shared_ptr<pager> pages = std::make_shared<pager>();
  bench t;
  ref<subject> a;
};

} // namespace

TEST_CASE("a handler that runs longer than it may is named within two periods and once") {
  guarded g;
  g.t.advance(500ms); // the handler begins between two looks
  g.hold(30s);
  g.t.advance(5s);
  CHECK(g.pages->told.empty());
  g.t.advance(2s);
  CHECK(g.pages->told == lines{"/bench/a: alys::test::note has been running for 5s (limit 5s)"});
  CHECK(g.node().stuck);
  CHECK(g.node().health == health_report{health_state::degraded, "in alys::test::note for longer than it may"});
  CHECK(g.t.system().overruns() == 1);
  g.t.advance(10s);
  CHECK(g.pages->told.size() == 1);
}

TEST_CASE("a handler that comes back is named once more and nothing was done to it") {
  guarded g;
  g.hold(8s);
  g.t.advance(10s);
  CHECK(g.pages->told ==
        lines{"/bench/a: alys::test::note has been running for 5s (limit 5s)", "/bench/a: alys::test::note came back after 8s (limit 5s)"});
  CHECK_FALSE(g.node().stuck);
  CHECK(g.node().health == health_report{});
  CHECK(g.t.incarnation(g.a) == 1);
  CHECK(g.its->log.count("note 1") == 1);
}

TEST_CASE("work that goes on is not stuck however long it takes") {
  guarded g;
  g.t.inject<note>(g.a, {.times = 10, .effect = takes{4s}});
  for (int i = 0; i < 10; ++i) g.t.send(g.a, note{i});
  g.t.advance(60s);
  CHECK(g.its->log.count("note 9") == 1);
  CHECK(g.pages->told.empty());
}

TEST_CASE("a child may have a limit of its own") {
  guarded patient({.health = {.handler_limit = 20s}});
  patient.hold(15s);
  patient.t.advance(30s);
  CHECK(patient.pages->told.empty());
  guarded strict({.health = {.handler_limit = 2s}});
  strict.hold(4s);
  strict.t.advance(3s + 1ns);
  CHECK(strict.pages->told.size() == 1);
}

TEST_CASE("told to fail on its return it is restarted then and not before") {
  guarded g({.health = {.when_stuck = stuck_answer::fail_on_return}});
  g.hold(30s);
  g.t.send(g.a, note{2});
  g.t.advance(29s);
  CHECK(g.t.seen().failures().empty());
  g.t.advance(2s);
  REQUIRE(g.t.seen().failures().size() == 1);
  const failure f = g.t.seen().failures().front().what;
  CHECK(f.source == failure_source::watchdog);
  CHECK(f.what == errc::handler_overran);
  CHECK(g.t.incarnation(g.a) == 2);
  CHECK(g.its->log.count("note 1") == 1); // it was handled, late
  CHECK(g.its->log.count("note 2") == 1); // by the next life
}

TEST_CASE("told to fail at once it is decided while the handler runs and restarted when it comes back") {
  guarded g({.initialize_within = 20s, .health = {.when_stuck = stuck_answer::fail_at_once}});
  g.hold(15s);
  g.t.send(g.a, note{2});
  g.t.advance(7s);
  REQUIRE(g.t.seen().failures().size() == 1);
  CHECK(g.t.seen().failures().front().then == action::restart);
  CHECK(g.t.incarnation(g.a) == 1); // a thread cannot be killed
  g.t.advance(10s);
  CHECK(g.t.incarnation(g.a) == 2);
  CHECK(g.t.state(g.a) == lifecycle_state::running);
  CHECK(g.its->log.count("note 2") == 1);
}

TEST_CASE("told to fail at once one that never comes back spends the budget and the tree ends") {
  guarded g({.initialize_within = 1s, .health = {.when_stuck = stuck_answer::fail_at_once}}, 0ms, {2, 60s});
  g.hold(24h);
  g.t.advance(60s);
  CHECK(g.t.system().wait_for(0s) == end_reason::budget_exhausted);
}

TEST_CASE("who has work and handles nothing is stalled until it goes on") {
  const health_state is = GENERATE(health_state::degraded, health_state::unhealthy);
  guarded g({.health = {.stalled_after = 10s, .stalled_is = is, .handler_limit = 1h}});
  g.hold(30s);
  g.t.send(g.a, note{2});
  g.t.advance(10s);
  CHECK_FALSE(g.node().stalled);
  g.t.advance(2s);
  CHECK(g.node().stalled);
  CHECK(g.node().health == health_report{is, "handles nothing, with 1 messages queued"});
  CHECK(g.t.system().ready() == (is == health_state::degraded));
  g.t.advance(20s);
  CHECK_FALSE(g.node().stalled);
  CHECK(g.node().health == health_report{});
}

TEST_CASE("who has nothing to do is not stalled") {
  guarded g({.health = {.stalled_after = 1s}});
  g.t.send(g.a, note{1});
  g.t.advance(60s);
  CHECK_FALSE(g.node().stalled);
}

TEST_CASE("progress has an age") {
  guarded g;
  g.t.advance(1s);
  CHECK_FALSE(g.node().last_progress.has_value());
  g.t.send(g.a, note{1});
  g.t.run_until_idle();
  CHECK(g.node().last_progress == 0ns);
  g.t.advance(90s);
  CHECK(g.node().last_progress == 90s);
}

TEST_CASE("so many unhealthy verdicts in a row are a failure of source health") {
  const std::uint32_t most = GENERATE(3u, 5u);
  guarded g({.health = {.unhealthy_in_a_row = most}}, 10s);
  g.its->health = [](subject&) { return health_report{health_state::unhealthy, "no disk"}; };
  g.t.advance(std::chrono::seconds{10 * (most - 1)});
  CHECK(g.t.seen().failures().empty());
  g.t.advance(10s);
  REQUIRE(g.t.seen().failures().size() == 1);
  const auto f = g.t.seen().failures().front();
  CHECK(f.what.source == failure_source::health);
  CHECK(f.what.what == errc::unhealthy);
  CHECK(f.what.what.text() == "unhealthy " + std::to_string(most) + " times in a row: no disk");
  CHECK(f.then == action::restart);
  CHECK(g.t.incarnation(g.a) == 2);
  g.t.advance(std::chrono::seconds{10 * (most - 1)}); // the next life begins to count anew
  CHECK(g.t.seen().failures().size() == 1);
}

TEST_CASE("a better verdict between breaks the row and 0 never fails") {
  int asked = 0;
  guarded g({}, 10s);
  g.its->health = [&](subject&) {
    return ++asked % 3 == 0 ? health_report{health_state::degraded, "better"} : health_report{health_state::unhealthy, "bad"};
  };
  g.t.advance(300s);
  CHECK(asked == 30);
  CHECK(g.t.seen().failures().empty());
  guarded tolerant({.health = {.unhealthy_in_a_row = 0}}, 10s);
  tolerant.its->health = [](subject&) { return health_report{health_state::unhealthy, "bad"}; };
  tolerant.t.advance(300s);
  CHECK(tolerant.t.seen().failures().empty());
  CHECK_FALSE(tolerant.t.system().ready());
}

TEST_CASE("a decision to resume begins a new row") {
  static constexpr row table[] = {{errc::unhealthy, action::resume}};
  guarded g({.decisions = table}, 10s);
  g.its->health = [](subject&) { return health_report{health_state::unhealthy, "bad"}; };
  g.t.advance(65s);
  CHECK(g.t.seen().decisions_about("/bench/a") == std::vector{action::resume, action::resume});
  CHECK(g.t.incarnation(g.a) == 1);
}

TEST_CASE("an actor that is stalled unhealthy for long fails by its verdicts") {
  guarded g({.health = {.unhealthy_in_a_row = 2, .stalled_after = 5s, .stalled_is = health_state::unhealthy}}, 10s);
  g.t.start();
  g.its->health = [](subject&) { return health_report{}; };
  g.t.inject<note>(g.a, {.times = 3, .effect = takes{9s}});
  for (int i = 0; i < 8; ++i) g.t.send(g.a, note{i});
  g.t.advance(60s);
  REQUIRE(g.t.seen().failures().size() == 1);
  const auto f = g.t.seen().failures().front();
  CHECK(f.what.source == failure_source::health);
  CHECK(f.what.what == errc::unhealthy);
  CHECK_THAT(f.what.what.text(), Catch::StartsWith("unhealthy 2 times in a row: handles nothing, with "));
  CHECK(g.t.incarnation(g.a) == 2);
  for (int i = 0; i < 8; ++i) CHECK(g.its->log.count("note " + std::to_string(i)) == 1); // whoever waited is served by the next life
}

TEST_CASE("the last hundred verdicts are kept and none of an actor that has no say") {
  int asked = 0;
  guarded g({}, 10s);
  g.its->health = [&](subject&) { return health_report{health_state::degraded, std::to_string(++asked)}; };
  g.t.advance(1'500s);
  const auto kept = g.node().verdicts;
  REQUIRE(kept.size() == 100);
  CHECK(kept.front().report.why == "51");
  CHECK(kept.back().report.why == "150");
  CHECK(kept.back().at == 1'500s);
}

TEST_CASE("a supervisor goes by the rule it states") {
  bench t({.supervision = {.health = healthy_share{.degraded_below = 0.9, .unhealthy_below = 0.5}}, .health_period = 10s});
  std::vector<std::shared_ptr<script>> scripts;
  for (int i = 0; i < 4; ++i) {
    scripts.push_back(std::make_shared<script>());
    t.root().child<subject>("a" + std::to_string(i), {}, {.health = {.unhealthy_in_a_row = 0}}, scripts.back());
  }
  const auto fall_ill = [&](std::size_t which) {
    scripts[which]->health = [](subject&) { return health_report{health_state::unhealthy, "ill"}; };
    t.advance(10s);
    return t.tree().health;
  };
  t.advance(10s);
  CHECK(t.tree().health == health_report{});
  CHECK(fall_ill(1) == health_report{health_state::degraded, "75 % of 4 serve; a1: ill"});
  CHECK(fall_ill(2).state == health_state::degraded);
  CHECK(t.system().ready());
  CHECK(fall_ill(3).state == health_state::unhealthy);
  CHECK_FALSE(t.system().ready());
}

TEST_CASE("impossible expectations do not start") {
  const auto problems_of = [](supervisor_spec root, system_options options = {}) {
    try {
      auto system = alys::system::start(std::move(root), std::move(options));
    } catch (const start_error& e) {
      return std::string{e.what()};
    }
    return std::string{"it started"};
  };
  CHECK(problems_of(supervisor_spec{"root", one_for_one{}, {.health = healthy_share{0.5, 0.9}}}) ==
        "/root: health.unhealthy_below: must be at most degraded_below: what is unhealthy is degraded first");
  supervisor_spec nested{"root"};
  nested.supervisor("crowd", one_for_one{}, {.health = healthy_share{2, 0.5}});
  CHECK(problems_of(nested) == "/root/crowd: health.degraded_below: must be more than 0 and at most 1");
  supervisor_spec child{"root"};
  child.child<subject>("a", {}, {.health = {.handler_limit = -1s}}, std::make_shared<script>());
  CHECK(problems_of(child) == "/root/a: health.handler_limit: must not be negative, and at most a year");
  CHECK(problems_of(supervisor_spec{"root"}, {.watchdog = {.handler_limit = 0ms}}) ==
        "watchdog.handler_limit: must be more than 0 and at most a year");
  supervisor_spec blind{"root"};
  blind.child<subject>("a", {}, {.health = {.stalled_after = 1s}}, std::make_shared<script>());
  CHECK(problems_of(blind, {.watchdog = {.period = 0ms}}) == "/root/a: health.stalled_after: nobody looks: the watchdog's period is 0");
}
