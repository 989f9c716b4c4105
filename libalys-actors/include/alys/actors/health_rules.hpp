// SPDX-License-Identifier: Apache-2.0
//
// What a supervisor makes of its children's health, and what is expected of one child. A tree of few different parts is as well as its
// worst critical one; a crowd of equal ones still serves when a tenth of it is away, and is judged by the share that does.
//
// ```cpp
// inline const alys::health_rule crowd = alys::healthy_share{.degraded_below = 0.9, .unhealthy_below = 0.5};
// inline const alys::health_options strict{.unhealthy_in_a_row = 5, .stalled_after = 30s, .when_stuck = alys::stuck_answer::fail_on_return};
// ```
#pragma once

#include <alys/actors/health.hpp>
#include <alys/actors/problem.hpp>

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace alys {

// As worst_critical_child says.
struct worst_critical {
  friend bool operator==(const worst_critical&, const worst_critical&) = default;
};

// By the share of critical children that serve, in which a healthy one counts 1, a degraded one 1/2, all others 0. Below the limits it is
// degraded or unhealthy; at a limit it is not. Children that are not critical can only degrade it, as under the other rule.
struct healthy_share {
  double degraded_below = 0.9;  // more than 0, at most 1
  double unhealthy_below = 0.5; // from 0, at most degraded_below
  friend bool operator==(const healthy_share&, const healthy_share&) = default;
};

using health_rule = std::variant<worst_critical, healthy_share>;

// Appends what is wrong, by the name of the field.
void validate(const health_rule&, problem_list& problems);
// "worst critical child" or "degraded below 90 %, unhealthy below 50 %".
[[nodiscard]] std::string to_string(const health_rule&);

// The share of critical children that serve, from 0 to 1; 1 if there are none.
[[nodiscard]] double serving_share(std::span<const child_health> children) noexcept;
// The supervisor's health by its rule. Its reason names the first child in trouble. No children: healthy.
[[nodiscard]] health_report judge(const health_rule& rule, std::span<const child_health> children);

// What follows when the watchdog finds that a handler runs longer than it may. It is named in any case. A thread cannot be killed, so no
// answer ends the handler: its slot is free for a new life only when it comes back.
enum class stuck_answer : std::uint8_t {
  report,         // nothing else
  fail_on_return, // when it comes back, its turn counts as a failure of source watchdog, and the decision tables say what follows
  fail_at_once,   // the failure is decided now. A restart waits for the handler for initialize_within, then counts as one that failed: one
                  // that never comes back spends the budget, and the tree goes on without it or ends
};
[[nodiscard]] std::string_view to_string(stuck_answer) noexcept;

// What is expected of a child.
struct health_options {
  std::uint32_t unhealthy_in_a_row = 3;             // so many verdicts of health() are a failure of source health; 0: never
  std::chrono::milliseconds stalled_after{0};       // messages wait, and none is handled for so long: stalled; 0: not looked at
  health_state stalled_is = health_state::degraded; // or unhealthy
  std::chrono::milliseconds handler_limit{0};       // of one turn; then it is stuck. 0: as the system's watchdog says
  stuck_answer when_stuck = stuck_answer::report;
  friend bool operator==(const health_options&, const health_options&) = default;
};

void validate(const health_options&, problem_list& problems);
// What differs from the defaults: "unhealthy 5 in a row fails, degraded when stalled for 30s"; empty if nothing does.
[[nodiscard]] std::string to_string(const health_options&);

} // namespace alys
