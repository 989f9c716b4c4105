// SPDX-License-Identifier: Apache-2.0
//
// What this process holds of the machine.
#pragma once

#include <cstddef>
#include <vector>

namespace soak {

struct holdings {
  double resident_mb = 0;
  std::size_t descriptors = 0;
  std::size_t threads = 0;
};

// Now; free memory of the allocator is given back first.
[[nodiscard]] holdings look_at_this_process();

// How much the resident memory grew from the first to the last of these, in MB: the median slope between any two of them (Theil and Sen), so
// that single peaks do not count. At least two.
[[nodiscard]] double growth_mb(const std::vector<double>& resident_mb);

} // namespace soak
