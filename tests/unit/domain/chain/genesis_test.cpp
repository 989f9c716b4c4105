// SPDX-License-Identifier: Apache-2.0
//
// The first block.
#include <alys/domain/chain/genesis.hpp>

#include "support/domain/test_chain.hpp"

#include <catch2/catch.hpp>

using namespace alys::domain;
using alys::test::test_chain;

TEST_CASE("genesis commits to the spec and to its payload") {
  const test_chain chain{3};
  const block& genesis = chain.genesis;
  CHECK(genesis.header.parent.content() == commitment_of(chain.spec).content());
  CHECK(genesis.header.payload == commitment_of(genesis.payload));
  CHECK(genesis.header.height == block_height{0});
  CHECK(genesis.header.chain_id == dev_chain_id);
  CHECK(genesis.seal.is_zero());
  CHECK(genesis.approvals.empty());
}

TEST_CASE("another spec is another genesis") { CHECK(id_of(test_chain{3}.genesis.header) != id_of(test_chain{4}.genesis.header)); }

TEST_CASE("genesis lies in the slot of the spec's time") {
  chain_spec spec = dev_spec(std::chrono::milliseconds{1'500});
  spec.genesis_time = unix_milliseconds{4'600};
  execution_payload payload;
  payload.gas_limit = spec.gas_limit;
  payload.base_fee_per_gas = spec.base_fee;
  payload.timestamp = unix_seconds{4};
  const auto genesis = make_genesis(spec, payload);
  REQUIRE(genesis);
  CHECK(genesis->header.slot == slot{3});
  CHECK(genesis->header.time == unix_milliseconds{4'600});
  payload.timestamp = unix_seconds{5};
  CHECK(make_genesis(spec, payload) == genesis_error::wrong_time);
}

TEST_CASE("a payload of another chain is refused") {
  const test_chain chain;
  const auto made_with = [&](void (*change)(execution_payload&)) {
    execution_payload payload = chain.genesis.payload;
    change(payload);
    return make_genesis(chain.spec, payload);
  };
  CHECK(made_with([](execution_payload&) {}) == chain.genesis);
  CHECK(made_with([](execution_payload& p) { p.parent_hash = p.state_root; }) == genesis_error::has_parent);
  CHECK(made_with([](execution_payload& p) { p.transactions.emplace_back(); }) == genesis_error::not_empty);
  CHECK(made_with([](execution_payload& p) { p.withdrawals.emplace_back(); }) == genesis_error::not_empty);
  CHECK(made_with([](execution_payload& p) { p.block_number = block_height{1}; }) == genesis_error::wrong_number);
  CHECK(made_with([](execution_payload& p) { p.gas_limit = gas{1}; }) == genesis_error::wrong_gas_limit);
  CHECK(made_with([](execution_payload& p) { p.base_fee_per_gas += 1; }) == genesis_error::wrong_base_fee);
  CHECK(made_with([](execution_payload& p) { p.fork = execution_fork::cancun; }) == genesis_error::wrong_fork);
}
