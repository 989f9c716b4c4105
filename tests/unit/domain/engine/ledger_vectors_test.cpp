// SPDX-License-Identifier: Apache-2.0
//
// The ledger against a chain that another implementation made, and against the genesis of a public network.
#include "support/domain/memory_source.hpp"
#include "vectors/chain_vectors.hpp"

#include <alys/domain/engine/ledger.hpp>
#include <alys/domain/engine/world_state.hpp>

#include <catch2/catch.hpp>

using namespace alys::domain;
using namespace alys::domain::test;

namespace {

[[nodiscard]] recorded_chain recorded() { return read_recorded_chain(ALYS_VECTORS "/shanghai_chain.txt"); }

[[nodiscard]] std::vector<transaction_ptr> recovered(const execution_payload& payload) {
  std::vector<transaction_ptr> out;
  for (const auto& raw : payload.transactions) out.push_back(recover_transaction(raw).value());
  return out;
}

// A chain from genesis up, with all its state in one source.
struct replay {
  recorded_chain chain = recorded();
  memory_source nodes;
  execution_header head;

  replay() {
    const auto genesis = make_execution_genesis(chain.genesis).value();
    nodes.add(genesis.state_changes);
    head = genesis.header;
  }
  [[nodiscard]] ledger_context context() const { return {.chain_id = recorded_chain_id, .parent = head, .nodes = nodes}; }
  void adopt(const executed_block& block) {
    nodes.add(block.state_changes);
    head = block.header;
  }
};

} // namespace

TEST_CASE("genesis has the hash and the state root of geth") {
  const auto chain = recorded();
  const auto genesis = make_execution_genesis(chain.genesis).value();
  CHECK(genesis.payload.block_hash == chain.genesis_hash);
  CHECK(genesis.payload.state_root == chain.genesis_state_root);
  CHECK(encode_header(genesis.header) == chain.genesis_header);
}

TEST_CASE("a chain that geth made is valid block by block") {
  replay r;
  REQUIRE(r.chain.blocks.size() == 5);
  for (const auto& [payload, transactions] : r.chain.blocks) {
    const auto block = execute_payload(r.context(), payload, recovered(payload));
    INFO(block.error().message());
    REQUIRE(block);
    CHECK(block->payload == payload);
    REQUIRE(block->receipts.size() == transactions.size());
    for (std::size_t i = 0; i < transactions.size(); ++i) {
      CHECK(block->receipts[i].transaction_hash == transactions[i].hash);
      CHECK(block->receipts[i].sender == transactions[i].sender);
      CHECK(block->receipts[i].gas_used == transactions[i].gas_used);
      CHECK(block->receipts[i].effective_gas_price == transactions[i].effective_gas_price);
    }
    r.adopt(*block);
  }
  world_state state{r.head.state_root, r.nodes};
  for (const auto& [who, expected] : r.chain.accounts) CHECK(state.read(who).value() == expected);
}

TEST_CASE("building from the same transactions makes the same blocks") {
  replay r;
  for (const auto& [payload, transactions] : r.chain.blocks) {
    const payload_attributes attributes{payload.timestamp, payload.prev_randao, payload.fee_recipient, payload.withdrawals};
    const auto block = build_payload(r.context(), attributes, recovered(payload));
    REQUIRE(block);
    CHECK(block->payload == payload);
    r.adopt(*block);
  }
}

TEST_CASE("the state root of the Sepolia network's genesis comes out") {
  // The allocation and root of https://github.com/eth-clients/sepolia, as geth has them.
  const wei ether = wei{1'000'000'000'000'000'000U};
  execution_genesis genesis;
  genesis.gas_limit = gas{30'000'000};
  genesis.base_fee = 1'000'000'000;
  for (const auto* rich : {"0xa2a6d93439144ffe4d27c9e088dcd8b783946263", "0xbc11295936aa79d594139de1b2e12629414f3bdb",
                           "0x7cf5b79bfe291a67ab02b393e456ccc4c266f753", "0xaaec86394441f915bce3e6ab399977e9906f3b69",
                           "0xf47cae1cf79ca6758bfc787dbd21e6bdbe7112b8", "0xd7eddb78ed295b3c9629240e8924fb8d8874ddd8",
                           "0x8b7f0977bb4f0fbe7076fa22bc24aca043583f5e", "0xe2e2659028143784d557bcec6ff3a0721048880a",
                           "0xd9a5179f091d85051d3c982785efd1455cec8699", "0xbeef32ca5b9a198d27b4e02f4c70439fe60356cf"}) {
    genesis.accounts[address::from_hex(rich).value()].balance = 1'000'000 * ether;
  }
  for (const auto* some : {"0xb21c33de1fab3fa15499c62b59fe0cc3250020d1", "0x10f5d45854e038071485ac9e402308cf80d2d2fe",
                           "0xd7d76c58b3a519e9fa6cc4d22dc017259bc49f1e"}) {
    genesis.accounts[address::from_hex(some).value()].balance = 100'000'000 * ether;
  }
  genesis.accounts[address::literal("0x0000006916a87b82333f4245046623b23794c65c")].balance = 10'000'000 * ether;
  genesis.accounts[address::literal("0x799d329e5f583419167cd722962485926e338f4a")].balance = ether;
  CHECK(to_hex(make_execution_genesis(genesis)->payload.state_root) ==
        "0x5eb6e371a698b8d68f665192350ffcecbbbf322916f4b51bd79bb6887da3f494");
}
