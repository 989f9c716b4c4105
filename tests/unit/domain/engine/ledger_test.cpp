// SPDX-License-Identifier: Apache-2.0
//
// The ledger's rules one by one: what makes a payload invalid, what a builder leaves out, what genesis must not be.
#include "support/domain/memory_source.hpp"
#include "support/domain/wallet.hpp"

#include <alys/domain/engine/block_executor.hpp>
#include <alys/domain/engine/ledger.hpp>
#include <alys/domain/engine/ordered_root.hpp>
#include <alys/domain/engine/world_state.hpp>

#include <catch2/catch.hpp>

#include <functional>

using namespace alys::domain;
using namespace alys::domain::test;

namespace {

constexpr auto author = address::literal("0x00000000000000000000000000000000000000fe");
const wei ether = wei{1'000'000'000} * wei_per_gwei;

[[nodiscard]] execution_genesis funded_genesis() {
  execution_genesis genesis;
  genesis.gas_limit = gas{30'000'000};
  genesis.base_fee = wei_per_gwei;
  genesis.timestamp = unix_seconds{1'000};
  for (std::uint8_t i = 1; i <= 3; ++i) genesis.accounts[wallet{i}.who()].balance = ether;
  return genesis;
}

// A chain of one block, on which payloads are built and checked.
struct ledger {
  memory_source nodes;
  executed_block genesis = make_execution_genesis(funded_genesis()).value();
  payload_attributes attributes{.timestamp = unix_seconds{1'002}, .prev_randao = {}, .fee_recipient = author, .withdrawals = {}};

  ledger() { nodes.add(genesis.state_changes); }

  [[nodiscard]] ledger_context context() const { return {.chain_id = test_chain_id, .parent = genesis.header, .nodes = nodes}; }
  [[nodiscard]] executed_block build(const std::vector<transaction_ptr>& candidates) const {
    return build_payload(context(), attributes, candidates).value();
  }
  [[nodiscard]] account after(const executed_block& block, const address& who) {
    nodes.add(block.state_changes);
    return world_state{block.header.state_root, nodes}.read(who).value();
  }
};

// Changes a field and makes the block hash fit again.
[[nodiscard]] execution_payload changed(execution_payload payload, const std::function<void(execution_payload&)>& change) {
  change(payload);
  payload.block_hash = hash_of(header_of(payload));
  return payload;
}

} // namespace

TEST_CASE("a transfer moves value and pays the author and burns the base fee") {
  ledger l;
  const auto tx = wallet{1}.send(0, {.value = 5});
  const auto block = l.build({tx});
  REQUIRE(block.receipts.size() == 1);
  const wei price = wei{block.payload.base_fee_per_gas} + wei_per_gwei;
  CHECK(block.receipts[0] == receipt{.type = transaction_type::fee_market,
                                     .succeeded = true,
                                     .cumulative_gas_used = gas{21'000},
                                     .transaction_hash = tx->hash,
                                     .sender = wallet{1}.who(),
                                     .to = somebody,
                                     .gas_used = gas{21'000},
                                     .effective_gas_price = price});
  CHECK(l.after(block, somebody).balance == 5);
  CHECK(l.after(block, author).balance == wei{21'000} * wei_per_gwei);
  CHECK(l.after(block, wallet{1}.who()) == account{.nonce = 1, .balance = ether - 5 - price * 21'000});
}

TEST_CASE("a sender pays for the gas that is used and not for the limit") {
  ledger l;
  const auto block = l.build({wallet{1}.send(0, {.gas_limit = 1'000'000})});
  CHECK(block.payload.gas_used == gas{21'000});
  CHECK(block.receipts[0].gas_used == gas{21'000});
}

TEST_CASE("withdrawals mint their amount") {
  ledger l;
  l.attributes.withdrawals = {{.index = 0, .validator_index = 0, .recipient = somebody, .amount = gwei{3}},
                              {.index = 1, .validator_index = 0, .recipient = somebody, .amount = gwei{4}}};
  const auto block = l.build({});
  CHECK(l.after(block, somebody).balance == wei{7} * wei_per_gwei);
  CHECK(execute_payload(l.context(), block.payload, {})->payload == block.payload);
}

TEST_CASE("an account that would be empty does not exist") {
  ledger l;
  const auto block = l.build({wallet{1}.send(0, {.value = 0, .tip = 0})});
  l.nodes.add(block.state_changes);
  world_state accounts{block.header.state_root, l.nodes};
  CHECK(accounts.read(somebody).value().is_empty());
  CHECK(accounts.read(author).value().is_empty());
  // Neither the recipient of nothing nor the author without a tip has an entry: the root is that of the funded accounts alone.
  auto genesis = funded_genesis();
  genesis.accounts[wallet{1}.who()] = accounts.read(wallet{1}.who()).value();
  CHECK(make_execution_genesis(genesis)->payload.state_root == block.header.state_root);
}

TEST_CASE("the builder leaves out what a block cannot contain") {
  ledger l;
  const auto good = wallet{1}.send(0);
  const auto too_early = wallet{2}.send(1);
  const auto cheap = wallet{3}.send(0, {.tip = 0, .fee_cap = 1});
  const auto follows_cheap = wallet{3}.send(1);
  const auto poor = wallet{4}.send(0);
  const auto block = l.build({too_early, cheap, good, follows_cheap, poor});
  REQUIRE(block.payload.transactions.size() == 1);
  CHECK(block.payload.transactions[0] == good->raw);
}

TEST_CASE("the builder stops where the gas limit is") {
  ledger l;
  auto genesis = funded_genesis();
  genesis.gas_limit = gas{50'000};
  const auto small = make_execution_genesis(genesis).value();
  l.nodes.add(small.state_changes);
  const ledger_context context{.chain_id = test_chain_id, .parent = small.header, .nodes = l.nodes};
  const std::vector<transaction_ptr> candidates{wallet{1}.send(0), wallet{1}.send(1), wallet{1}.send(2), wallet{2}.send(0)};
  const auto block = build_payload(context, l.attributes, candidates).value();
  CHECK(block.payload.transactions.size() == 2);
  CHECK(block.payload.gas_used == gas{42'000});
}

TEST_CASE("a built payload is valid and checking it gives the same block") {
  ledger l;
  const std::vector<transaction_ptr> candidates{wallet{1}.send(0), wallet{2}.send(0), wallet{1}.send(1)};
  const auto built = l.build(candidates);
  const auto checked = execute_payload(l.context(), built.payload, candidates).value();
  CHECK(checked.payload == built.payload);
  CHECK(checked.header == built.header);
  CHECK(checked.receipts == built.receipts);
  CHECK(checked.state_changes == built.state_changes);
  CHECK(checked.dropped_nodes == built.dropped_nodes);
  CHECK(checked.touched == built.touched);
}

// A field more does not compile here: it needs a row below.
[[maybe_unused]] static void all_fields(const execution_payload& p) {
  [[maybe_unused]] const auto& [fork, parent_hash, fee_recipient, state_root, receipts_root, logs_bloom, prev_randao, number, gas_limit,
                                gas_used, timestamp, extra_data, base_fee, block_hash, transactions, withdrawals] = p;
}

TEST_CASE("a payload with a wrong field is invalid by that field") {
  ledger l;
  const std::vector<transaction_ptr> transactions{wallet{1}.send(0)};
  const auto good = l.build(transactions).payload;
  const auto verdict = [&](const std::function<void(execution_payload&)>& change) {
    return execute_payload(l.context(), changed(good, change), transactions).error();
  };
  CHECK_FALSE(verdict([](auto&) {}));
  CHECK(verdict([](auto& p) { p.block_number = block_height{2}; }) == engine_error::wrong_number);
  CHECK(verdict([](auto& p) { p.timestamp = unix_seconds{999}; }) == engine_error::wrong_timestamp);
  CHECK(verdict([](auto& p) { p.gas_limit = gas{31'000'000}; }) == engine_error::wrong_gas_limit);
  CHECK(verdict([](auto& p) { p.base_fee_per_gas += 1; }) == engine_error::wrong_base_fee);
  CHECK(verdict([](auto& p) { p.gas_used = gas{1}; }) == engine_error::wrong_gas_used);
  CHECK(verdict([](auto& p) { p.state_root = {}; }) == engine_error::wrong_state_root);
  CHECK(verdict([](auto& p) { p.receipts_root = {}; }) == engine_error::wrong_receipts_root);
  CHECK(verdict([](auto& p) { p.logs_bloom.data()[0] = 1; }) == engine_error::wrong_logs_bloom);
  CHECK(verdict([](auto& p) { p.extra_data = bytes(33, 0); }) == engine_error::extra_data_too_long);
  CHECK(verdict([](auto& p) { p.fee_recipient = {}; }) == engine_error::wrong_state_root);
  CHECK(verdict([](auto& p) { p.withdrawals.push_back({.recipient = somebody, .amount = gwei{1}}); }) == engine_error::wrong_state_root);
  CHECK(verdict([](auto& p) { p.fork = execution_fork::cancun; }) == engine_error::unsupported_fork);
  CHECK(verdict([](auto& p) { p.block_number = block_height{2}; }).refused());
  // Whose child it is, and the chain's own number in it, are for others to judge: the engine by its blocks, the chain by its rules.
  CHECK_FALSE(verdict([](auto& p) { p.parent_hash = {}; }));
  CHECK_FALSE(verdict([](auto& p) { p.prev_randao = hash256::from(bytes(32, 9)).value(); }));
}

TEST_CASE("a block hash that is not the header's is found first") {
  ledger l;
  auto payload = l.build({}).payload;
  payload.block_hash.data()[0] ^= 1U;
  payload.block_number = block_height{7};
  CHECK(execute_payload(l.context(), payload, {}) == engine_error::wrong_block_hash);
}

TEST_CASE("a block may share its second with its parent") {
  ledger l;
  l.attributes.timestamp = l.genesis.header.timestamp;
  const auto block = l.build({});
  CHECK(execute_payload(l.context(), block.payload, {}));
  l.attributes.timestamp = unix_seconds{999};
  CHECK(build_payload(l.context(), l.attributes, {}) == engine_error::invalid_attributes);
}

TEST_CASE("a payload with a transaction that it cannot contain names it") {
  ledger l;
  const auto with = [&](const transaction_ptr& tx) {
    const auto payload = changed(l.build({}).payload, [&](auto& p) { p.transactions = {tx->raw}; });
    return execute_payload(l.context(), payload, std::vector{tx}).error();
  };
  const auto early = wallet{1}.send(1);
  CHECK(with(early) == engine_error::invalid_transaction);
  CHECK(with(early).text() == "could not apply tx 0 [" + to_hex(early->hash) + "]: nonce too high: next nonce 0, tx nonce 1");
  CHECK(with(wallet{1}.send(0, {.tip = 0, .fee_cap = 7}))
            .text()
            .ends_with("max fee per gas less than block base fee: maxFeePerGas: 7, baseFee: 875000000"));
  CHECK(with(wallet{4}.send(0)).text().ends_with("balance 0, tx cost 2100000000000001, overshot 2100000000000001"));
}

TEST_CASE("a block does not take more gas than its limit") {
  ledger l;
  world_state state{l.genesis.header.state_root, l.nodes};
  block_executor block{state, {.rules = {.chain_id = test_chain_id, .gas_limit = gas{42'000}}, .base_fee = 1, .fee_recipient = author}};
  CHECK(block.execute(*wallet{1}.send(0)));
  CHECK(block.gas_left() == gas{21'000});
  CHECK(block.execute(*wallet{2}.send(0, {.gas_limit = 21'001})) == transaction_error::gas_limit_reached);
  CHECK(block.execute(*wallet{2}.send(0)));
  CHECK(block.execute(*wallet{3}.send(0)) == transaction_error::gas_limit_reached);
  CHECK(block.receipts().size() == 2);
}

TEST_CASE("a refused transaction changes nothing") {
  ledger l;
  world_state state{l.genesis.header.state_root, l.nodes};
  block_executor block{state, {.rules = {.chain_id = test_chain_id, .gas_limit = gas{42'000}}, .base_fee = 1, .fee_recipient = author}};
  CHECK(block.execute(*wallet{1}.send(0, {.value = ether})) == transaction_error::insufficient_funds);
  CHECK(block.execute(*wallet{1}.send(3)) == transaction_error::nonce_too_high);
  CHECK(state.commit()->root == l.genesis.header.state_root);
}

TEST_CASE("a state that cannot be read says nothing about the payload") {
  ledger l;
  const auto good = l.build({wallet{1}.send(0)}).payload;
  l.nodes.remove(l.genesis.header.state_root);
  const auto e = execute_payload(l.context(), good, std::vector{wallet{1}.send(0)}).error();
  CHECK(e == trie_error::missing_node);
  CHECK(e.failed());
}

TEST_CASE("a genesis that no chain can start with is refused") {
  const auto refused = [](const std::function<void(execution_genesis&)>& change) {
    auto genesis = funded_genesis();
    change(genesis);
    return make_execution_genesis(genesis) == engine_error::invalid_genesis;
  };
  CHECK_FALSE(refused([](auto&) {}));
  CHECK(refused([](auto& g) { g.gas_limit = gas{4'999}; }));
  CHECK(refused([](auto& g) { g.base_fee = wei{1} << 128U; }));
  CHECK(refused([](auto& g) { g.extra_data = bytes(33, 0); }));
  CHECK(refused([](auto& g) { g.accounts[somebody] = {}; }));
  CHECK(refused([](auto& g) { g.accounts[somebody].code_hash = {}; }));
  CHECK(refused([](auto& g) { g.accounts[somebody] = {.balance = 1, .storage_root = {}}; }));
  CHECK(refused([](auto& g) { g.accounts[somebody].balance = wei{1} << 255U; }));
}

TEST_CASE("a header is read back as it was written") {
  ledger l;
  const auto header = l.build({}).header;
  CHECK(decode_header(encode_header(header)).value() == header);
  CHECK(decode_header({}) == engine_error::damaged_header);
  auto other = encode_header(header);
  other.push_back(0);
  CHECK(decode_header(other) == engine_error::damaged_header);
}

TEST_CASE("a withdrawals root is that of EIP-4895's list") {
  const withdrawal w{.index = 1, .validator_index = 2, .recipient = somebody, .amount = gwei{3}};
  execution_payload payload;
  payload.withdrawals = {w};
  CHECK(header_of(payload).withdrawals_root == ordered_root(std::vector<bytes>{encode_withdrawal(w)}));
  CHECK(to_hex(encode_withdrawal(w)) == "0xd801029400000000000000000000000000000000000000aa03");
}

TEST_CASE("the hash of the first block is known for a chain that will have Prague too") {
  auto genesis = funded_genesis();
  const hash256 hash = first_block_hash(genesis).value();
  CHECK(hash == make_execution_genesis(genesis)->payload.block_hash);
  genesis.forks = {.cancun = genesis.timestamp + 1, .prague = genesis.timestamp + 2};
  CHECK(first_block_hash(genesis).value() == hash);
  CHECK(make_execution_genesis(genesis) == engine_error::invalid_genesis);
  genesis.gas_limit = gas{4'999};
  CHECK(first_block_hash(genesis) == engine_error::invalid_genesis);
}
