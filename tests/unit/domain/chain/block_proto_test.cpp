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
  block one = example();
  one.payload.fork = execution_fork{3};
  const auto refused = block_from_protobuf(block_to_protobuf(one));
  CHECK(refused == encoding_error::malformed);
  CHECK(refused.error().text() == "payload.fork: 3 is above 2");
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

TEST_CASE("strings above their limits are refused") {
  block one = example();
  one.payload.extra_data.assign(block_limits::extra_data_bytes + 1, 0);
  CHECK(block_from_protobuf(block_to_protobuf(one)) == encoding_error::over_limit);
  one = example();
  one.payload.transactions.front().assign(block_limits::transaction_bytes + 1, 0);
  CHECK(block_from_protobuf(block_to_protobuf(one)) == encoding_error::over_limit);
  CHECK(block_from_protobuf(bytes(block_limits::encoded_bytes + 1, 0)) == encoding_error::over_limit);
}
