// SPDX-License-Identifier: Apache-2.0
//
// Health: what an actor says of itself, what its state says for it, and what a supervisor makes of its children's.
//
// An actor answers for itself in its own turn, so that a stuck one is seen; while it cannot answer (starting, suspended, stopping) its
// lifecycle answers in its place. A supervisor is as well as its worst critical child; a child that is not critical can only degrade it.
//
// ```cpp
// inline alys::health_report example() {
//   const alys::child_health children[] = {
//     {.name = "book", .critical = true, .report = {}},
//     {.name = "mailer", .critical = false, .report = {alys::health_state::unhealthy, "no route to the mail server"}},
//   };
//   return alys::worst_critical_child(children);             // degraded: "mailer: no route to the mail server"
// }
// ```
#pragma once

#include <alys/actors/history.hpp>
#include <alys/actors/lifecycle.hpp>

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace alys {

enum class health_state : std::uint8_t {
  initializing, // not ready yet
  healthy,
  degraded,  // works, with less than it should have
  unhealthy, // does not do its job
  stopping,
  stopped,
};

[[nodiscard]] std::string_view to_string(health_state) noexcept;

// A verdict and its reason; the reason may be empty for the good states.
struct health_report {
  health_state state = health_state::healthy;
  std::string why = {};
  friend bool operator==(const health_report&, const health_report&) = default;
};

// What counts for an actor in this state of its life: its own verdict while it runs, else what the state says for it.
[[nodiscard]] health_report effective_health(lifecycle_state state, const health_report& own);

// A child as its supervisor's rule sees it. Children that ended as they should (a finished temporary one) are left out of the list.
struct child_health {
  std::string_view name = {};
  bool critical = true; // without it the supervisor cannot do its own job
  health_report report = {};
};

// A supervisor's rule: the worst critical child, where unhealthy, stopped and stopping are worst, then initializing, then degraded.
// Troubled children that are not critical make it degraded. The reason names the child; of equals the first. No children: healthy.
[[nodiscard]] health_report worst_critical_child(std::span<const child_health> children);

// The worse of two verdicts, by the same order; of equals the first.
[[nodiscard]] health_report worse_of(const health_report& a, const health_report& b);

// Ready for traffic: up, perhaps with less than everything.
[[nodiscard]] constexpr bool ready(health_state state) noexcept {
  return state == health_state::healthy || state == health_state::degraded;
}

// Alive: the last piece of work that was asked of the scheduler itself was done within two periods. A process whose worker threads are
// all stuck fails this although it still answers from other threads.
[[nodiscard]] constexpr bool alive(std::chrono::nanoseconds last_work_done, std::chrono::nanoseconds now,
                                   std::chrono::nanoseconds period) noexcept {
  return now - last_work_done <= 2 * period;
}

// One check and what it found.
struct health_verdict {
  std::chrono::nanoseconds at{}; // since the system's start
  health_report report = {};
};

using health_history = bounded_history<health_verdict>;

// How many verdicts are kept per slot.
inline constexpr std::size_t default_health_history = 100;

} // namespace alys
