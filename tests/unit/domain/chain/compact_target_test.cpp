// SPDX-License-Identifier: Apache-2.0
//
// Targets in the four bytes of Bitcoin's headers. The first two values are those of Bitcoin's first block and of its regression test mode.
#include <alys/domain/chain/compact_target.hpp>

#include <catch2/catch.hpp>

using namespace alys::domain;

TEST_CASE("a target is its digits at its length") {
  CHECK(target_of({0x1d00ffff}) == uint256{0xffff} << 208U);
  CHECK(target_of({0x207fffff}) == uint256{0x7fffff} << 232U);
  CHECK(target_of({0x2100ffff}) == uint256{0xffff} << 240U);
  CHECK(target_of({0x04123456}) == uint256{0x12345600});
  CHECK(target_of({0x03123456}) == uint256{0x123456});
  CHECK(target_of({0x02123400}) == uint256{0x1234});
  CHECK(target_of({0x02008000}) == uint256{0x80});
  CHECK(target_of({0x01120000}) == uint256{0x12});
}

TEST_CASE("bits that name no target or not in the shortest way are none") {
  for (const std::uint32_t bits : {0U, 0x00123456U, 0x1d000000U, 0x1d0000ffU, 0x1d007fffU, 0x1d800000U, 0x1dffffffU, 0x21010000U,
                                   0x2200ffffU, 0xff123456U, 0x02123456U, 0x01123400U, 0x01008000U}) {
    CAPTURE(bits);
    CHECK_FALSE(target_of({bits}));
  }
}

TEST_CASE("bits have a text of eight digits") {
  CHECK(to_text(compact_target{0x1d00ffff}) == "0x1d00ffff");
  CHECK(to_text(compact_target{7}) == "0x00000007");
  CHECK(compact_target_of("0x1D00ffff") == compact_target{0x1d00ffff});
  for (const char* text : {"", "0x", "1d00ffff", "0x1d00fff", "0x1d00ffff00", "0x1d00fffg", " 0x1d00ffff"})
    CHECK_FALSE(compact_target_of(text));
}
