// SPDX-License-Identifier: Apache-2.0
//
// No wake-up is lost. The same with a run loop in which one can be is planted_wake_up.cpp.
#include "sim/threads/wake_up.hpp"
#include "sim/effort.hpp"

#include <catch2/catch.hpp>

using namespace alys::sim;
using namespace std::chrono_literals;

TEST_CASE("no wake-up of an actor on a thread of its own is lost") {
  const std::uint64_t many = share_of(1'000'000);
  CHECK(handled_one_by_one(many, true, 20s) == many);
}

// The workers of the pool doze between two looks, so that a message may cost more there; the long run is in wake_up_long_test.cpp.
TEST_CASE("no wake-up of an actor of the pool is lost") {
  const std::uint64_t many = share_of(100'000);
  CHECK(handled_one_by_one(many, false, 20s) == many);
}
