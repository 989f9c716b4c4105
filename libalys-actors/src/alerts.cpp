// SPDX-License-Identifier: Apache-2.0
//
// Rules, thresholds and words of alerts.
#include <alys/actors/alerts.hpp>

#include "json_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

namespace alys {

namespace {

class log_alerts final : public alert_sink {
public:
  explicit log_alerts(log_sink log) : log_(std::move(log)) {}
  [[nodiscard]] result<void> deliver(const alert& what) override {
    const auto level = what.raised ? (what.level == alert_level::critical ? log_level::error : log_level::warning) : log_level::info;
    if (log_) log_(level, to_string(what));
    return {};
  }

private:
  const log_sink log_;
};

[[nodiscard]] double share(const mailbox_view& of) noexcept {
  return of.capacity == 0 ? 0.0 : static_cast<double>(of.depth) / static_cast<double>(of.capacity);
}

void validate(const alert_limits& limits, const std::string& name, problem_list& problems) {
  const auto wrong = [&](const char* field, const char* text) { problems.push_back({"rules." + name + "." + field, text}); };
  if (std::isnan(limits.warning)) wrong("warning", "must be a number");
  if (std::isnan(limits.critical)) wrong("critical", "must be a number");
  if (std::isinf(limits.warning) && std::isinf(limits.critical)) wrong("limits", "needs a warning or a critical threshold");
  if (!std::isinf(limits.warning) && limits.critical < limits.warning) wrong("critical", "must be at least warning");
  if (!(limits.hysteresis >= 0) || std::isinf(limits.hysteresis)) wrong("hysteresis", "must be at least 0, and finite");
  if (limits.looks == 0) wrong("looks", "must be at least 1");
}

} // namespace

std::string_view to_string(alert_level level) noexcept { return level == alert_level::critical ? "critical" : "warning"; }

std::string to_string(const alert& a) {
  const std::string because = a.why.empty() ? std::string{} : ": " + a.why;
  return fmt::format("{}{}: {} of {} is {:g} (limit {:g}){}", a.raised ? "" : "cleared ", to_string(a.level), a.name, a.path, a.value,
                     a.threshold, because);
}

std::string to_json(const alert& a) {
  const std::string value = std::isfinite(a.value) ? fmt::format("{:g}", a.value) : "null";
  return fmt::format(R"({{"name":{},"path":{},"level":"{}","raised":{},"value":{},"threshold":{:g},"why":{},"at_ms":{}}})", quoted(a.name),
                     quoted(a.path), to_string(a.level), a.raised, value, a.threshold, quoted(a.why),
                     std::chrono::duration_cast<std::chrono::milliseconds>(a.at).count());
}

std::shared_ptr<alert_sink> alerts_to_log(log_sink log) { return std::make_shared<log_alerts>(std::move(log)); }

alert_rule alert_on_health(std::uint32_t looks) {
  const auto trouble = [](const tree_node& n) {
    return n.health.state == health_state::unhealthy ? 2.0 : n.health.state == health_state::degraded ? 1.0 : 0.0;
  };
  return {.name = "health", .measure = trouble, .limits = {.warning = 1, .critical = 2, .looks = looks}};
}

alert_rule alert_on_queue(alert_limits limits) {
  return {.name = "queue", .measure = [](const tree_node& n) { return std::max(share(n.normal), share(n.urgent)); }, .limits = limits};
}

alert_rule alert_on_restarts(alert_limits limits) {
  return {.name = "restarts", .measure = [](const tree_node& n) { return static_cast<double>(n.restarts_in_window); }, .limits = limits};
}

alert_rule alert_on_score(alert_limits limits) {
  return {.name = "score", .measure = [](const tree_node& n) { return 1.0 - n.score; }, .limits = limits};
}

alert_rule alert_on_busy(alert_limits limits) {
  return {
      .name = "busy", .measure = [](const tree_node& n) { return std::chrono::duration<double>(n.busy_for).count(); }, .limits = limits};
}

void validate(const alert_options& options, problem_list& problems) {
  std::set<std::string> names;
  for (const alert_rule& rule : options.rules) {
    if (rule.name.empty() || rule.name == "liveness") problems.push_back({"rules", "a rule needs a name, and not \"liveness\""});
    if (!names.insert(rule.name).second) problems.push_back({"rules", "two are named \"" + rule.name + '"'});
    if (!rule.measure) problems.push_back({"rules." + rule.name + ".measure", "is missing"});
    if (!rule.under.empty() && rule.under.front() != '/')
      problems.push_back({"rules." + rule.name + ".under", "must be a path: /root/..."});
    validate(rule.limits, rule.name, problems);
  }
  if (std::find(options.sinks.begin(), options.sinks.end(), nullptr) != options.sinks.end())
    problems.push_back({"sinks", "one of them is null"});
  if (options.period <= options.period.zero() || options.period > std::chrono::hours{24})
    problems.push_back({"period", "must be more than 0 and at most a day"});
  if (options.queue == 0) problems.push_back({"queue", "must be at least 1"});
}

alert_latch::change alert_latch::look(double value) noexcept {
  const bool other = raised_ ? value < clears_below_ : value >= threshold_;
  in_a_row_ = other ? in_a_row_ + 1 : 0;
  if (in_a_row_ < looks_) return change::none;
  in_a_row_ = 0;
  raised_ = !raised_;
  return raised_ ? change::raised : change::cleared;
}

} // namespace alys
