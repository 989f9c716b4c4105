// SPDX-License-Identifier: Apache-2.0
//
// Counters that one thread writes and others read: no locked instruction for the one, and no torn number for the others.
#pragma once

#include <atomic>
#include <cstdint>

namespace alys::detail {

// Owner only.
inline void increment(std::atomic<std::uint64_t>& counter) noexcept {
  counter.store(counter.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
}

} // namespace alys::detail
