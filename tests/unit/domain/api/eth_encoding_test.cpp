// SPDX-License-Identifier: Apache-2.0
//
// Quantities and data: the examples of the Ethereum JSON-RPC specification, and what is refused in which words.
#include <alys/domain/api/eth_encoding.hpp>

#include <catch2/catch.hpp>

using namespace alys::domain;

namespace {

json_value text(std::string content) { return json_value{std::move(content)}; }

template <class T>
std::string why(const alys::result<T>& refused) {
  CHECK(refused.error() == argument_error::invalid);
  return refused.error().text();
}

const wei most = ~wei{0};

} // namespace

TEST_CASE("quantities are written without leading zeros") {
  CHECK(to_quantity(std::uint64_t{0}) == "0x0");
  CHECK(to_quantity(std::uint64_t{65}) == "0x41");
  CHECK(to_quantity(std::uint64_t{1024}) == "0x400");
  CHECK(to_quantity(wei{0}) == "0x0");
  CHECK(to_quantity(wei{"1000000000000000000"}) == "0xde0b6b3a7640000");
  CHECK(to_quantity(most) == "0x" + std::string(64, 'f'));
  CHECK(to_quantity(gas{21'000}) == "0x5208");
}

TEST_CASE("quantities are read when they are written as quantities") {
  CHECK(read_quantity(text("0x0")) == 0u);
  CHECK(read_quantity(text("0x41")) == 65u);
  CHECK(read_quantity(text("0xfFfFfFfFfFfFfFfF")) == 18446744073709551615u);
  CHECK(read_amount(text("0x" + std::string(64, 'f'))).value() == most);
}

TEST_CASE("what is no quantity is refused in the words of geth") {
  CHECK(why(read_quantity(text("0x"))) == "hex string \"0x\"");
  CHECK(why(read_quantity(text("0x0400"))) == "hex number with leading zero digits");
  CHECK(why(read_quantity(text("0x00"))) == "hex number with leading zero digits");
  CHECK(why(read_quantity(text("ff"))) == "hex string without 0x prefix");
  CHECK(why(read_quantity(text("-0x1"))) == "hex string without 0x prefix");
  CHECK(why(read_quantity(text("0X1"))) == "hex string without 0x prefix");
  CHECK(why(read_quantity(text(""))) == "empty hex string");
  CHECK(why(read_quantity(text("0xg"))) == "invalid hex string");
  CHECK(why(read_quantity(text("0x-1"))) == "invalid hex string");
  CHECK(why(read_quantity(text("0x 1"))) == "invalid hex string");
  CHECK(why(read_quantity(text("0x10000000000000000"))) == "hex number > 64 bits");
  CHECK(why(read_amount(text("0x1" + std::string(64, '0')))) == "hex number > 256 bits");
  CHECK(why(read_quantity(json_value{json_number{"5"}})) == "number where a hex string is expected");
  CHECK(why(read_amount(json_value{})) == "null where a hex string is expected");
}

TEST_CASE("data are read byte by byte") {
  CHECK(read_data(text("0x"))->empty());
  CHECK(read_data(text("0x004200")).value() == bytes{0x00, 0x42, 0x00});
  CHECK(why(read_data(text("0xf0f0f"))) == "hex string of odd length for data");
  CHECK(why(read_data(text("004200"))) == "hex string without 0x prefix for data");
  CHECK(why(read_data(text("0xzz"))) == "invalid hex string for data");
  CHECK(why(read_data(text(""))) == "empty hex string for data");
  CHECK(why(read_data(json_value{true})) == "bool where a hex string is expected for data");
}

TEST_CASE("addresses and hashes have exactly their length") {
  CHECK(read_address(text("0x19E7E376E7C213B7E7e7e46cc70A5dD086DAff2A")) == address::literal("0x19e7e376e7c213b7e7e7e46cc70a5dd086daff2a"));
  CHECK(why(read_address(text("0x12"))) == "hex string has length 2, want 40 for an address");
  CHECK(why(read_address(text("0x"))) == "hex string has length 0, want 40 for an address");
  CHECK(why(read_address(text("0x123"))) == "hex string of odd length for an address");
  CHECK(read_hash(text("0x" + std::string(64, '1'))).has_value());
  CHECK(why(read_hash(text("0x" + std::string(66, '1')))) == "hex string has length 66, want 64 for a hash");
}

TEST_CASE("a flag is true or false and nothing else") {
  CHECK(read_flag(json_value{true}) == true);
  CHECK(read_flag(json_value{false}) == false);
  CHECK(why(read_flag(text("true"))) == "string where true or false is expected");
  CHECK(why(read_flag(json_value{json_number{"1"}})) == "number where true or false is expected");
}
