// SPDX-License-Identifier: Apache-2.0
//
// Blocks as protobuf.
#include <alys/domain/chain/block_proto.hpp>
#include <alys/domain/chain/encoding.hpp>
#include <alys/domain/chain/limits.hpp>

#include "support/domain/test_chain.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace alys::domain;
using alys::test::test_chain;

namespace {

[[nodiscard]] block example() {
  const test_chain chain{3};
  auto payload = chain.payload(chain.genesis, slot{9});
  payload.transactions = {bytes{1, 2, 3}, bytes{}, bytes(500, 7)};
  payload.withdrawals = {{1, 2, dev_account, gwei{3}}, {2, 0, dev_account, gwei{0}}};
  payload.extra_data = to_bytes(bytes_of("hello"));
  block one = chain.proposal(chain.genesis, slot{9}, payload);
  chain.approve(one, 3);
  return one;
}

// A field with a length, as protobuf writes it.
[[nodiscard]] bytes field(std::uint8_t number, bytes_view content) {
  bytes out{static_cast<std::uint8_t>(number << 3 | 2)};
  std::size_t length = content.size();
  for (; length > 127; length >>= 7) out.push_back(static_cast<std::uint8_t>(length | 0x80));
  out.push_back(static_cast<std::uint8_t>(length));
  append(out, content);
  return out;
}

[[nodiscard]] bytes example_with(bytes_view tail) {
  bytes out = block_to_protobuf(example());
  append(out, tail);
  return out;
}

constexpr std::uint8_t block_header_field = 1;
constexpr std::uint8_t block_payload_field = 2;
constexpr std::uint8_t block_approval_field = 4;
constexpr std::uint8_t payload_transaction_field = 14;
constexpr std::uint8_t payload_withdrawal_field = 15;

} // namespace

TEST_CASE("a block survives its carrier") {
  CHECK(block_from_protobuf(block_to_protobuf(example())) == example());
  CHECK(block_from_protobuf(block_to_protobuf(block{})) == block{});
}

TEST_CASE("a payload of a later fork survives its carrier and one of an unknown fork is refused") {
  for (const execution_fork fork : all_execution_forks) {
    block one = example();
    one.payload.fork = fork;
    CHECK(block_from_protobuf(block_to_protobuf(one)) == one);
  }
  const bytes fork_3{0x80, 0x01, 0x03};
  CHECK(block_from_protobuf(example_with(field(block_payload_field, fork_3))) == encoding_error::malformed);
}

TEST_CASE("the carrier does not change the id") {
  const block carried = block_from_protobuf(block_to_protobuf(example())).value();
  CHECK(encode_block(carried) == encode_block(example()));
  CHECK(id_of(carried.header) == id_of(example().header));
}

TEST_CASE("no bytes are no block") {
  CHECK(block_from_protobuf({}) == encoding_error::malformed);
  CHECK(block_from_protobuf(bytes_of("not protobuf at all")) == encoding_error::malformed);
}

TEST_CASE("a truncated carrier is never the block it was") {
  const bytes whole = block_to_protobuf(example());
  for (std::size_t length = 0; length < whole.size(); ++length) {
    const auto decoded = block_from_protobuf(bytes_view{whole}.first(length));
    REQUIRE_FALSE(decoded == example()); // it may be the block without its last approvals
  }
}

TEST_CASE("fields that this version does not know are refused") {
  const bytes unknown{0x28, 0x01}; // field 5, a number
  CHECK(block_from_protobuf(example_with(unknown)) == encoding_error::malformed);
  CHECK(block_from_protobuf(example_with(field(9, {}))) == encoding_error::malformed);
  CHECK(block_from_protobuf(example_with(field(block_header_field, field(9, {})))) == encoding_error::malformed);
  CHECK(block_from_protobuf(example_with(field(block_payload_field, bytes{0x88, 0x01, 0x00}))) == encoding_error::malformed); // field 17
  CHECK(block_from_protobuf(example_with(field(block_approval_field, field(3, {})))) == encoding_error::malformed);
  CHECK(block_from_protobuf(example_with(field(block_payload_field, field(payload_withdrawal_field, field(5, {}))))) ==
        encoding_error::malformed);
}

TEST_CASE("a field of another type is refused") {
  CHECK(block_from_protobuf(example_with(field(block_header_field, field(1, {})))) == encoding_error::malformed); // chain id as a string
  CHECK(block_from_protobuf(example_with(bytes{0x18, 0x01})) == encoding_error::malformed);                       // the seal as a number
}

TEST_CASE("a field of another width is refused") {
  CHECK(block_from_protobuf(example_with(field(3, bytes(63, 0)))) == encoding_error::malformed); // the seal
  CHECK(block_from_protobuf(example_with(field(block_header_field, field(6, bytes(31, 0))))) == encoding_error::malformed);
  CHECK(block_from_protobuf(example_with(field(block_payload_field, field(12, bytes(33, 0))))) == encoding_error::malformed);
  const bytes author_65536{0x38, 0x80, 0x80, 0x04};
  CHECK(block_from_protobuf(example_with(field(block_header_field, author_65536))) == encoding_error::malformed);
}

TEST_CASE("lists are counted before anything is allocated for them") {
  bytes transactions;
  for (std::size_t i = 0; i <= block_limits::transactions; ++i) append(transactions, field(payload_transaction_field, {}));
  CHECK(block_from_protobuf(example_with(field(block_payload_field, transactions))) == encoding_error::over_limit);

  // The same in three payloads, each of which is allowed.
  const bytes half = field(block_payload_field, bytes_view{transactions}.first(block_limits::transactions));
  bytes joined;
  for (int i = 0; i < 3; ++i) append(joined, half);
  CHECK(block_from_protobuf(example_with(half)).has_value());
  CHECK(block_from_protobuf(example_with(joined)) == encoding_error::over_limit);

  bytes withdrawals;
  for (std::size_t i = 0; i <= block_limits::withdrawals; ++i) append(withdrawals, field(payload_withdrawal_field, {}));
  CHECK(block_from_protobuf(example_with(field(block_payload_field, withdrawals))) == encoding_error::over_limit);

  bytes approvals;
  for (std::size_t i = 0; i <= block_limits::approvals; ++i) append(approvals, field(block_approval_field, {}));
  CHECK(block_from_protobuf(example_with(approvals)) == encoding_error::over_limit);
}

TEST_CASE("strings above their limits are refused") {
  block one = example();
  one.payload.extra_data.assign(block_limits::extra_data_bytes + 1, 0);
  CHECK(block_from_protobuf(block_to_protobuf(one)) == encoding_error::over_limit);
  one = example();
  one.payload.transactions.front().assign(block_limits::transaction_bytes + 1, 0);
  CHECK(block_from_protobuf(block_to_protobuf(one)) == encoding_error::over_limit);
  CHECK(block_from_protobuf(bytes(block_limits::encoded_bytes + 1, 0)) == encoding_error::over_limit);
}
