// SPDX-License-Identifier: Apache-2.0
//
// When the pool last did a piece of work that was given to it for no other reason.
#pragma once

#include <atomic>
#include <chrono>

namespace alys::detail {

class pulse {
public:
  // Whoever gives the pool its piece of work: false while the one before waits, so that they do not pile up.
  [[nodiscard]] bool begin() noexcept { return !waits_.exchange(true, std::memory_order_acq_rel); }
  // On a thread of the pool.
  void beat(std::chrono::nanoseconds now) noexcept {
    last_.store(now, std::memory_order_relaxed);
    waits_.store(false, std::memory_order_release);
  }
  [[nodiscard]] std::chrono::nanoseconds last() const noexcept { return last_.load(std::memory_order_relaxed); }

private:
  std::atomic<std::chrono::nanoseconds> last_{std::chrono::nanoseconds{0}};
  std::atomic<bool> waits_{false};
};

} // namespace alys::detail
