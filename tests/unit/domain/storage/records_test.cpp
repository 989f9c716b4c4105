// SPDX-License-Identifier: Apache-2.0
//
// Records of the store.
#include <alys/domain/storage/keys.hpp>
#include <alys/domain/storage/records.hpp>

#include "support/domain/test_imports.hpp"

#include <catch2/catch.hpp>

#include <limits>

using namespace alys::domain;

namespace {

const block_id some_id = block_id::literal("0x0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20");
const block_ref some_ref{some_id, block_height{7}, slot{9}};

// The decoder takes exactly these bytes: none fewer and none more.
template <class T>
void check_exact(const T& value, const bytes& encoded, alys::result<T> (*decode)(bytes_view)) {
  CHECK(decode(encoded) == value);
  for (std::size_t length = 0; length < encoded.size(); ++length)
    REQUIRE(decode(bytes_view{encoded}.first(length)) == store_error::damaged);
  bytes longer = encoded;
  longer.push_back(0);
  CHECK(decode(longer) == store_error::damaged);
}

} // namespace

TEST_CASE("a record is opened by its own key only") {
  const bytes content{1, 2, 3};
  const bytes record = seal_record(bytes_of("key"), content);
  const auto opened = open_record(bytes_of("key"), record);
  REQUIRE(opened);
  CHECK(to_bytes(*opened) == content);
  CHECK(open_record(bytes_of("kez"), record) == store_error::damaged);
  CHECK(open_record(bytes_of("ke"), record) == store_error::damaged);
}

TEST_CASE("every flipped bit of a record is noticed") {
  const bytes record = seal_record(bytes_of("key"), bytes_of("content"));
  for (std::size_t bit = 0; bit < 8 * record.size(); ++bit) {
    bytes flipped = record;
    flipped[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
    REQUIRE(open_record(bytes_of("key"), flipped) == store_error::damaged);
  }
}

TEST_CASE("a record that is too short is refused") {
  CHECK(open_record(bytes_of("key"), {}) == store_error::damaged);
  CHECK(open_record(bytes_of("key"), bytes(7, 0)) == store_error::damaged);
  CHECK(open_record(bytes_of("key"), seal_record(bytes_of("key"), {})).has_value());
}

TEST_CASE("numbers and ids survive") {
  check_exact<std::uint64_t>(258, encode_number(258), decode_number);
  check_exact(some_id, to_bytes(some_id.view()), decode_block_id);
}

TEST_CASE("progress survives with and without a vote") {
  chain_progress progress{some_id, some_ref, {some_id, block_height{5}, slot{6}}, std::nullopt};
  check_exact(progress, encode_progress(progress), decode_progress);
  progress.vote = vote_lock{slot{10}, some_id};
  CHECK(decode_progress(encode_progress(progress)) == progress);
}

TEST_CASE("places and journaled transactions survive") {
  const transaction_place place{some_ref, 3};
  check_exact(place, encode_place(place), decode_place);
  const journaled_transaction waiting{keccak256(bytes_of("raw")), to_bytes(bytes_of("raw"))};
  check_exact(waiting, encode_journaled(waiting), decode_journaled);
}

TEST_CASE("what a block dropped and how far states were pruned survive") {
  const dropped_state dropped{7, {keccak256(bytes_of("a")), keccak256(bytes_of("b"))}};
  check_exact(dropped, encode_dropped(dropped), decode_dropped);
  check_exact(dropped_state{}, encode_dropped({}), decode_dropped);
  check_exact(pruning_progress{9, block_height{4}}, encode_pruning({9, block_height{4}}), decode_pruning);
  const bytes key = key_of(store_table::dropped, 258, some_id.view());
  check_exact({block_height{258}, some_id}, key, decode_dropped_key);
}

TEST_CASE("receipts survive with and without a receiver") {
  const alys::test::test_chain chain;
  const block one = alys::test::block_with(chain, chain.genesis, slot{1}, {bytes{1}, bytes{2}, bytes{3}});
  auto receipts = alys::test::receipts_of(one);
  receipts[1].type = transaction_type::fee_market;
  receipts[2].effective_gas_price = std::numeric_limits<wei>::max();
  check_exact(receipts, encode_receipts(receipts), decode_receipts);
  CHECK(decode_receipts(encode_receipts({})) == std::vector<receipt>{});
}

TEST_CASE("receipts survive with their logs") {
  const alys::test::test_chain chain;
  auto receipts = alys::test::receipts_of(alys::test::block_with(chain, chain.genesis, slot{1}, {bytes{1}, bytes{2}}));
  const bytes bare = encode_receipts(receipts);
  const auto topic = hash256::from(bytes(32, 7)).value();
  receipts[1].logs = {{dev_account, {topic, topic, topic, topic}, {1, 2, 3}}, {dev_account, {}, {}}};
  const bytes with_logs = encode_receipts(receipts);
  CHECK(decode_receipts(with_logs) == receipts);
  CHECK(bytes_view{with_logs}.first(bare.size()).size() == bare.size());
  CHECK(std::equal(bare.begin(), bare.end(), with_logs.begin())); // as before there were any
  for (std::size_t length = bare.size() + 1; length < with_logs.size(); ++length)
    REQUIRE(decode_receipts(bytes_view{with_logs}.first(length)) == store_error::damaged);
}

TEST_CASE("logs that cannot be there are refused") {
  const alys::test::test_chain chain;
  const auto receipts = alys::test::receipts_of(alys::test::block_with(chain, chain.genesis, slot{1}, {bytes{1}}));
  const bytes bare = encode_receipts(receipts);
  const auto followed_by = [&](std::initializer_list<bytes> parts) {
    bytes all = bare;
    for (const bytes& each : parts) append(all, each);
    return decode_receipts(all);
  };
  const bytes count{0, 0, 0, 1};
  const bytes account(20, 1);
  CHECK(followed_by({count, account, {0}, {0, 0, 0, 0}}).has_value());
  CHECK(followed_by({{0, 0, 0, 0}}) == store_error::damaged); // none at all is not written
  CHECK(followed_by({count, account, {5}, bytes(160, 2), {0, 0, 0, 0}}) == store_error::damaged);
  CHECK(followed_by({{0xff, 0xff, 0xff, 0xff}, account}) == store_error::damaged);
  CHECK(followed_by({count, account, {0}, {0xff, 0xff, 0xff, 0xff}}) == store_error::damaged);
}

TEST_CASE("a number of receipts that cannot be there is refused") {
  CHECK(decode_receipts(bytes{0xff, 0xff, 0xff, 0xff}) == store_error::damaged);
  CHECK(decode_receipts(bytes{0, 0, 0, 2, 0, 1}) == store_error::damaged);
}

TEST_CASE("damage is critical and of the corruption kind") {
  const auto error = open_record(bytes_of("key"), {}).error();
  CHECK(error.failed());
  CHECK(error.category() == alys::category::corruption);
  CHECK(error.severity() == alys::severity::critical);
}
