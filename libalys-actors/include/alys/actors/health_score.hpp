// SPDX-License-Identifier: Apache-2.0
//
// One number from 0 to 1 for how well a slot has been doing: the share of messages that went well times how stable it is. Health says what
// is true now; the score remembers, and recovers with time. It is for dashboards and alerts; nothing in a tree is decided by it.
//
// ```cpp
// inline double example() {
//   const alys::failure_note failed_now{.at = 100s};
//   return alys::health_score({.handled = 99, .failed = 1}, {&failed_now, 1}, 100s);       // 0.99 * 1/2
// }
// ```
#pragma once

#include <alys/actors/tree.hpp>

#include <chrono>
#include <span>

namespace alys {

// A failure counts half after so long, a quarter after twice that, and so on.
inline constexpr std::chrono::minutes failure_half_life{10};

// (handled + refused) / (handled + refused + failed): a refusal is an answer. 1 before the first message.
[[nodiscard]] double success_rate(const message_counts& of) noexcept;
// 1 / (1 + the sum of 2^(-age / failure_half_life) over these failures): 1 without one, 1/2 right after the first, back to 2/3 ten minutes
// later. A failure that lies ahead of `now` counts as one of now.
[[nodiscard]] double stability(std::span<const failure_note> failures, std::chrono::nanoseconds now) noexcept;
// success_rate times stability. A tree_node's failures are the last 8.
[[nodiscard]] double health_score(const message_counts& of, std::span<const failure_note> failures, std::chrono::nanoseconds now) noexcept;
// Of a supervisor: its own stability times the mean of its children's scores, 1 if there are none.
[[nodiscard]] double health_score(std::span<const tree_node> children, std::span<const failure_note> failures,
                                  std::chrono::nanoseconds now) noexcept;

} // namespace alys
