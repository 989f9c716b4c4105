// SPDX-License-Identifier: Apache-2.0
//
// When a failed child comes back: restart policies, restart budgets, and the counters behind both.
//
// Three numbers, each with its own rule, because one number cannot serve three purposes. The streak counts restarts that followed each
// other without a healthy period and sets the backoff. The window counts restarts within a time and is the budget: health never resets
// it, so a child that lives just long enough to look healthy and dies for ever still runs out. The lifetime total is only reported.
//
// Budgets follow OTP's supervisor (restart intensity and period): a restart is within budget if, counting itself, at most `restarts`
// happened in the last `within`. Full jitter is from M. Brooker, "Exponential Backoff And Jitter" (AWS Architecture Blog, 2015).
//
// ```cpp
// inline std::chrono::nanoseconds first_delay() {
//   alys::splitmix64 random{1};
//   alys::restart_policy policy = alys::backoff{.initial = 10ms, .cap = 1s, .jitter = alys::jitter::none};
//   alys::restart_counters counters;
//   counters.count_restart(5s, policy);
//   return alys::next_delay(policy, counters.streak(), random).value();  // 10 ms; the next in a row 20 ms
// }
// ```
#pragma once

#include <alys/actors/problem.hpp>
#include <alys/actors/random.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace alys {

// Restart at once.
struct immediate {
  friend bool operator==(const immediate&, const immediate&) = default;
};

// How much of a backoff is left to chance.
enum class jitter : std::uint8_t {
  full, // uniform between nothing and the whole delay: spreads a crowd best
  none, // the whole delay
};

// Restart after a delay that grows with each restart in a row.
struct backoff {
  std::chrono::milliseconds initial{100}; // before the first restart of a streak; more than 0
  std::chrono::milliseconds cap{30'000};  // no delay is longer; at least `initial`, at most a year
  double multiplier = 2.0;                // from one delay to the next; at least 1
  alys::jitter jitter = alys::jitter::full;
  std::chrono::milliseconds healthy_after{10'000}; // a life at least this long ends the streak; more than 0
  friend bool operator==(const backoff&, const backoff&) = default;
};

// Never restart: a decision to restart stops the child instead.
struct never {
  friend bool operator==(const never&, const never&) = default;
};

using restart_policy = std::variant<immediate, backoff, never>;

// How many restarts within how long; over all children of a supervisor, or tighter for one child.
struct restart_limit {
  std::uint32_t restarts = 3;               // 0: the first failure exceeds it; at most 10 000
  std::chrono::milliseconds within{60'000}; // more than 0, at most a year
  friend bool operator==(const restart_limit&, const restart_limit&) = default;
};

// The most restarts a limit may allow in its window: each costs eight bytes of memory while it counts.
inline constexpr std::uint32_t max_restarts_in_window = 10'000;

// Append what is wrong with a policy or a limit, by the name of its field.
void validate(const restart_policy&, problem_list& problems);
void validate(const restart_limit&, problem_list& problems);

// "backoff 10ms x2 up to 1s, full jitter"; "at most 3 in 1m". For effective policies in logs and listings.
[[nodiscard]] std::string to_string(const restart_policy&);
[[nodiscard]] std::string to_string(const restart_limit&);

// How long to wait before the restart that is number `streak` (from 1) in a row. Nothing if the policy never restarts.
// Requires a policy that validate() finds nothing wrong with. Draws from `random` only for jitter::full.
[[nodiscard]] std::optional<std::chrono::nanoseconds> next_delay(const restart_policy&, std::uint32_t streak, splitmix64& random);

// The restarts of the last while, against a limit. Times are nanoseconds since the system's start and never go back. Not thread-safe.
class restart_window {
public:
  explicit restart_window(restart_limit limit = {}) noexcept : limit_(limit) {}

  // Counts one restart. False if it is one too many.
  [[nodiscard]] bool count(std::chrono::nanoseconds now);

  // How many restarts count at this moment.
  [[nodiscard]] std::uint32_t in_window(std::chrono::nanoseconds now) const noexcept;
  [[nodiscard]] const restart_limit& limit() const noexcept { return limit_; }
  // Counts from nothing again.
  void reset() noexcept {
    times_.clear();
    expired_ = 0;
  }
  // From now on another limit; what was counted stays counted.
  void set_limit(restart_limit limit) noexcept { limit_ = limit; }

private:
  restart_limit limit_;
  std::vector<std::chrono::nanoseconds> times_; // oldest first; those that still count are at most restarts + 1
  std::size_t expired_ = 0;                     // of times_: at its beginning, and dropped when they are the most
};

// What a supervisor knows of one child's restarts. Movable. Not thread-safe.
class restart_counters {
public:
  // Without a limit of its own the child is bound by its supervisor's window only.
  restart_counters() noexcept = default;
  explicit restart_counters(restart_limit own_limit) noexcept : window_(std::make_unique<restart_window>(own_limit)) {}

  // The child finished its start: the healthy period is counted from here.
  void count_start(std::chrono::nanoseconds now) noexcept { started_ = now; }

  // It went down without a failure of its own.
  void count_end(std::chrono::nanoseconds now, const restart_policy& policy) noexcept;

  // The child failed and is to be restarted. Call it once per restart, before next_delay. False if its own limit is exceeded.
  bool count_restart(std::chrono::nanoseconds now, const restart_policy& policy);

  // Its supervisor was restarted: its own limit counts from nothing again. The streak goes on, as only health ends it.
  void reset_window() noexcept {
    if (window_) window_->reset();
  }

  // From now on another limit of its own, or none; what was counted against one stays counted against the next.
  void set_limit(const std::optional<restart_limit>& limit) {
    if (!limit) window_ = nullptr;
    else if (window_) window_->set_limit(*limit);
    else window_ = std::make_unique<restart_window>(*limit);
  }

  // Restarts in a row without a healthy period, this one included.
  [[nodiscard]] std::uint32_t streak() const noexcept { return streak_; }
  // All restarts ever.
  [[nodiscard]] std::uint64_t lifetime() const noexcept { return lifetime_; }
  // The child's own window; null without a limit of its own.
  [[nodiscard]] const restart_window* window() const noexcept { return window_.get(); }

private:
  std::unique_ptr<restart_window> window_;          // few have one, and idle children are many
  std::optional<std::chrono::nanoseconds> started_; // of the current life; nothing while it has not come up
  std::uint64_t lifetime_ = 0;
  std::uint32_t streak_ = 0;
};

} // namespace alys
