// SPDX-License-Identifier: Apache-2.0
//
// What the store costs: groups of blocks committed together beside LevelDB alone with the same writes, one block by itself, one read.
#pragma once

#include "report.hpp"

#include <vector>

namespace bench {

// How long calls of the store took, over all repetitions.
struct store_latencies {
  std::vector<double> get_ms;
  std::vector<double> put_ms;
};

// One repetition, in folders that go away. Throws std::runtime_error if a call fails.
void measure_store(figures& into, store_latencies& latencies, bool raw_first);

} // namespace bench
