// SPDX-License-Identifier: Apache-2.0
//
// As wake_up_test.cpp, for as many messages to the pool as to a thread.
#include "sim/effort.hpp"
#include "sim/threads/wake_up.hpp"

#include <catch2/catch.hpp>

using namespace alys::sim;
using namespace std::chrono_literals;

TEST_CASE("no wake-up of an actor of the pool is lost in a long run") {
  const std::uint64_t many = share_of(1'000'000);
  CHECK(handled_one_by_one(many, false, 20s) == many);
}
