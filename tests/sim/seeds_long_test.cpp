// SPDX-License-Identifier: Apache-2.0
//
// As seeds_test.cpp, for a hundred times as many seeds.
#include "seeds.hpp"

#include <catch2/catch.hpp>

using namespace alys::sim;

TEST_CASE("none of a million orders of events loses a message or tells anybody twice") {
  const totals all = run_seeds(1'000'000, weather::stormy);
  std::cout << to_string(all) << '\n';
  CHECK(all.messages > all.runs);
  if (all.runs > few) CHECK(all.failures > all.runs);
}
