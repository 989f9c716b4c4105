// SPDX-License-Identifier: Apache-2.0
//
// A part of the matrix of faults: enough of it to see a mistake soon. All of it is in store_fault_long_test.cpp.
#include "fault_matrix.hpp"

#include <catch2/catch.hpp>

using namespace alys::test;

TEST_CASE("a machine that stops at any step leaves the old state or the new one") {
  const auto sum = crash_at_each_step(5, 1, 1);
  CHECK(sum.crashes >= 6 * (sum.steps / 5));
  CHECK(sum.refused < sum.crashes / 12); // of those with sectors missing, less than half
}

TEST_CASE("a disk that fails at any step loses nothing that was reported") {
  const auto sum = fail_at_each_step(17, 1);
  CHECK(sum.faults >= 3 * (sum.steps / 17));
}
