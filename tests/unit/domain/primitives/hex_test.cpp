// SPDX-License-Identifier: Apache-2.0
//
// Hexadecimal text, and the fixed-size values read from it.
#include <alys/domain/primitives/hash.hpp>
#include <alys/domain/primitives/hex.hpp>

#include <catch2/catch.hpp>

#include <set>
#include <sstream>
#include <unordered_set>

using namespace alys::domain;

TEST_CASE("bytes are written in lower case with a prefix") {
  CHECK(to_hex(bytes{0xDE, 0xAD, 0x00, 0x0F}) == "0xdead000f");
  CHECK(to_hex(bytes{}) == "0x");
  CHECK(to_hex_digits(bytes{0xAB}) == "ab");
}

TEST_CASE("hexadecimal text of either case is read") {
  CHECK(from_hex("0xdEaD").value() == bytes{0xde, 0xad});
  CHECK(from_hex("0x").value().empty());
  CHECK(from_hex_digits("00ff").value() == bytes{0x00, 0xff});
}

TEST_CASE("text that is not exactly hexadecimal is refused") {
  CHECK(from_hex("dead") == hex_error::no_prefix);
  CHECK(from_hex("0Xdead") == hex_error::no_prefix);
  CHECK(from_hex("") == hex_error::no_prefix);
  CHECK(from_hex("0xabc") == hex_error::odd_length);
  CHECK(from_hex("0x0g") == hex_error::bad_digit);
  CHECK(from_hex("0x 1") == hex_error::bad_digit);
  CHECK(from_hex_digits("0x00") == hex_error::bad_digit);
  CHECK(from_hex("0x0g").error().text() == "at digit 1");
}

TEST_CASE("a fixed number of bytes takes exactly that many") {
  const auto text = "0x00000000000000000000000000000000000000ff";
  const auto parsed = address::from_hex(text);
  REQUIRE(parsed);
  CHECK(to_hex(*parsed) == text);
  CHECK((*parsed)[19] == 0xff);
  CHECK_FALSE(parsed->is_zero());
  CHECK(address{}.is_zero());
  CHECK(address::from_hex("0xff") == hex_error::wrong_length);
  CHECK(address::from(bytes(21, 0)) == hex_error::wrong_length);
  CHECK(address::from_hex("ff") == hex_error::no_prefix);
}

TEST_CASE("fixed values are ordered byte by byte and printable") {
  constexpr auto low = address::literal("0x0000000000000000000000000000000000000100");
  constexpr auto high = address::literal("0x00000000000000000000000000000000000001ff");
  CHECK(low < high);
  CHECK(std::set<address>{high, low}.begin()->content() == low.content());
  CHECK(std::unordered_set<address>{low, high, low}.size() == 2);
  std::ostringstream out;
  out << low;
  CHECK(out.str() == "0x0000000000000000000000000000000000000100");
}
