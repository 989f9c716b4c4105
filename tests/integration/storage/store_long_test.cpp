// SPDX-License-Identifier: Apache-2.0
//
// All steps of a store's life, in all ways that they may go wrong; and kill -9 two hundred times. Each prints what it met.
#include "fault_matrix.hpp"
#include "kill_rounds.hpp"

#include <catch2/catch.hpp>

#include <iostream>
#include <random>

using namespace alys::test;

namespace {

// A new one each time; the line that is printed tells it.
[[nodiscard]] std::uint64_t new_seed(const char* what) {
  const std::uint64_t seed = std::random_device{}();
  std::cout << what << " with seed " << seed << std::endl;
  return seed;
}

void print(const matrix_result& sum) {
  std::cout << sum.steps << " steps, " << sum.faults << " faults, " << sum.crashes << " disks examined, " << sum.refused
            << " of them refused" << std::endl;
}

} // namespace

TEST_CASE("a machine that stops at each step leaves the old state or the new one") {
  const auto sum = crash_at_each_step(1, 4, new_seed("crashes"));
  print(sum);
  CHECK(sum.crashes == 12 * (sum.steps + 1));
  CHECK(sum.refused < sum.crashes / 6);
}

TEST_CASE("a disk that fails at each step loses nothing that was reported") {
  const auto sum = fail_at_each_step(1, new_seed("faults"));
  print(sum);
  CHECK(sum.faults >= 3 * sum.steps);
}

TEST_CASE("two hundred kills lose nothing and the chain is that of a node which was never killed") {
  const auto sum = kill_importing_process(200, new_seed("kills"));
  std::cout << "200 kills: " << sum.at(life_phase::committing) << " within an import, of which " << sum.whole
            << " were there as a whole and " << sum.without << " not at all; " << sum.at(life_phase::between) << " between imports, "
            << sum.at(life_phase::opening) << " while the store was opened, " << sum.at(life_phase::merging)
            << " while tables were merged; height " << sum.height << std::endl;
  CHECK(sum.at(life_phase::committing) == 125);
  CHECK(sum.interrupted >= sum.at(life_phase::committing));
  CHECK(sum.at(life_phase::between) == 25);
  CHECK(sum.at(life_phase::opening) == 25);
  CHECK(sum.at(life_phase::merging) == 25);
  CHECK(sum.height > 200);
}
