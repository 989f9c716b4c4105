// SPDX-License-Identifier: Apache-2.0
//
// Canonical bytes.
#include <alys/domain/chain/canonical.hpp>

#include <catch2/catch.hpp>

#include <limits>

using namespace alys::domain;

TEST_CASE("integers are written big-endian in their full width") {
  canonical_writer out;
  out.u8(0x01).u16(0x0203).u32(0x04050607).u64(0x08090a0b0c0d0e0f);
  CHECK(to_hex(out.content()) == "0x0102030405060708090a0b0c0d0e0f");
}

TEST_CASE("strings stand behind their length") {
  canonical_writer out;
  out.sized(bytes_of("dog")).sized({}).raw(bytes_of("cat")).word(wei{258});
  CHECK(to_hex(out.content()) == "0x00000003646f6700000000636174" + std::string(60, '0') + "0102");
}

TEST_CASE("what was written is read") {
  canonical_writer out;
  out.u8(1)
      .u16(2)
      .u32(3)
      .u64(4)
      .word(std::numeric_limits<wei>::max())
      .raw(address::literal("0x000000000000000000000000000000000000dead").view());
  out.sized(bytes_of("dog")).count(2).u8(5).u8(6);
  canonical_reader in{out.content()};
  CHECK(in.u8() == 1);
  CHECK(in.u16() == 2);
  CHECK(in.u32() == 3);
  CHECK(in.u64() == 4);
  CHECK(in.word() == std::numeric_limits<wei>::max());
  CHECK(in.fixed<address>() == address::literal("0x000000000000000000000000000000000000dead"));
  CHECK(in.sized(3) == to_bytes(bytes_of("dog")));
  CHECK(in.count(2, 1) == 2);
  CHECK(in.u8() == 5);
  CHECK(in.u8() == 6);
  CHECK(in.finish());
}

TEST_CASE("a reader refuses what ends too early") {
  canonical_reader in{bytes_of("abc")};
  CHECK(in.u32() == 0);
  CHECK(in.finish() == encoding_error::truncated);
}

TEST_CASE("a reader gives nothing after its first error") {
  canonical_reader in{bytes_of("abc")};
  CHECK(in.u64() == 0);
  CHECK(in.u8() == 0);
  CHECK(in.fixed<address>().is_zero());
  in.refuse(encoding_error::unknown_version);
  CHECK(in.finish() == encoding_error::truncated);
}

TEST_CASE("a reader refuses what goes on") {
  canonical_reader in{bytes_of("ab")};
  CHECK(in.u8() == 'a');
  CHECK(in.finish() == encoding_error::trailing_bytes);
}

TEST_CASE("a string longer than allowed is refused") {
  const bytes data{0, 0, 0, 3, 'd', 'o', 'g'};
  canonical_reader in{data};
  CHECK(in.sized(2).empty());
  CHECK(in.finish() == encoding_error::over_limit);
}

TEST_CASE("a string longer than the input is refused without an allocation of its size") {
  const bytes data{0xff, 0xff, 0xff, 0xff, 'd'};
  canonical_reader in{data};
  CHECK(in.sized(std::numeric_limits<std::size_t>::max()).empty());
  CHECK(in.finish() == encoding_error::truncated);
}

TEST_CASE("a list of more items than the input can hold is refused") {
  const bytes data{0, 0, 0, 3, 1, 2, 3, 4, 5};
  canonical_reader enough{data};
  CHECK(enough.count(3, 1) == 3);
  canonical_reader too_short{data};
  CHECK(too_short.count(3, 2) == 0);
  CHECK(too_short.finish() == encoding_error::truncated);
  canonical_reader too_many{data};
  CHECK(too_many.count(2, 1) == 0);
  CHECK(too_many.finish() == encoding_error::over_limit);
}
