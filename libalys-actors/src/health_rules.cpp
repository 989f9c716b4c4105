// SPDX-License-Identifier: Apache-2.0
#include <alys/actors/health_rules.hpp>

#include <alys/actors/duration_text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace alys {

namespace {

// In halves, so that a share is exact.
[[nodiscard]] std::size_t halves_of(const child_health& child) noexcept {
  if (child.report.state == health_state::healthy) return 2;
  return child.report.state == health_state::degraded ? 1 : 0;
}

[[nodiscard]] health_report judge_share(const healthy_share& rule, std::span<const child_health> children) {
  const health_report worst = worst_critical_child(children); // has the reason, and what the others may do to it
  const double share = serving_share(children);
  const auto because = [&](health_state state) {
    const auto critical = std::count_if(children.begin(), children.end(), [](const child_health& c) { return c.critical; });
    return health_report{state, fmt::format("{:.0f} % of {} serve; {}", std::floor(share * 100), critical, worst.why)};
  };
  if (share < rule.unhealthy_below) return because(health_state::unhealthy);
  if (share < rule.degraded_below) return because(health_state::degraded);
  const bool only_by_others = std::any_of(children.begin(), children.end(), [](const child_health& c) {
    return !c.critical && (c.report.state == health_state::degraded || c.report.state == health_state::unhealthy);
  });
  return only_by_others ? health_report{health_state::degraded, worst.why} : health_report{};
}

constexpr std::chrono::hours a_year{24 * 365};

} // namespace

double serving_share(std::span<const child_health> children) noexcept {
  std::size_t halves = 0;
  std::size_t all = 0;
  for (const child_health& child : children) {
    if (!child.critical) continue;
    halves += halves_of(child);
    ++all;
  }
  return all == 0 ? 1.0 : static_cast<double>(halves) / static_cast<double>(2 * all);
}

health_report judge(const health_rule& rule, std::span<const child_health> children) {
  if (const auto* share = std::get_if<healthy_share>(&rule)) return judge_share(*share, children);
  return worst_critical_child(children);
}

void validate(const health_rule& rule, problem_list& problems) {
  const auto* share = std::get_if<healthy_share>(&rule);
  if (share == nullptr) return;
  if (!(share->degraded_below > 0 && share->degraded_below <= 1))
    problems.push_back({"degraded_below", "must be more than 0 and at most 1"});
  if (!(share->unhealthy_below >= 0 && share->unhealthy_below <= 1)) problems.push_back({"unhealthy_below", "must be from 0 to 1"});
  else if (share->unhealthy_below > share->degraded_below)
    problems.push_back({"unhealthy_below", "must be at most degraded_below: what is unhealthy is degraded first"});
}

std::string to_string(const health_rule& rule) {
  const auto* share = std::get_if<healthy_share>(&rule);
  if (share == nullptr) return "worst critical child";
  return fmt::format("degraded below {:g} %, unhealthy below {:g} %", share->degraded_below * 100, share->unhealthy_below * 100);
}

std::string_view to_string(stuck_answer answer) noexcept {
  switch (answer) {
    case stuck_answer::report: return "report";
    case stuck_answer::fail_on_return: return "fail on return";
    case stuck_answer::fail_at_once: return "fail at once";
  }
  return "unknown";
}

void validate(const health_options& options, problem_list& problems) {
  const auto check_time = [&](const char* name, std::chrono::milliseconds value) {
    if (value < value.zero() || value > a_year) problems.push_back({name, "must not be negative, and at most a year"});
  };
  check_time("stalled_after", options.stalled_after);
  check_time("handler_limit", options.handler_limit);
  if (options.stalled_is != health_state::degraded && options.stalled_is != health_state::unhealthy)
    problems.push_back({"stalled_is", "must be degraded or unhealthy"});
  if (options.when_stuck > stuck_answer::fail_at_once) problems.push_back({"when_stuck", "must be report, fail_on_return or fail_at_once"});
}

std::string to_string(const health_options& options) {
  const health_options usual;
  std::string text;
  const auto add = [&](const std::string& part) { text += (text.empty() ? "" : ", ") + part; };
  if (options.unhealthy_in_a_row == 0) add("unhealthy never fails");
  else if (options.unhealthy_in_a_row != usual.unhealthy_in_a_row)
    add(fmt::format("unhealthy {} in a row fails", options.unhealthy_in_a_row));
  if (options.stalled_after > usual.stalled_after)
    add(fmt::format("{} when stalled for {}", to_string(options.stalled_is), to_text(options.stalled_after)));
  if (options.handler_limit > usual.handler_limit) add("handlers at most " + to_text(options.handler_limit));
  if (options.when_stuck != usual.when_stuck) add(fmt::format("stuck: {}", to_string(options.when_stuck)));
  return text;
}

} // namespace alys
