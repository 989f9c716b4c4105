// SPDX-License-Identifier: Apache-2.0
//
// RLP against the vectors of https://github.com/ethereum/tests (RLPTests/rlptest.json and invalidRLPTest.json), and the rules of typed
// reading.
#include <alys/domain/engine/rlp.hpp>

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace alys::domain;

namespace {

// Any RLP item, for vectors that nest.
struct value {
  bool is_list = false;
  bytes text;
  std::vector<value> items;

  value(const char* characters) : text(to_bytes(bytes_of(characters))) {}         // NOLINT(google-explicit-constructor)
  value(int number) : text(to_big_endian(wei{number})) {}                         // NOLINT(google-explicit-constructor)
  value(std::vector<value> content) : is_list(true), items(std::move(content)) {} // NOLINT(google-explicit-constructor)
  explicit value(bytes content) : text(std::move(content)) {}

  friend bool operator==(const value&, const value&) = default;
};

using list = std::vector<value>;

[[nodiscard]] bytes encode(const value& v) {
  if (!v.is_list) return rlp_string(v.text);
  rlp_list out;
  for (const auto& item : v.items) out.encoded(encode(item));
  return out.encode();
}

// Decodes everything down to the leaves.
[[nodiscard]] alys::result<value> decode(rlp_reader& in) {
  const auto item = in.item();
  if (in.error() != rlp_error::none) return in.finish().error();
  if (!item.is_list) return value{to_bytes(item.payload)};
  list items;
  for (rlp_reader inner{item.payload}; !inner.at_end();) {
    auto next = decode(inner);
    if (!next) return next;
    items.push_back(*std::move(next));
  }
  return value{std::move(items)};
}

[[nodiscard]] alys::result<value> decode(bytes_view data) {
  rlp_reader in{data};
  auto decoded = decode(in);
  if (auto done = in.finish(); !done) return done.error();
  return decoded;
}

[[nodiscard]] value binary(const char* hex) { return value{from_hex(hex).value()}; }

} // namespace

TEST_CASE("items have the encodings of the Ethereum tests") {
  const list animals{"asdf", "qwer", "zxcv"};
  const std::vector<std::pair<value, const char*>> vectors{
      {"", "0x80"},
      {value{bytes{0x00}}, "0x00"},
      {"\x01", "0x01"},
      {"\x7f", "0x7f"},
      {"dog", "0x83646f67"},
      {"Lorem ipsum dolor sit amet, consectetur adipisicing eli",
       "0xb74c6f72656d20697073756d20646f6c6f722073697420616d65742c20636f6e7365637465747572206164697069736963696e6720656c69"},
      {"Lorem ipsum dolor sit amet, consectetur adipisicing elit",
       "0xb8384c6f72656d20697073756d20646f6c6f722073697420616d65742c20636f6e7365637465747572206164697069736963696e6720656c6974"},
      {0, "0x80"},
      {1, "0x01"},
      {16, "0x10"},
      {79, "0x4f"},
      {127, "0x7f"},
      {128, "0x8180"},
      {1000, "0x8203e8"},
      {100000, "0x830186a0"},
      {value{to_big_endian(wei{"83729609699884896815286331701780722"})}, "0x8f102030405060708090a0b0c0d0e0f2"},
      {value{to_big_endian(wei{"105315505618206987246253880190783558935785933862974822347068935681"})},
       "0x9c0100020003000400050006000700080009000a000b000c000d000e01"},
      {list{}, "0xc0"},
      {list{"dog", "god", "cat"}, "0xcc83646f6783676f6483636174"},
      {list{"zw", list{4}, 1}, "0xc6827a77c10401"},
      {list{"asdf", "qwer", "zxcv", "asdf", "qwer", "zxcv", "asdf", "qwer", "zxcv", "asdf", "qwer"},
       "0xf784617364668471776572847a78637684617364668471776572847a78637684617364668471776572847a78637684617364668471776572"},
      {list{animals, animals, animals, animals},
       "0xf840cf84617364668471776572847a786376cf84617364668471776572847a786376cf84617364668471776572847a786376cf84617364668471776572847a786"
       "376"},
      {list{list{list{}, list{}}, list{}}, "0xc4c2c0c0c0"},
      {list{list{}, list{value{list{}}}, list{list{}, list{value{list{}}}}}, "0xc7c0c1c0c3c0c1c0"},
      {list{list{"key1", "val1"}, list{"key2", "val2"}, list{"key3", "val3"}, list{"key4", "val4"}},
       "0xecca846b6579318476616c31ca846b6579328476616c32ca846b6579338476616c33ca846b6579348476616c34"},
      {binary("0x010000000000000000000000000000000000000000000000000000000000000000"),
       "0xa1010000000000000000000000000000000000000000000000000000000000000000"},
  };
  for (const auto& [item, encoding] : vectors) {
    CHECK(to_hex(encode(item)) == encoding);
    CHECK(decode(from_hex(encoding).value()).value() == item);
  }
}

TEST_CASE("long items have the encodings of the Ethereum tests") {
  const list animals{"asdf", "qwer", "zxcv"};
  const auto long_list = encode(list(32, animals));
  CHECK(to_hex(bytes_view{long_list}.first(4)) == "0xf90200cf");
  CHECK(long_list.size() == 515);
  const auto long_string = encode(value{bytes(1024, 'x')});
  CHECK(to_hex(bytes_view{long_string}.first(4)) == "0xb9040078");
  CHECK(decode(long_list).value() == value{list(32, animals)});
  CHECK(decode(long_string).value() == value{bytes(1024, 'x')});
}

TEST_CASE("the invalid encodings of the Ethereum tests are refused") {
  const std::vector<std::pair<const char*, rlp_error>> vectors{
      {"0xbf0f000000000000021111", rlp_error::truncated},
      {"0xff0f000000000000021111", rlp_error::truncated},
      {"0xf80180", rlp_error::not_canonical},
      {"0xf80100", rlp_error::not_canonical},
      {"0xb9002100dc2b275d0f74e8a53e6f4ec61b27f24278820be3f82ea2110e582081b0565df0", rlp_error::not_canonical},
      {"0xf861f83eb9002100dc2b275d0f74e8a53e6f4ec61b27f24278820be3f82ea2110e582081b0565df027b90015002d5ef8325ae4d034df55d4b58d0dfba64d61ddd"
       "1"
       "7be00000b9001a00dae30907045a2f66fa36f2bb8aa9029cbb0b8a7b3b5c435ab331",
       rlp_error::not_canonical},
      {"0x8100", rlp_error::not_canonical},
      {"0x8101", rlp_error::not_canonical},
      {"0x817f", rlp_error::not_canonical},
      {"0xb90040000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3"
       "d3e3f",
       rlp_error::not_canonical},
      {"0xb800", rlp_error::not_canonical},
      {"0xfb00000040000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f303132333435363738393a3"
       "b3c3d3e3f",
       rlp_error::not_canonical},
      {"0xf800", rlp_error::not_canonical},
      {"0xb81000112233445566778899aabbccddeeff", rlp_error::not_canonical},
      {"0xb801ff", rlp_error::not_canonical},
      {"0xf810000102030405060708090a0b0c0d0e0f", rlp_error::not_canonical},
      {"0xf803112233", rlp_error::not_canonical},
  };
  for (const auto& [encoding, reason] : vectors) {
    INFO(encoding);
    CHECK(decode(from_hex(encoding).value()) == reason);
  }
}

TEST_CASE("nothing and more than one item are refused") {
  CHECK(decode({}) == rlp_error::too_few_elements);
  CHECK(decode(bytes{0x01, 0x01}) == rlp_error::too_many_elements);
  CHECK(decode(bytes{0xc1}) == rlp_error::truncated);
  CHECK(decode(bytes{0x82, 0x01}) == rlp_error::truncated);
  CHECK(decode(bytes{0xb8}) == rlp_error::truncated);
  CHECK(decode(from_hex("0xbfffffffffffffffff").value()) == rlp_error::truncated);
  bytes one_short = rlp_string(bytes(56, 1));
  one_short.pop_back();
  CHECK(decode(one_short) == rlp_error::truncated);
}

TEST_CASE("typed reads take exactly what they name") {
  const auto data = rlp_list{}.integer(5).amount(wei{1} << 200U).fixed(address{}).string({}).encode();
  auto fields = rlp_reader::whole_list(data);
  CHECK(fields.integer() == 5);
  CHECK(fields.amount() == wei{1} << 200U);
  CHECK(fields.fixed<address>() == address{});
  CHECK(fields.fixed_or_empty<address>() == std::nullopt);
  CHECK(fields.at_end());
  CHECK(fields.finish());
}

TEST_CASE("integers have no leading zeros and fit their field") {
  const auto read = [](bytes_view item) {
    rlp_reader in{item};
    static_cast<void>(in.integer());
    return in.error();
  };
  CHECK(read(bytes{0x00}) == rlp_error::leading_zero);
  CHECK(read(bytes{0x82, 0x00, 0x01}) == rlp_error::leading_zero);
  CHECK(read(from_hex("0x89010000000000000000").value()) == rlp_error::too_wide);
  CHECK(read(bytes{0xc0}) == rlp_error::expected_string);
  CHECK(read(from_hex("0x88ffffffffffffffff").value()) == rlp_error::none);
  const auto longest = from_hex("0xa1010000000000000000000000000000000000000000000000000000000000000000").value();
  rlp_reader wide{longest};
  static_cast<void>(wide.amount());
  CHECK(wide.error() == rlp_error::too_wide);
}

TEST_CASE("the first error is kept and everything after it is zero") {
  const auto data = rlp_list{}.string(bytes(3, 1)).integer(7).encode();
  auto fields = rlp_reader::whole_list(data);
  CHECK(fields.fixed<address>() == address{});
  CHECK(fields.integer() == 0);
  CHECK(fields.list().at_end());
  CHECK(fields.at_end());
  CHECK(fields.finish() == rlp_error::wrong_length);
  CHECK(fields.finish().error().text() == "rlp: string of the wrong length for its field");
}

TEST_CASE("lists are read whole") {
  CHECK(rlp_reader::whole_list(bytes{0x83, 'd', 'o', 'g'}).finish() == rlp_error::expected_list);
  CHECK(rlp_reader::whole_list(bytes{0xc0, 0x00}).finish() == rlp_error::too_many_elements);
  const bytes list_of_one{0xc1, 0x05};
  auto one = rlp_reader::whole_list(list_of_one);
  CHECK(one.finish() == rlp_error::too_many_elements);
  CHECK(one.integer() == 5);
  CHECK(one.finish());
  static_cast<void>(one.integer());
  CHECK(one.finish() == rlp_error::too_few_elements);
}
