// SPDX-License-Identifier: Apache-2.0
//
// Every step of a store's life, times what may go wrong there.
#pragma once

#include "crash_image.hpp"
#include "store_life.hpp"

#include <cstddef>
#include <cstdint>

namespace alys::test {

struct matrix_result {
  std::size_t steps = 0;   // of the life
  std::size_t crashes = 0; // disks that were looked at
  std::size_t faults = 0;  // steps that failed
  std::size_t refused = 0; // disks on which the store did not open, and said so
};

// The machine stops after each `stride`-th step; every kind of disk that may be left is looked at, those that depend on chance `draws` times.
[[nodiscard]] matrix_result crash_at_each_step(std::size_t stride, std::size_t draws, std::uint64_t seed);

// Each `stride`-th step fails in each way; then the machine stops.
[[nodiscard]] matrix_result fail_at_each_step(std::size_t stride, std::uint64_t seed);

} // namespace alys::test
