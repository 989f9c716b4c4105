// SPDX-License-Identifier: Apache-2.0
//
// Alerts as time passes: raised once, cleared once, told to every sink. In virtual time.
#include "support/actors/subject.hpp"

#include <alys/testkit.hpp>

#include <catch2/catch.hpp>

#include <limits>

using namespace alys;
using namespace alys::testkit;
using alys::test::script;
using alys::test::subject;
using namespace std::chrono_literals;

namespace {

using lines = std::vector<std::string>;

class board final : public alert_sink {
public:
  [[nodiscard]] result<void> deliver(const alert& what) override {
    seen.push_back(to_string(what));
    if (broken) return fail(fault::service_unavailable, "no route");
    return {};
  }
  lines seen;
  bool broken = false;
};

struct watched {
  explicit watched(std::vector<alert_rule> rules, child_options options = {.health = {.unhealthy_in_a_row = 0}})
      : t({.health_period = 10s, .watchdog = {.period = 1s}, .alerts = {.rules = std::move(rules), .sinks = {sink}, .period = 10s}}),
        a(t.root().child<subject>("a", {}, std::move(options), its)) {
    its->health = [this](subject&) { return verdict; };
    t.start();
  }
  void say(health_state state, const std::string& why = {}) {
    verdict = {state, why};
    t.advance(20s);
  }
  health_report verdict;
  std::shared_ptr<script> its = std::make_shared<script>();
  std::shared_ptr<board> sink = std::make_shared<board>();
  bench t;
  ref<subject> a;
};

alert_rule number_of(const double& value, alert_limits limits) {
  return {.name = "number", .measure = [&value](const tree_node&) { return value; }, .limits = limits, .under = "/bench/a"};
}

lines wrong_with(alert_options options) {
  problem_list found;
  validate(options, found);
  lines where;
  for (const auto& p : found) where.push_back(p.path);
  return where;
}

} // namespace

TEST_CASE("each threshold is raised once and cleared once") {
  alert_rule of_a = alert_on_health();
  of_a.under = "/bench/a";
  watched w({of_a});
  w.t.advance(60s);
  CHECK(w.sink->seen.empty());
  w.say(health_state::degraded, "slow disk");
  w.t.advance(60s);
  CHECK(w.sink->seen == lines{"warning: health of /bench/a is 1 (limit 1): slow disk"});
  w.say(health_state::unhealthy, "no disk");
  CHECK(w.sink->seen.back() == "critical: health of /bench/a is 2 (limit 2): no disk");
  CHECK(w.t.system().alerts().size() == 2);
  w.say(health_state::healthy);
  CHECK(w.sink->seen.size() == 4);
  CHECK(w.sink->seen[2] == "cleared warning: health of /bench/a is 0 (limit 1)");
  CHECK(w.sink->seen[3] == "cleared critical: health of /bench/a is 0 (limit 2)");
  CHECK(w.t.system().alerts().empty());
  CHECK(w.t.system().alert_deliveries().delivered == 4);
}

TEST_CASE("what goes up and down within the hysteresis does not flap") {
  double value = 0;
  watched w({number_of(value, {.warning = 10, .hysteresis = 3})});
  for (const double v : {10.0, 9.0, 10.0, 7.0, 12.0, 8.0}) {
    value = v;
    w.t.advance(10s);
  }
  CHECK(w.sink->seen.size() == 1);
  value = 6.9;
  w.t.advance(10s);
  CHECK(w.sink->seen.size() == 2);
}

TEST_CASE("several looks must agree if the rule says so") {
  double value = 0;
  watched w({number_of(value, {.critical = 10, .looks = 3})});
  for (const double v : {10.0, 10.0, 0.0, 10.0, 10.0}) {
    value = v;
    w.t.advance(10s);
  }
  CHECK(w.sink->seen.empty());
  w.t.advance(10s);
  CHECK(w.sink->seen.size() == 1);
}

TEST_CASE("a sink that fails is counted") {
  double value = 20;
  watched w({number_of(value, {.warning = 10})});
  w.sink->broken = true;
  w.t.advance(10s);
  CHECK(w.t.system().alert_deliveries().failed == 1);
  CHECK(w.t.system().alert_deliveries().delivered == 0);
}

TEST_CASE("a rule that throws is no number and harms nothing") {
  bool throws = true;
  watched w({{.name = "broken",
              .measure = [&](const tree_node&) -> double {
                if (throws) throw std::runtime_error("no sensor");
                return 7;
              },
              .limits = {.warning = 5},
              .under = "/bench/a"}});
  w.t.advance(60s);
  CHECK(w.sink->seen.empty());
  throws = false;
  w.t.advance(10s);
  CHECK(w.sink->seen == lines{"warning: broken of /bench/a is 7 (limit 5)"});
}

TEST_CASE("the alerts of a slot are cleared when it has left the tree") {
  static constexpr row gives_up[] = {{errc::unhealthy, action::stop}};
  double value = 20;
  watched w({number_of(value, {.warning = 10})}, {.decisions = gives_up, .health = {.unhealthy_in_a_row = 1}});
  w.t.advance(10s);
  CHECK(w.t.system().alerts().size() == 1);
  w.say(health_state::unhealthy, "no disk");
  REQUIRE(w.t.state(w.a) == lifecycle_state::terminated);
  CHECK(w.t.system().alerts().empty());
  CHECK(w.sink->seen.back() == "cleared warning: number of /bench/a is -inf (limit 10): left the tree");
}

TEST_CASE("rules of the library measure what they say") {
  tree_node n;
  n.normal = {8, 9, 10};
  n.urgent = {1, 1, 2};
  CHECK(alert_on_queue().measure(n) == 0.8);
  n.score = 0.25;
  CHECK(alert_on_score().measure(n) == 0.75);
  n.restarts_in_window = 4;
  CHECK(alert_on_restarts({.warning = 3}).measure(n) == 4);
  n.busy_for = 1500ms;
  CHECK(alert_on_busy().measure(n) == 1.5);
}

TEST_CASE("alerts have words and JSON") {
  const alert a{"queue", "/root/a", alert_level::critical, true, 0.97, 0.95, "\"why\"", 1500ms};
  CHECK(to_string(a) == "critical: queue of /root/a is 0.97 (limit 0.95): \"why\"");
  CHECK(to_json(a) ==
        R"({"name":"queue","path":"/root/a","level":"critical","raised":true,"value":0.97,"threshold":0.95,"why":"\"why\"","at_ms":1500})");
}

TEST_CASE("impossible alerts are refused by name") {
  const auto measure = [](const tree_node&) { return 0.0; };
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  const auto rule = [&](alert_limits limits) { return alert_options{.rules = {{.name = "r", .measure = measure, .limits = limits}}}; };
  CHECK(wrong_with({}).empty());
  CHECK(wrong_with(rule({.warning = 1, .critical = 2})).empty());
  CHECK(wrong_with(rule({})) == lines{"rules.r.limits"});
  CHECK(wrong_with(rule({.warning = 2, .critical = 1})) == lines{"rules.r.critical"});
  CHECK(wrong_with(rule({.warning = nan})) == lines{"rules.r.warning"});
  CHECK(wrong_with(rule({.warning = 1, .hysteresis = -1})) == lines{"rules.r.hysteresis"});
  CHECK(wrong_with(rule({.warning = 1, .looks = 0})) == lines{"rules.r.looks"});
  CHECK(wrong_with({.rules = {alert_on_health(), alert_on_health()}}) == lines{"rules"});
  CHECK(wrong_with({.rules = {{.name = "r", .measure = {}, .limits = {.warning = 1}}}}) == lines{"rules.r.measure"});
  CHECK(wrong_with({.sinks = {nullptr}}) == lines{"sinks"});
  CHECK(wrong_with({.period = 0ms}) == lines{"period"});
  CHECK(wrong_with({.queue = 0}) == lines{"queue"});
  CHECK_THROWS_AS(alys::system::start(supervisor_spec{"root"}, {.watchdog = {.period = 0ms}, .alerts = {.rules = {alert_on_health()}}}),
                  start_error);
  CHECK_THROWS_AS(
      alys::system::start(supervisor_spec{"root"}, {.watchdog = {.period = 9s}, .alerts = {.rules = {alert_on_health()}, .period = 1s}}),
      start_error);
}
