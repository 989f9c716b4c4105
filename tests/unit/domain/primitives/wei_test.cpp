// SPDX-License-Identifier: Apache-2.0
//
// 256-bit amounts.
#include <alys/domain/primitives/wei.hpp>

#include <catch2/catch.hpp>

#include <limits>

using namespace alys::domain;

TEST_CASE("amounts are written big-endian without leading zeros") {
  CHECK(to_big_endian(wei{0}).empty());
  CHECK(to_big_endian(wei{1}) == bytes{0x01});
  CHECK(to_big_endian(wei{0x0100}) == bytes{0x01, 0x00});
  CHECK(to_big_endian(std::numeric_limits<wei>::max()) == bytes(32, 0xff));
}

TEST_CASE("amounts fill a word from the right") {
  CHECK(to_hex(to_word(wei{0x0102})) == "0x0000000000000000000000000000000000000000000000000000000000000102");
  CHECK(to_word(wei{0}).is_zero());
}

TEST_CASE("amounts are read from at most 32 bytes") {
  CHECK(from_big_endian({}) == wei{0});
  CHECK(from_big_endian(bytes{0x00, 0x01, 0x00}) == wei{256});
  CHECK(from_big_endian(bytes(32, 0xff)) == std::numeric_limits<wei>::max());
  CHECK_FALSE(from_big_endian(bytes(33, 0x00)));
}

TEST_CASE("gwei are whole billions of wei") {
  CHECK(to_wei(gwei{2}) == wei{2'000'000'000});
  CHECK(to_gwei_floor(wei{2'999'999'999}) == gwei{2});
  CHECK_FALSE(to_gwei_floor(std::numeric_limits<wei>::max()));
}

TEST_CASE("satoshi are ten gwei each and what is below a satoshi is cut off") {
  CHECK(to_gwei(satoshi{123}) == gwei{1'230});
  CHECK(to_wei(satoshi{3}) == wei{30'000'000'000});
  CHECK(to_wei(satoshi{3}) == to_wei(to_gwei(satoshi{3})));
  CHECK(to_satoshi_floor(wei{39'999'999'999}) == satoshi{3});
  CHECK(to_satoshi_floor(wei{9'999'999'999}) == satoshi{0});
  CHECK(to_satoshi_floor(to_wei(satoshi::max())) == satoshi::max());
  CHECK_FALSE(to_satoshi_floor(to_wei(satoshi::max()) + to_wei(satoshi{1})));
}

TEST_CASE("arithmetic that leaves 256 bits throws") {
  const wei most = std::numeric_limits<wei>::max();
  CHECK_THROWS(most + 1);
  CHECK_THROWS(wei{0} - 1);
}
