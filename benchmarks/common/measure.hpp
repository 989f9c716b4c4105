// SPDX-License-Identifier: Apache-2.0
//
// Clocks, memory and statistics.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <vector>

namespace bench {

using std::chrono::nanoseconds;

[[nodiscard]] inline nanoseconds clock_now() noexcept { return std::chrono::steady_clock::now().time_since_epoch(); }
// What all threads of this process have used so far.
[[nodiscard]] nanoseconds processor_time();
[[nodiscard]] std::uint64_t resident_bytes();

// The value below which `share` of all lie; requires at least one.
template <class T>
[[nodiscard]] T quantile(std::vector<T> values, double share) {
  const auto rank = std::min(values.size() - 1, static_cast<std::size_t>(share * static_cast<double>(values.size())));
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(rank), values.end());
  return values[rank];
}
template <class T>
[[nodiscard]] T median(const std::vector<T>& values) {
  return quantile(values, 0.5);
}

[[nodiscard]] inline double in_microseconds(nanoseconds t) noexcept { return static_cast<double>(t.count()) / 1e3; }
[[nodiscard]] inline double in_seconds(nanoseconds t) noexcept { return static_cast<double>(t.count()) / 1e9; }

} // namespace bench
