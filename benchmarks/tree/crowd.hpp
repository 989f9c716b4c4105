// SPDX-License-Identifier: Apache-2.0
//
// One supervisor with many children, of which some fail all at once.
#pragma once

#include <chrono>
#include <cstddef>

namespace bench {

struct crowd_times {
  std::chrono::nanoseconds start{};    // until all children have started
  std::chrono::nanoseconds healthy{};  // from the first failure's message until the last failed child has started anew
  std::chrono::nanoseconds shutdown{}; // in order: the children one after another, the last one first
};

// Every so many-th child fails. Throws std::runtime_error if not exactly those were restarted, once each, or the shutdown was not in time.
[[nodiscard]] crowd_times run_crowd(std::size_t children, std::size_t failing);

} // namespace bench
