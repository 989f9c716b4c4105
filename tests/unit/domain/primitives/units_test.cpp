// SPDX-License-Identifier: Apache-2.0
//
// Numbers with a unit.
#include <alys/domain/primitives/units.hpp>

#include <catch2/catch.hpp>

#include <type_traits>

using namespace alys::domain;
using namespace std::chrono_literals;

TEST_CASE("units do not convert into each other") {
  STATIC_REQUIRE_FALSE(std::is_convertible_v<slot, block_height>);
  STATIC_REQUIRE_FALSE(std::is_constructible_v<slot, block_height>);
  STATIC_REQUIRE_FALSE(std::is_convertible_v<std::uint64_t, slot>);
  STATIC_REQUIRE_FALSE(std::is_convertible_v<slot, std::uint64_t>);
}

TEST_CASE("units add and subtract within 64 bits") {
  CHECK(block_height{1} + 2 == block_height{3});
  CHECK(slot{9} - slot{4} == 5);
  CHECK(checked_add(gwei{1}, gwei{2}) == gwei{3});
  slot s{1};
  CHECK(++s == slot{2});
}

TEST_CASE("sums and differences that do not fit are caught") {
  CHECK_THROWS_AS(block_height::max() + 1, std::overflow_error);
  CHECK(block_height::max() + 0 == block_height::max());
  CHECK_THROWS_AS(slot{1} - slot{2}, std::overflow_error);
  CHECK_FALSE(checked_add(gwei::max(), gwei{1}));
  CHECK(checked_add(gwei::max(), gwei{0}) == gwei::max());
}

TEST_CASE("a satoshi is ten gwei") {
  CHECK(to_gwei(satoshi{21}) == gwei{210});
  CHECK(to_gwei(satoshi{21'000'000ULL * 100'000'000ULL}) == gwei{21'000'000'000'000'000ULL});
  CHECK_THROWS_AS(to_gwei(satoshi::max()), std::overflow_error);
}

TEST_CASE("times are counted from 1970 and never negative") {
  CHECK(to_unix(std::chrono::system_clock::time_point{1'999ms}) == unix_milliseconds{1'999});
  CHECK(to_seconds(unix_milliseconds{1'999}) == unix_seconds{1});
  CHECK(to_unix(std::chrono::system_clock::time_point{-5ms}) == unix_milliseconds{0});
}
