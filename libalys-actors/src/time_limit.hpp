// SPDX-License-Identifier: Apache-2.0
//
// Arithmetic on times that cannot overflow, whatever duration a caller names.
#pragma once

#include <chrono>

namespace alys::detail {

// Longer than any wait that somebody means.
inline constexpr std::chrono::nanoseconds longest_wait = std::chrono::hours{24 * 365 * 100};

// The duration, from nothing to `longest_wait`.
template <class Rep, class Period>
[[nodiscard]] constexpr std::chrono::nanoseconds bounded(std::chrono::duration<Rep, Period> wanted) noexcept {
  if (wanted <= wanted.zero()) return std::chrono::nanoseconds::zero();
  // Compared in the coarser unit: the other way round is what would overflow.
  if (wanted >= std::chrono::duration_cast<std::chrono::duration<Rep, Period>>(longest_wait)) return longest_wait;
  return wanted;
}

} // namespace alys::detail
