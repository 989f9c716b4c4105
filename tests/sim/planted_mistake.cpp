// SPDX-License-Identifier: Apache-2.0
//
// Linked with a cell in which a mistake is planted: the seeded runs must find it. Ends with 0 if so.
#include "run/storm.hpp"

#include <cstdio>

int main() {
  constexpr std::uint64_t most = 10'000;
  for (std::uint64_t seed = 1; seed <= most; ++seed) {
    auto found = alys::sim::play(seed, alys::sim::weather::stormy);
    if (found.problems.empty() && seed % 4 == 0) found = alys::sim::play(seed, alys::sim::weather::calm);
    if (found.problems.empty()) continue;
    std::printf("seed %llu: %s\n", static_cast<unsigned long long>(seed), found.problems.front().c_str());
    return 0;
  }
  std::puts("nothing was found");
  return 1;
}
