// SPDX-License-Identifier: Apache-2.0
//
// Laws of health: what gets better never makes anything worse, and the score stays between 0 and 1.
#include <alys/actors/health_rules.hpp>
#include <alys/actors/health_score.hpp>

#include <rapidcheck/catch.h>
#include <catch2/catch.hpp>

#include <algorithm>
#include <vector>

namespace {

using alys::health_state;

int badness(health_state state) {
  return state == health_state::healthy ? 0 : state == health_state::degraded ? 1 : state == health_state::initializing ? 2 : 3;
}

std::vector<alys::child_health> any_children() {
  const auto any_state = rc::gen::element(health_state::initializing, health_state::healthy, health_state::degraded,
                                          health_state::unhealthy, health_state::stopping, health_state::stopped);
  std::vector<alys::child_health> children;
  for (const auto& [state, critical] :
       *rc::gen::container<std::vector<std::pair<health_state, bool>>>(rc::gen::pair(any_state, rc::gen::arbitrary<bool>())))
    children.push_back({.name = "child", .critical = critical, .report = {state, {}}});
  return children;
}

alys::healthy_share any_share() {
  const double upper = *rc::gen::inRange(1, 101) / 100.0;
  return {upper, upper * *rc::gen::inRange(0, 101) / 100.0};
}

std::vector<alys::failure_note> any_failures() {
  std::vector<alys::failure_note> notes;
  for (const int at : *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 10'000))) notes.push_back({.at = std::chrono::seconds{at}});
  return notes;
}

} // namespace

TEST_CASE("a child that recovers never makes its supervisor worse") {
  rc::prop("judge is monotone", [] {
    const alys::health_rule rule = *rc::gen::arbitrary<bool>() ? alys::health_rule{any_share()} : alys::health_rule{};
    auto children = any_children();
    RC_PRE(!children.empty());
    const auto before = alys::judge(rule, children);
    auto& lucky = children[*rc::gen::inRange<std::size_t>(0, children.size())];
    lucky.report = {};
    RC_ASSERT(badness(alys::judge(rule, children).state) <= badness(before.state));
  });
}

TEST_CASE("a share says what counting says") {
  rc::prop("by hand", [] {
    const auto rule = any_share();
    auto children = any_children();
    for (auto& c : children) c.critical = true;
    double points = 0;
    for (const auto& c : children)
      points += c.report.state == health_state::healthy ? 1 : c.report.state == health_state::degraded ? 0.5 : 0;
    const double share = children.empty() ? 1 : points / static_cast<double>(children.size());
    const auto expected = share < rule.unhealthy_below  ? health_state::unhealthy
                          : share < rule.degraded_below ? health_state::degraded
                                                        : health_state::healthy;
    RC_ASSERT(alys::judge(rule, children).state == expected);
  });
}

TEST_CASE("the score lies between 0 and 1 and grows with success and with time") {
  rc::prop("score", [] {
    const auto count = rc::gen::inRange<std::uint64_t>(0, 1'000'000);
    alys::message_counts m;
    m.handled = *count;
    m.refused = *count;
    m.failed = *count;
    const auto failures = any_failures();
    const auto now = std::chrono::seconds{*rc::gen::inRange(10'000, 100'000)};
    const double score = alys::health_score(m, failures, now);
    RC_ASSERT(score >= 0 && score <= 1);
    RC_ASSERT(alys::health_score(m, failures, now + std::chrono::minutes{1}) >= score);
    ++m.handled;
    RC_ASSERT(alys::health_score(m, failures, now) >= score);
    ++m.failed;
    --m.handled;
    RC_ASSERT(alys::health_score(m, failures, now) <= score + 1e-12);
  });
}
