// SPDX-License-Identifier: Apache-2.0
//
// Work of a known length, and times at which something is to happen whatever became of what happened before.
#pragma once

#include "measure.hpp"

#include <cmath>
#include <random>
#include <thread>

namespace bench {

// Keeps this core busy for so long.
inline void work_for(nanoseconds time) noexcept {
  const auto until = clock_now() + time;
  while (clock_now() < until) continue;
}

// Waits for a moment: asleep while it is far, then awake, so as not to be late.
inline void wait_until(nanoseconds moment) {
  constexpr nanoseconds near = std::chrono::microseconds{200};
  const auto ahead = moment - clock_now();
  if (ahead > near) std::this_thread::sleep_for(ahead - near);
  while (clock_now() < moment) continue;
}

// Arrivals at random, so many a second on average (a Poisson process), each at its own time however late the one before was.
class arrivals {
public:
  arrivals(nanoseconds begin, double per_second, std::uint64_t seed)
      : at_(static_cast<double>(begin.count())), gap_(per_second / 1e9), random_(seed) {}
  [[nodiscard]] nanoseconds next() {
    at_ += gap_(random_);
    return nanoseconds{static_cast<nanoseconds::rep>(at_)};
  }

private:
  double at_;
  std::exponential_distribution<double> gap_;
  std::mt19937_64 random_;
};

} // namespace bench
