// SPDX-License-Identifier: Apache-2.0
//
// What supervisors make of many children, what is expected of one, and what is refused.
#include <alys/actors/health_rules.hpp>

#include <catch2/catch.hpp>

#include <limits>
#include <string>
#include <vector>

using namespace std::chrono_literals;
using alys::child_health;
using alys::health_report;
using alys::health_state;
using alys::healthy_share;

namespace {

// `well` healthy children out of `all`, the others in this state.
std::vector<child_health> crowd(std::size_t all, std::size_t well, health_state others = health_state::unhealthy) {
  std::vector<child_health> children;
  for (std::size_t i = 0; i < all; ++i)
    children.push_back({.name = i < well ? "well" : "away", .critical = true, .report = {i < well ? health_state::healthy : others, {}}});
  return children;
}

health_state by_share(const std::vector<child_health>& children, healthy_share rule = {}) { return alys::judge(rule, children).state; }

std::vector<std::string> wrong_with(const alys::health_rule& rule) {
  alys::problem_list found;
  validate(rule, found);
  std::vector<std::string> where;
  for (const auto& p : found) where.push_back(p.path);
  return where;
}

} // namespace

TEST_CASE("a crowd is degraded below one limit and unhealthy below the other") {
  CHECK(by_share(crowd(10, 10)) == health_state::healthy);
  CHECK(by_share(crowd(10, 9)) == health_state::healthy);
  CHECK(by_share(crowd(10, 8)) == health_state::degraded);
  CHECK(by_share(crowd(10, 5)) == health_state::degraded);
  CHECK(by_share(crowd(10, 4)) == health_state::unhealthy);
  CHECK(by_share(crowd(10, 0)) == health_state::unhealthy);
  CHECK(by_share({}) == health_state::healthy);
}

TEST_CASE("a degraded child serves by half and one that starts or stops does not serve") {
  CHECK(alys::serving_share(crowd(4, 2, health_state::degraded)) == 0.75);
  CHECK(by_share(crowd(10, 0, health_state::degraded)) == health_state::degraded);
  for (const auto away : {health_state::initializing, health_state::stopping, health_state::stopped})
    CHECK(by_share(crowd(10, 4, away)) == health_state::unhealthy);
}

TEST_CASE("who is not critical does not count and can only degrade") {
  auto children = crowd(2, 2);
  for (auto& c : crowd(8, 0)) {
    c.critical = false;
    children.push_back(c);
  }
  CHECK(alys::serving_share(children) == 1.0);
  CHECK(by_share(children) == health_state::degraded);
}

TEST_CASE("the reason says how many serve and who does not") {
  std::vector<child_health> children = crowd(3, 1);
  children[2].report.why = "no disk";
  children[1].report = {};
  CHECK(alys::judge(healthy_share{}, children) == health_report{health_state::degraded, "66 % of 3 serve; away: no disk"});
}

TEST_CASE("the default rule is the worst critical child") {
  CHECK(alys::judge({}, crowd(10, 9)).state == health_state::unhealthy);
  CHECK(to_string(alys::health_rule{}) == "worst critical child");
  CHECK(to_string(alys::health_rule{healthy_share{}}) == "degraded below 90 %, unhealthy below 50 %");
}

TEST_CASE("impossible shares are refused by name") {
  using found = std::vector<std::string>;
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK(wrong_with(healthy_share{}).empty());
  CHECK(wrong_with(healthy_share{1, 0}).empty());
  CHECK(wrong_with(healthy_share{0.5, 0.5}).empty());
  CHECK(wrong_with(healthy_share{0.5, 0.6}) == found{"unhealthy_below"});
  CHECK(wrong_with(healthy_share{1.1, 0.5}) == found{"degraded_below"});
  CHECK(wrong_with(healthy_share{0, 0}) == found{"degraded_below"});
  CHECK(wrong_with(healthy_share{0.9, -0.1}) == found{"unhealthy_below"});
  CHECK(wrong_with(healthy_share{nan, 0.1}) == found{"degraded_below"});
  CHECK(wrong_with(healthy_share{0.9, nan}) == found{"unhealthy_below"});
}

TEST_CASE("what is expected of a child is checked and has words") {
  alys::problem_list found;
  validate(alys::health_options{.stalled_after = -1ms, .stalled_is = health_state::stopped, .handler_limit = -1s}, found);
  REQUIRE(found.size() == 3);
  CHECK(found[0].path == "stalled_after");
  CHECK(found[1].path == "handler_limit");
  CHECK(found[2] == alys::problem{"stalled_is", "must be degraded or unhealthy"});
  CHECK(to_string(alys::health_options{}).empty());
  CHECK(to_string(alys::health_options{.unhealthy_in_a_row = 0}) == "unhealthy never fails");
  CHECK(to_string(alys::health_options{
            .unhealthy_in_a_row = 5, .stalled_after = 30s, .handler_limit = 1min, .when_stuck = alys::stuck_answer::fail_on_return}) ==
        "unhealthy 5 in a row fails, degraded when stalled for 30s, handlers at most 1m, stuck: fail on return");
}
