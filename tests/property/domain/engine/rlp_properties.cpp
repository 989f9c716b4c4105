// SPDX-License-Identifier: Apache-2.0
//
// What decodes bytes from outside is total, and accepts one encoding of each value only.
#include "support/domain/memory_source.hpp"
#include "support/domain/wallet.hpp"

#include <alys/domain/engine/account.hpp>
#include <alys/domain/engine/execution_header.hpp>
#include <alys/domain/engine/rlp.hpp>
#include <alys/domain/engine/transaction.hpp>
#include <alys/domain/engine/trie.hpp>
#include <alys/domain/primitives/digest.hpp>

#include <rapidcheck.h>

#include <catch2/catch.hpp>

#include <memory>

using namespace alys::domain;
using namespace alys::domain::test;

namespace {

// Any RLP item.
struct item {
  bool is_list = false;
  bytes text{};
  std::vector<item> items{};

  friend bool operator==(const item&, const item&) = default;
};

[[nodiscard]] bytes encode(const item& i) {
  if (!i.is_list) return rlp_string(i.text);
  rlp_list out;
  for (const auto& inner : i.items) out.encoded(encode(inner));
  return out.encode();
}

// Everything down to the leaves; false where something is wrong. `depth` bounds the recursion of this test, not the reader.
[[nodiscard]] bool read(rlp_reader in, std::vector<item>& out, int depth) {
  while (!in.at_end()) {
    const auto next = in.item();
    if (in.error() != rlp_error::none || depth == 0) return false;
    item read_item{.is_list = next.is_list, .text = next.is_list ? bytes{} : to_bytes(next.payload)};
    if (next.is_list && !read(rlp_reader{next.payload}, read_item.items, depth - 1)) return false;
    out.push_back(std::move(read_item));
  }
  return true;
}

[[nodiscard]] rc::Gen<bytes> text() {
  return rc::gen::mapcat(rc::gen::element<std::size_t>(0, 1, 2, 54, 55, 56, 57, 255, 256, 300),
                         [](std::size_t size) { return rc::gen::container<bytes>(size, rc::gen::arbitrary<std::uint8_t>()); });
}

[[nodiscard]] rc::Gen<item> any_item(int depth) {
  auto leaf = rc::gen::map(text(), [](bytes content) { return item{.is_list = false, .text = std::move(content)}; });
  if (depth == 0) return leaf;
  auto list = rc::gen::map(rc::gen::scale(0.1, rc::gen::container<std::vector<item>>(any_item(depth - 1))),
                           [](std::vector<item> items) { return item{.is_list = true, .items = std::move(items)}; });
  return rc::gen::oneOf(std::move(leaf), std::move(list));
}

[[nodiscard]] rc::Gen<wei> amount() {
  return rc::gen::map(rc::gen::container<bytes>(rc::gen::arbitrary<std::uint8_t>()),
                      [](const bytes& b) { return from_big_endian(bytes_view{b}.first(std::min<std::size_t>(b.size(), 32))).value(); });
}

template <std::size_t N>
[[nodiscard]] rc::Gen<std::array<std::uint8_t, N>> raw_bytes() {
  return rc::gen::map(rc::gen::container<bytes>(N, rc::gen::arbitrary<std::uint8_t>()), [](const bytes& b) {
    std::array<std::uint8_t, N> out{};
    std::ranges::copy(b, out.begin());
    return out;
  });
}

// A transaction with any fields and a signature that someone can have made.
[[nodiscard]] transaction any_transaction() {
  transaction tx;
  tx.type = *rc::gen::element(transaction_type::legacy, transaction_type::fee_market);
  tx.nonce = *rc::gen::arbitrary<std::uint64_t>();
  tx.max_fee_per_gas = *amount();
  tx.max_priority_fee_per_gas = tx.type == transaction_type::legacy ? tx.max_fee_per_gas : *amount();
  tx.gas_limit = gas{*rc::gen::arbitrary<std::uint64_t>()};
  if (*rc::gen::arbitrary<bool>()) tx.to = address{*raw_bytes<20>()};
  tx.value = *amount();
  tx.data = *text();
  const bool every_chain = tx.type == transaction_type::legacy && *rc::gen::arbitrary<bool>();
  if (!every_chain) tx.chain_id = *rc::gen::arbitrary<std::uint64_t>();
  if (tx.type == transaction_type::fee_market) {
    tx.access_list.resize(*rc::gen::inRange<std::size_t>(0, 4));
    for (auto& entry : tx.access_list) {
      entry.account = address{*raw_bytes<20>()};
      entry.storage_keys.resize(*rc::gen::inRange<std::size_t>(0, 4));
      for (auto& key : entry.storage_keys) key = hash256{*raw_bytes<32>()};
    }
  }
  return wallet{*rc::gen::inRange<std::uint8_t>(1, 255)}.sign(tx)->transaction;
}

// Some bytes of a valid encoding changed, cut off or added.
[[nodiscard]] bytes disturbed(bytes valid) {
  const auto changes = *rc::gen::inRange(0, 4);
  for (int i = 0; i < changes && !valid.empty(); ++i)
    valid[*rc::gen::inRange<std::size_t>(0, valid.size())] = *rc::gen::arbitrary<std::uint8_t>();
  if (*rc::gen::arbitrary<bool>()) valid.resize(*rc::gen::inRange<std::size_t>(0, valid.size() + 3));
  return valid;
}

} // namespace

TEST_CASE("any item is read as it was written") {
  CHECK(rc::check([] {
    const item written = *any_item(4);
    const bytes encoding = encode(written);
    std::vector<item> found;
    RC_ASSERT(read(rlp_reader{encoding}, found, 10));
    RC_ASSERT(found == std::vector{written});
  }));
}

TEST_CASE("integers are read as they were written") {
  CHECK(rc::check([](std::uint64_t number) {
    const auto encoding = rlp_integer(number);
    rlp_reader in{encoding};
    RC_ASSERT(in.integer() == number);
    RC_ASSERT(in.finish().has_value());
    const wei wide = *amount();
    const auto list = rlp_list{}.amount(wide).encode();
    auto fields = rlp_reader::whole_list(list);
    RC_ASSERT(fields.amount() == wide);
    RC_ASSERT(fields.finish().has_value());
  }));
}

TEST_CASE("whatever bytes are accepted are the one encoding of what they mean") {
  CHECK(rc::check([](const bytes& noise) {
    const bytes input = *rc::gen::arbitrary<bool>() ? noise : disturbed(encode(*any_item(3)));
    std::vector<item> found;
    if (!read(rlp_reader{input}, found, 100)) return;
    bytes again;
    for (const auto& each : found) append(again, encode(each));
    RC_ASSERT(again == input);
  }));
}

TEST_CASE("a transaction is decoded as it was encoded") {
  CHECK(rc::check([] {
    const auto tx = any_transaction();
    const auto raw = encode_transaction(tx);
    RC_ASSERT(decode_transaction(raw).value() == tx);
  }));
}

TEST_CASE("bytes that are accepted as a transaction are its one encoding") {
  CHECK(rc::check([](const bytes& noise) {
    const bytes input = *rc::gen::arbitrary<bool>() ? noise : disturbed(encode_transaction(any_transaction()));
    const auto decoded = decode_transaction(input);
    if (decoded) RC_ASSERT(encode_transaction(*decoded) == input);
    else RC_ASSERT(decoded.error().refused());
  }));
}

TEST_CASE("bytes that are accepted as a header or an account are its one encoding") {
  CHECK(rc::check([](const bytes& noise) {
    const bool is_noise = *rc::gen::arbitrary<bool>();
    const bytes header = is_noise ? noise : disturbed(encode_header({.number = block_height{*rc::gen::arbitrary<std::uint64_t>()}}));
    if (const auto decoded = decode_header(header)) RC_ASSERT(encode_header(*decoded) == header);
    const bytes holder =
        is_noise ? noise : disturbed(encode_account({.nonce = *rc::gen::arbitrary<std::uint64_t>(), .balance = *amount()}));
    if (const auto decoded = decode_account(holder)) RC_ASSERT(encode_account(*decoded) == holder);
  }));
}

TEST_CASE("a trie over damaged nodes answers or says that they are damaged") {
  CHECK(rc::check([](const bytes& noise) {
    trie whole;
    const auto entries = *rc::gen::inRange(1, 40);
    for (int i = 0; i < entries; ++i) whole.put(keccak256(rlp_integer(static_cast<std::uint64_t>(i))).view(), bytes(3, 1)).value();
    auto committed = whole.commit();
    auto& victim = committed.nodes[*rc::gen::inRange<std::size_t>(0, committed.nodes.size())];
    victim.rlp = *rc::gen::arbitrary<bool>() ? noise : disturbed(victim.rlp);
    memory_source nodes;
    nodes.add(committed.nodes);
    trie damaged{committed.root, nodes};
    for (int i = 0; i < entries; ++i) {
      const auto key = keccak256(rlp_integer(static_cast<std::uint64_t>(i)));
      if (const auto found = damaged.get(key.view()); !found) RC_ASSERT(found.error().category() == alys::category::corruption);
      const auto changed = *rc::gen::arbitrary<bool>() ? damaged.erase(key.view()) : damaged.put(key.view(), bytes(2, 2));
      if (!changed) return;
    }
    static_cast<void>(damaged.commit());
  }));
}
