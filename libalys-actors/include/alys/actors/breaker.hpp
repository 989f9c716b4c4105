// SPDX-License-Identifier: Apache-2.0
//
// A circuit breaker: who keeps failing is left alone for a while, and then tried with a few before all come back.
//
// Closed, everything goes through; so many failures in a row open it. Open, nothing does, for a time. Then it is half-open: a few probes
// go through at once; one that fails opens it again, so many that succeed close it. The pattern is M. Nygard's, "Release It!" (2007).
//
// `breaker` is a restart policy (see child_options): the child stays down while it is open. `circuit_breaker` is the rule by itself, for
// an adapter that calls something outside. It knows no clock and no actor.
//
// ```cpp
// // Nothing if the bank is left alone for a while; else whether it answered.
// inline std::optional<bool> ask_the_bank(alys::circuit_breaker& breaker, std::chrono::nanoseconds now, bool (*call)()) {
//   const auto pass = breaker.admit(now);
//   if (!pass) return std::nullopt;
//   const bool answered = call();
//   if (answered) breaker.succeeded(*pass);
//   else breaker.failed(*pass, now);
//   return answered;
// }
// ```
#pragma once

#include <alys/actors/problem.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace alys {

struct breaker {
  std::uint32_t failures = 3;                      // in a row open it; at least 1
  std::chrono::milliseconds open_for{30'000};      // from opening to the first probe; more than 0, at most a year
  std::uint32_t probes = 1;                        // go through at once while it is half-open; at least 1
  std::uint32_t successes = 1;                     // in a row close it; at least 1
  std::chrono::milliseconds healthy_after{10'000}; // a life at least this long ends the row of failures; more than 0
  friend bool operator==(const breaker&, const breaker&) = default;
};

// Appends what is wrong, by the name of the field.
void validate(const breaker&, problem_list& problems);

// "breaker after 3 failures, open 30s, 1 probe at once, closed after 2 successes".
[[nodiscard]] std::string to_string(const breaker&);

enum class breaker_state : std::uint8_t {
  closed,    // everything goes through
  open,      // nothing does
  half_open, // probes do
};

[[nodiscard]] std::string_view to_string(breaker_state) noexcept;

// What goes through gets a pass, and gives it back with its outcome.
class breaker_pass {
private:
  friend class circuit_breaker;
  explicit breaker_pass(std::uint64_t period) noexcept : period_(period) {}
  std::uint64_t period_; // between two changes of the state: what comes back later says nothing about the present
};

// The rule. Times are nanoseconds since any fixed instant and never go back. Not thread-safe: its owner's.
class circuit_breaker {
public:
  // Requires a rule that validate() finds nothing wrong with.
  explicit circuit_breaker(const breaker& rule) noexcept : rule_(rule) {}

  // A pass for one call, or nothing: then it must not be made. Ends the open state when its time is over. A probe that was not heard of
  // for as long as the breaker is open counts as lost, and another one goes.
  [[nodiscard]] std::optional<breaker_pass> admit(std::chrono::nanoseconds now) noexcept;
  // The outcome of what went through. A pass from before the last change of the state changes nothing.
  void succeeded(breaker_pass pass) noexcept;
  void failed(breaker_pass pass, std::chrono::nanoseconds now) noexcept;
  // What it guards came up: the healthy period is counted from here. Never called, only successes end a row of failures.
  void came_up(std::chrono::nanoseconds now) noexcept { up_since_ = now; }
  // It went down without a failure of its own.
  void came_down(std::chrono::nanoseconds now) noexcept;
  // Closed, as if nothing had failed; openings stay counted.
  void reset() noexcept;

  // Another rule from now on: the state stays, and the end of an open state that was set before.
  void set_rule(const breaker& next) noexcept { rule_ = next; }

  [[nodiscard]] breaker_state state() const noexcept { return state_; }
  [[nodiscard]] const breaker& rule() const noexcept { return rule_; }
  // Failures in a row; while it is open those that opened it.
  [[nodiscard]] std::uint32_t failures() const noexcept { return failures_; }
  // How often it opened, ever.
  [[nodiscard]] std::uint64_t openings() const noexcept { return openings_; }
  // When the open state ends; of the last one if it is not open.
  [[nodiscard]] std::chrono::nanoseconds open_until() const noexcept { return open_until_; }

private:
  void enter(breaker_state to) noexcept;
  void open(std::chrono::nanoseconds now) noexcept;

  breaker rule_;
  breaker_state state_ = breaker_state::closed;
  std::uint32_t failures_ = 0;
  std::uint32_t probing_ = 0;   // half-open: passes out
  std::uint32_t succeeded_ = 0; // half-open: in a row
  std::uint64_t period_ = 0;
  std::uint64_t openings_ = 0;
  std::chrono::nanoseconds open_until_{};
  std::chrono::nanoseconds last_probe_{};
  std::optional<std::chrono::nanoseconds> up_since_;
};

} // namespace alys
