// SPDX-License-Identifier: Apache-2.0
//
// A few rounds of kill -9; many are in store_long_test.cpp.
#include "kill_rounds.hpp"

#include <catch2/catch.hpp>

using namespace alys::test;

TEST_CASE("an importing process can be killed at any moment") {
  const auto sum = kill_importing_process(40, 1);
  CHECK(sum.at(life_phase::committing) == 25);
  CHECK(sum.interrupted >= sum.at(life_phase::committing));
  CHECK(sum.without > 0);
  CHECK(sum.whole > 0);
  CHECK(sum.at(life_phase::between) == 5);
  CHECK(sum.at(life_phase::opening) == 5);
  CHECK(sum.at(life_phase::merging) == 5);
  CHECK(sum.height > 40);
}

TEST_CASE("the making of a store can be killed at each of its steps") { CHECK(kill_at_each_step_of_making() > 20); }
