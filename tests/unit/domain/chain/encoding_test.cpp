// SPDX-License-Identifier: Apache-2.0
//
// Blocks as bytes, in the canonical encoding: limits and what is refused. The bytes themselves stand in docs/reference/wire.md.
#include <alys/domain/chain/encoding.hpp>
#include <alys/domain/chain/limits.hpp>

#include "support/domain/test_chain.hpp"

#include <catch2/catch.hpp>

using namespace alys::domain;
using alys::test::test_chain;

namespace {

[[nodiscard]] block example() {
  const test_chain chain{3};
  auto payload = chain.payload(chain.genesis, slot{9});
  payload.transactions = {bytes{1, 2, 3}, bytes{}, bytes(500, 7)};
  payload.withdrawals = {{1, 2, dev_account, gwei{3}}};
  payload.extra_data = to_bytes(bytes_of("hello"));
  block one = chain.proposal(chain.genesis, slot{9}, payload);
  chain.approve(one, 3);
  return one;
}

} // namespace

TEST_CASE("a decoded block is the one that was encoded") {
  const block one = example();
  CHECK(decode_block(encode_block(one)) == one);
  CHECK(encode_block(one).size() == encoded_size(one));
  CHECK(encode_header(one.header).size() == encoded_header_bytes);
}

TEST_CASE("a payload of a later fork says of which and one of Shanghai does not") {
  block one = example();
  const bytes shanghai = encode_block(one);
  one.payload.fork = execution_fork::cancun;
  const bytes cancun = encode_block(one);
  CHECK(shanghai.front() == block_encoding_version);
  CHECK(cancun.front() == later_block_encoding_version);
  CHECK(cancun.size() == shanghai.size() + 1);
  CHECK(cancun.size() == encoded_size(one));
  CHECK(decode_block(cancun) == one);
  one.payload.fork = execution_fork::prague;
  CHECK(decode_block(encode_block(one)) == one);
  CHECK(commitment_of(one.payload) != commitment_of(example().payload));
  // One encoding for one value: Shanghai has no second one, and there is no fork after the newest.
  for (const std::uint8_t fork : {std::uint8_t{0}, std::uint8_t{3}}) {
    bytes wrong = cancun;
    wrong[wrong.size() - 64 - 4 - one.approvals.size() * 66 - 1] = fork;
    CHECK(decode_block(wrong) == encoding_error::unknown_version);
  }
}

TEST_CASE("a block of nothing has an encoding") {
  CHECK(decode_block(encode_block(block{})) == block{});
  CHECK(encode_block(block{}).size() == encoded_size(block{}));
}

TEST_CASE("every beginning of an encoding is refused as truncated") {
  const bytes whole = encode_block(example());
  for (std::size_t length = 1; length < whole.size(); ++length) {
    const auto decoded = decode_block(bytes_view{whole}.first(length));
    REQUIRE(decoded == encoding_error::truncated);
  }
}

TEST_CASE("bytes after a block are refused") {
  bytes whole = encode_block(example());
  whole.push_back(0);
  CHECK(decode_block(whole) == encoding_error::trailing_bytes);
}

TEST_CASE("another version of the encoding is refused") {
  bytes whole = encode_block(example());
  whole.front() = later_block_encoding_version + 1;
  CHECK(decode_block(whole) == encoding_error::unknown_version);
  CHECK(decode_block({}) == encoding_error::truncated);
}

TEST_CASE("input above the largest block is refused unread") {
  CHECK(decode_block(bytes(block_limits::encoded_bytes + 1, 0)) == encoding_error::over_limit);
}

TEST_CASE("each limit holds up to its value") {
  const auto refused = [](const block& one) {
    const bool decoder = decode_block(encode_block(one)) == encoding_error::over_limit;
    const bool rule = within_limits(one) == encoding_error::over_limit;
    CHECK(decoder == rule);
    return decoder && rule;
  };
  block one;
  one.payload.extra_data.assign(block_limits::extra_data_bytes, 1);
  one.payload.transactions.assign(block_limits::transactions, {});
  one.payload.transactions.front().assign(block_limits::transaction_bytes, 1);
  one.payload.withdrawals.resize(block_limits::withdrawals);
  one.approvals.resize(block_limits::approvals);
  CHECK_FALSE(refused(one));

  auto more = one;
  more.payload.extra_data.push_back(1);
  CHECK(refused(more));
  more = one;
  more.payload.transactions.emplace_back();
  CHECK(refused(more));
  more = one;
  more.payload.transactions.front().push_back(1);
  CHECK(refused(more));
  more = one;
  more.payload.withdrawals.emplace_back();
  CHECK(refused(more));
  more = one;
  more.approvals.emplace_back();
  CHECK(refused(more));
  more = one;
  more.payload.transactions.assign(64, bytes(block_limits::transaction_bytes, 1));
  CHECK(refused(more));
}
