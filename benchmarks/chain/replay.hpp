// SPDX-License-Identifier: Apache-2.0
//
// What importing costs where nothing else is to be done: a chain of blocks that was made before, given to a node that follows.
#pragma once

#include "report.hpp"

#include <vector>

namespace bench {

// Milliseconds of each block's import, over all repetitions.
struct import_stages {
  std::vector<double> check;   // rules
  std::vector<double> execute; // engine
  std::vector<double> commit;  // and then, until it was durable
};

// One repetition, in folders that go away. Throws std::runtime_error if a block is refused.
void measure_replay(figures& into, import_stages& stages);

} // namespace bench
