// SPDX-License-Identifier: Apache-2.0
//
// At most so many in so long, and an exact count of what was held back: for log lines that a storm would repeat by the million.
//
// The generic cell rate algorithm (ITU-T I.371, annex A): a token bucket that needs one time stamp and whole numbers only.
//
// ```cpp
// inline void log_refusal(alys::rate_limit& limit, std::chrono::nanoseconds now) {
//   if (auto held_back = limit.admit(now)) {
//     // log it, and that `*held_back` like it were not logged since the last one
//   }
// }
// ```
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace alys {

// `burst` at once, and one more each `interval`. Times are nanoseconds since the system's start; one that lies before an earlier one counts
// as that one. Not thread-safe.
class rate_limit {
public:
  // Both more than 0.
  constexpr rate_limit(std::uint32_t burst, std::chrono::nanoseconds interval) noexcept
      : tolerance_(interval * (burst - 1)), interval_(interval) {}

  // Nothing if this one is too many; else how many were held back since the last one that was not.
  constexpr std::optional<std::uint64_t> admit(std::chrono::nanoseconds now) noexcept {
    if (now > latest_) latest_ = now;
    if (due_ - latest_ > tolerance_) {
      ++held_back_;
      return std::nullopt;
    }
    due_ = (due_ > latest_ ? due_ : latest_) + interval_;
    return take_held_back();
  }

  // What was held back and not reported yet; reported by this call. For a last word before the end.
  constexpr std::uint64_t take_held_back() noexcept {
    const std::uint64_t count = held_back_;
    held_back_ = 0;
    return count;
  }

private:
  std::chrono::nanoseconds tolerance_;
  std::chrono::nanoseconds interval_;
  std::chrono::nanoseconds latest_{0};
  std::chrono::nanoseconds due_{0}; // when the next one would come at an even pace
  std::uint64_t held_back_ = 0;
};

} // namespace alys
