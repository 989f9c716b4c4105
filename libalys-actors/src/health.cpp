// SPDX-License-Identifier: Apache-2.0
//
// The rules that turn many verdicts into one.
#include <alys/actors/health.hpp>

#include <utility>

namespace alys {
namespace {

// How much a child's state troubles those who need it. Larger is worse.
int trouble(health_state state) noexcept {
  switch (state) {
    case health_state::healthy: return 0;
    case health_state::degraded: return 1;
    case health_state::initializing: return 2;
    case health_state::stopping:
    case health_state::stopped:
    case health_state::unhealthy: return 3;
  }
  return 3;
}

// What the child's state makes of its supervisor's.
health_state seen_from_above(const child_health& child) noexcept {
  const health_state state = child.report.state;
  if (child.critical) return trouble(state) == 3 ? health_state::unhealthy : state;
  return state == health_state::degraded || state == health_state::unhealthy ? health_state::degraded : health_state::healthy;
}

std::string reason(const child_health& child) {
  std::string text{child.name};
  text += ": ";
  if (child.report.why.empty()) text += to_string(child.report.state);
  else text += child.report.why;
  return text;
}

} // namespace

health_report effective_health(lifecycle_state state, const health_report& own) {
  switch (state) {
    case lifecycle_state::initializing: return {health_state::initializing, {}};
    case lifecycle_state::running: return own;
    case lifecycle_state::stopping: return {health_state::stopping, {}};
    case lifecycle_state::stopped:
    case lifecycle_state::terminated: return {health_state::stopped, {}};
    case lifecycle_state::failed: return {health_state::unhealthy, "failed, and its supervisor has not decided yet"};
    case lifecycle_state::restarting: return {health_state::unhealthy, "waits for its restart"};
  }
  return own;
}

health_report worse_of(const health_report& a, const health_report& b) { return trouble(b.state) > trouble(a.state) ? b : a; }

health_report worst_critical_child(std::span<const child_health> children) {
  health_report worst;
  for (const child_health& child : children) {
    const health_state seen = seen_from_above(child);
    if (trouble(seen) > trouble(worst.state)) worst = {seen, reason(child)};
  }
  return worst;
}

std::string_view to_string(health_state state) noexcept {
  switch (state) {
    case health_state::initializing: return "initializing";
    case health_state::healthy: return "healthy";
    case health_state::degraded: return "degraded";
    case health_state::unhealthy: return "unhealthy";
    case health_state::stopping: return "stopping";
    case health_state::stopped: return "stopped";
  }
  return "unknown";
}

} // namespace alys
