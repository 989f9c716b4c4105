// SPDX-License-Identifier: Apache-2.0
//
// The embedded ledger behind the execution engine's port: blocks are asked for, imported, made the head, committed, and found again after a
// restart.
#include "support/domain/memory_source.hpp"
#include "support/domain/wallet.hpp"

#include <alys/domain/engine/embedded_ledger.hpp>
#include <alys/domain/primitives/digest.hpp>

#include <catch2/catch.hpp>

#include <algorithm>

using namespace alys::domain;
using namespace alys::domain::test;

namespace {

const wei ether = wei{1'000'000'000} * wei_per_gwei;
constexpr auto author = address::literal("0x00000000000000000000000000000000000000fe");

[[nodiscard]] ledger_options options() {
  ledger_options o;
  o.chain_id = test_chain_id;
  o.genesis.gas_limit = gas{30'000'000};
  o.genesis.base_fee = wei_per_gwei;
  for (std::uint8_t i = 1; i <= 3; ++i) o.genesis.accounts[wallet{i}.who()].balance = ether;
  return o;
}

// Gives the answer that a call left in `done`.
template <class T>
class reply {
public:
  [[nodiscard]] answer<T> taker() {
    return [this](alys::result<T> r) { answers_.push_back(std::move(r)); };
  }
  [[nodiscard]] alys::result<T> take() const {
    REQUIRE(answers_.size() == 1);
    return answers_.front();
  }

private:
  std::vector<alys::result<T>> answers_;
};

// A node without a network: the ledger, a store, and the calls that a chain makes.
struct node {
  memory_source store;
  std::unique_ptr<embedded_ledger> engine = std::make_unique<embedded_ledger>(options(), store);
  genesis_payload genesis = begin();
  std::uint64_t clock = 0;

  [[nodiscard]] genesis_payload begin() {
    reply<genesis_payload> done;
    engine->genesis(done.taker());
    auto first = done.take().value();
    CHECK(set_head(first.payload.block_hash).status == payload_status::valid);
    return first;
  }
  forkchoice_verdict set_head(const hash256& head) {
    reply<forkchoice_verdict> done;
    engine->fork_choice_updated({.head = head}, std::nullopt, done.taker());
    return done.take().value();
  }
  [[nodiscard]] execution_payload build_on(const hash256& head) {
    reply<forkchoice_verdict> chosen;
    engine->fork_choice_updated({.head = head}, payload_attributes{.timestamp = unix_seconds{++clock}, .fee_recipient = author},
                                chosen.taker());
    reply<execution_payload> built;
    engine->get_payload(chosen.take()->payload.value(), built.taker());
    return built.take().value();
  }
  [[nodiscard]] payload_verdict import(const execution_payload& payload) {
    reply<payload_verdict> done;
    engine->new_payload(payload, done.taker());
    return done.take().value();
  }
  [[nodiscard]] alys::result<hash256> submit(const transaction_ptr& tx) {
    reply<hash256> done;
    engine->submit_transaction(tx->raw, done.taker());
    return done.take();
  }
  [[nodiscard]] std::vector<hash256> take_dropped() {
    reply<std::vector<hash256>> done;
    engine->take_dropped_transactions(done.taker());
    return done.take().value();
  }
  [[nodiscard]] alys::result<account_status> account_at(const address& who, const block_selector& block = block_tag::latest) {
    reply<account_status> done;
    engine->account_at(who, block, done.taker());
    return done.take();
  }
  // Builds, imports and commits a block and makes it the head.
  execution_payload advance(const hash256& parent) {
    auto payload = build_on(parent);
    const auto verdict = import(payload);
    REQUIRE(verdict.status == payload_status::valid);
    store.add(verdict.state_changes);
    engine->state_committed(payload.block_hash);
    CHECK(set_head(payload.block_hash).status == payload_status::valid);
    return payload;
  }
};

} // namespace

TEST_CASE("a transfer goes from the pool into a block and changes balances") {
  node n;
  const auto tx = wallet{1}.send(0, {.value = 5});
  CHECK(n.submit(tx).value() == tx->hash);
  CHECK(n.account_at(wallet{1}.who())->nonce == 0);
  CHECK(n.account_at(wallet{1}.who(), block_tag::pending)->pending_nonce == 1);
  const auto block = n.advance(n.genesis.payload.block_hash);
  CHECK(block.transactions == std::vector<bytes>{tx->raw});
  CHECK(n.account_at(somebody)->balance == 5);
  CHECK(n.account_at(wallet{1}.who())->nonce == 1);
  CHECK(n.account_at(somebody, block_tag::earliest)->balance == 0);
  CHECK(n.account_at(somebody, n.genesis.payload.block_hash)->balance == 0);
  CHECK(n.account_at(somebody, block.block_hash)->balance == 5);
  CHECK(n.account_at(somebody, hash256{}) == engine_error::unknown_block);
  CHECK(n.account_at(somebody, block.state_root) == engine_error::unknown_block); // in the store, and no block
  CHECK(n.account_at(somebody, block_tag::finalized).error().text() == "finalized block not found");
}

TEST_CASE("safe and finalized blocks are those that the chain named") {
  node n;
  CHECK(n.submit(wallet{1}.send(0, {.value = 5})));
  const auto first = n.advance(n.genesis.payload.block_hash);
  CHECK(n.submit(wallet{1}.send(1, {.value = 6})));
  const auto second = n.advance(first.block_hash);
  reply<forkchoice_verdict> done;
  n.engine->fork_choice_updated({.head = second.block_hash, .safe = first.block_hash, .finalized = n.genesis.payload.block_hash},
                                std::nullopt, done.taker());
  CHECK(done.take()->status == payload_status::valid);
  CHECK(n.account_at(somebody)->balance == 11);
  CHECK(n.account_at(somebody, block_tag::safe)->balance == 5);
  CHECK(n.account_at(somebody, block_tag::finalized)->balance == 0);
}

TEST_CASE("a pending transaction is read by its hash until it is in a block") {
  node n;
  const auto tx = wallet{1}.send(0);
  CHECK(n.submit(tx));
  const auto pending = [&] {
    reply<transaction_ptr> done;
    n.engine->pending_transaction(tx->hash, done.taker());
    return done.take().value();
  };
  REQUIRE(pending());
  CHECK(pending()->sender == wallet{1}.who());
  n.advance(n.genesis.payload.block_hash);
  CHECK(pending() == nullptr);
}

TEST_CASE("an import says what must be committed and what became of each transaction") {
  node n;
  CHECK(n.submit(wallet{1}.send(0)));
  const auto payload = n.build_on(n.genesis.payload.block_hash);
  const auto verdict = n.import(payload);
  CHECK(verdict.status == payload_status::valid);
  CHECK(verdict.latest_valid_hash == payload.block_hash);
  REQUIRE(verdict.receipts.size() == 1);
  CHECK(verdict.receipts[0].sender == wallet{1}.who());
  CHECK(verdict.state_changes.back().hash == payload.block_hash);
  // The header of the parent, its root and the accounts of sender and receiver: all of the genesis state that differs.
  REQUIRE(verdict.dropped_nodes.size() >= 2);
  CHECK(verdict.dropped_nodes.back() == n.genesis.payload.block_hash);
  CHECK(std::ranges::count(verdict.dropped_nodes, n.genesis.payload.state_root) == 1);
  const auto again = n.import(payload);
  CHECK(again.state_changes == verdict.state_changes);
  CHECK(again.dropped_nodes == verdict.dropped_nodes);
}

TEST_CASE("a payload under construction is the same at every call") {
  node n;
  reply<forkchoice_verdict> chosen;
  n.engine->fork_choice_updated({.head = n.genesis.payload.block_hash}, payload_attributes{.timestamp = unix_seconds{1}}, chosen.taker());
  const auto id = chosen.take()->payload.value();
  const auto fetch = [&] {
    reply<execution_payload> done;
    n.engine->get_payload(id, done.taker());
    return done.take().value();
  };
  const auto first = fetch();
  CHECK(n.submit(wallet{1}.send(0)));
  CHECK(fetch() == first);
  reply<execution_payload> unknown;
  n.engine->get_payload(payload_id{}, unknown.taker());
  CHECK(unknown.take() == engine_error::unknown_payload);
}

TEST_CASE("payloads that nobody fetched are forgotten in the end") {
  node n;
  std::vector<payload_id> ids;
  for (std::uint64_t time = 1; time <= 17; ++time) {
    reply<forkchoice_verdict> chosen;
    n.engine->fork_choice_updated({.head = n.genesis.payload.block_hash}, payload_attributes{.timestamp = unix_seconds{time}},
                                  chosen.taker());
    ids.push_back(chosen.take()->payload.value());
  }
  const auto fetch = [&](const payload_id& id) {
    reply<execution_payload> done;
    n.engine->get_payload(id, done.taker());
    return done.take();
  };
  CHECK(fetch(ids.front()) == engine_error::unknown_payload);
  CHECK(fetch(ids.at(1))->timestamp == unix_seconds{2});
  CHECK(fetch(ids.back())->timestamp == unix_seconds{17});
}

TEST_CASE("attributes that lie before the head are refused and the head has moved") {
  node n;
  n.clock = 10;
  const auto block = n.advance(n.genesis.payload.block_hash);
  reply<forkchoice_verdict> done;
  n.engine->fork_choice_updated({.head = block.block_hash}, payload_attributes{.timestamp = unix_seconds{5}}, done.taker());
  CHECK(done.take() == engine_error::invalid_attributes);
}

TEST_CASE("an invalid payload is named with its reason and its last valid ancestor") {
  node n;
  auto payload = n.build_on(n.genesis.payload.block_hash);
  payload.state_root = {};
  const auto by_hash = n.import(payload);
  CHECK(by_hash.status == payload_status::invalid);
  CHECK(by_hash.latest_valid_hash == std::nullopt);
  CHECK(by_hash.validation_error == "blockhash mismatch");
  payload.block_hash = hash_of(header_of(payload));
  const auto by_root = n.import(payload);
  CHECK(by_root.status == payload_status::invalid);
  CHECK(by_root.latest_valid_hash == n.genesis.payload.block_hash);
  CHECK(by_root.validation_error == "invalid merkle root");
  payload.transactions = {bytes{0x01}};
  payload.block_hash = hash_of(header_of(payload));
  CHECK(n.import(payload).validation_error == "invalid tx 0: typed transaction too short");
  CHECK(n.set_head(payload.block_hash).status == payload_status::invalid);
  CHECK(n.set_head(payload.block_hash).latest_valid_hash == n.genesis.payload.block_hash);
}

TEST_CASE("nobody makes a block invalid by giving its hash to another") {
  node n;
  const auto good = n.build_on(n.genesis.payload.block_hash);
  auto other = good;
  other.transactions = {bytes{0x01}};
  CHECK(n.import(other).status == payload_status::invalid);
  auto child = good;
  child.parent_hash = good.block_hash;
  CHECK(n.import(child).status == payload_status::syncing); // not known, and not known as invalid
  CHECK(n.import(good).status == payload_status::valid);
}

TEST_CASE("a payload on an unknown parent waits for its ancestors") {
  node n;
  auto payload = n.build_on(n.genesis.payload.block_hash);
  payload.parent_hash = {};
  CHECK(n.import(payload).status == payload_status::syncing);
  CHECK(n.set_head(hash256{}).status == payload_status::syncing);
}

TEST_CASE("blocks are built on blocks that are not committed yet") {
  node n;
  CHECK(n.submit(wallet{1}.send(0, {.value = 5})));
  const auto first = n.build_on(n.genesis.payload.block_hash);
  CHECK(n.import(first).status == payload_status::valid);
  CHECK(n.set_head(first.block_hash).status == payload_status::valid);
  CHECK(n.submit(wallet{1}.send(1, {.value = 6})));
  const auto second = n.build_on(first.block_hash);
  CHECK(second.transactions.size() == 1);
  CHECK(n.import(second).status == payload_status::valid);
  CHECK(n.store.size() == 0);
}

TEST_CASE("after a restart everything comes from the store") {
  node n;
  n.store.add(n.genesis.state_changes);
  n.engine->state_committed(n.genesis.payload.block_hash);
  CHECK(n.submit(wallet{1}.send(0, {.value = 5})));
  const auto block = n.advance(n.genesis.payload.block_hash);
  n.engine = std::make_unique<embedded_ledger>(options(), n.store);
  CHECK(n.account_at(somebody) == engine_error::unknown_block); // no head yet
  CHECK(n.set_head(block.block_hash).status == payload_status::valid);
  CHECK(n.account_at(somebody)->balance == 5);
  CHECK(n.submit(wallet{1}.send(1)));
  CHECK(n.advance(block.block_hash).transactions.size() == 1);
}

TEST_CASE("transactions of an abandoned block wait again") {
  node n;
  const auto tx = wallet{1}.send(0);
  const auto other = wallet{2}.send(0);
  CHECK(n.submit(other));
  const auto rival = n.build_on(n.genesis.payload.block_hash);
  REQUIRE(n.import(rival).status == payload_status::valid);
  CHECK(n.submit(tx));
  const auto first = n.advance(n.genesis.payload.block_hash);
  const auto second = n.advance(first.block_hash);
  CHECK(first.transactions.size() == 2);
  CHECK(second.transactions.empty());
  CHECK(n.set_head(rival.block_hash).status == payload_status::valid);
  const auto next = n.advance(rival.block_hash);
  CHECK(next.transactions == std::vector<bytes>{tx->raw}); // the rival holds the other one already
}

TEST_CASE("transactions of several abandoned blocks wait in the order that they had") {
  node n;
  const auto rival = n.build_on(n.genesis.payload.block_hash);
  REQUIRE(n.import(rival).status == payload_status::valid);
  const auto first = wallet{1}.send(0);
  CHECK(n.submit(first));
  const auto first_block = n.advance(n.genesis.payload.block_hash);
  const auto second = wallet{2}.send(0);
  CHECK(n.submit(second));
  n.advance(first_block.block_hash);
  CHECK(n.advance(rival.block_hash).transactions == std::vector<bytes>{first->raw, second->raw});
}

TEST_CASE("a transaction waits until it can pay the base fee") {
  node n;
  const auto tx = wallet{1}.send(0, {.tip = 0, .fee_cap = 800'000'000});
  CHECK(n.submit(tx));
  const auto dear = n.advance(n.genesis.payload.block_hash);
  CHECK(dear.base_fee_per_gas == 875'000'000);
  CHECK(dear.transactions.empty());
  const auto cheaper = n.advance(dear.block_hash);
  CHECK(cheaper.base_fee_per_gas == 765'625'000);
  CHECK(cheaper.transactions == std::vector<bytes>{tx->raw});
}

TEST_CASE("the pool's refusals reach the one who submits") {
  node n;
  CHECK(n.submit(wallet{4}.send(0)) == transaction_error::insufficient_funds);
  CHECK(n.submit(wallet{1}.send(0, {.gas_limit = 1})).error().text() == "intrinsic gas too low: gas 1, minimum needed 21000");
  const auto tx = wallet{1}.send(0);
  CHECK(n.submit(tx));
  CHECK(n.submit(tx) == transaction_error::already_known);
  n.advance(n.genesis.payload.block_hash);
  CHECK(n.submit(tx).error().text() == "nonce too low: next nonce 1, tx nonce 0");
}

TEST_CASE("transactions of an earlier life come back and those that cannot are named") {
  node n;
  const auto included = wallet{1}.send(0);
  REQUIRE(n.submit(included).has_value());
  n.advance(n.genesis.payload.block_hash);
  const auto known = wallet{1}.send(1);
  const auto waiting = wallet{1}.send(2);
  const auto unpayable = wallet{2}.send(0, {.value = 2 * ether});
  REQUIRE(n.submit(known).has_value());
  reply<std::vector<hash256>> done;
  n.engine->restore_transactions({included->raw, known->raw, waiting->raw, unpayable->raw, {0x01}}, done.taker());
  CHECK(done.take().value() == std::vector<hash256>{included->hash, unpayable->hash, keccak256(bytes{0x01})});
  CHECK(n.account_at(wallet{1}.who(), block_tag::pending)->pending_nonce == 3);
}

TEST_CASE("what left the pool is told of unless the head has it") {
  node n;
  const auto cheap = wallet{1}.send(0);
  const auto dear = wallet{1}.send(0, {.tip = 2 * wei_per_gwei, .fee_cap = 200 * wei_per_gwei});
  REQUIRE(n.submit(cheap).has_value());
  REQUIRE(n.submit(dear).has_value());
  n.advance(n.genesis.payload.block_hash);
  CHECK(n.take_dropped() == std::vector{cheap->hash});
}

TEST_CASE("a transaction of an abandoned block that cannot wait again is told of") {
  node n;
  const auto cheap = wallet{1}.send(0);
  const auto dear = wallet{1}.send(0, {.tip = 2 * wei_per_gwei, .fee_cap = 200 * wei_per_gwei});
  REQUIRE(n.submit(cheap).has_value());
  const auto rival = n.build_on(n.genesis.payload.block_hash);
  REQUIRE(n.import(rival).status == payload_status::valid);
  REQUIRE(n.submit(dear).has_value());
  n.advance(n.genesis.payload.block_hash);
  CHECK(n.take_dropped() == std::vector{cheap->hash});
  REQUIRE(n.set_head(rival.block_hash).status == payload_status::valid);
  CHECK(n.take_dropped() == std::vector{dear->hash});
}

TEST_CASE("transactions are not given up where their senders cannot be read") {
  node n;
  n.engine = std::make_unique<embedded_ledger>(options(), n.store);
  reply<std::vector<hash256>> without_head;
  n.engine->restore_transactions({wallet{1}.send(0)->raw}, without_head.taker());
  CHECK(without_head.take() == engine_error::unknown_block);

  n.store.add(n.genesis.state_changes);
  n.store.remove(n.genesis.payload.state_root);
  REQUIRE(n.set_head(n.genesis.payload.block_hash).status == payload_status::valid);
  reply<std::vector<hash256>> without_state;
  n.engine->restore_transactions({wallet{1}.send(0)->raw}, without_state.taker());
  CHECK(without_state.take().error().failed());
}

TEST_CASE("fees are quoted for the next block") {
  node n;
  const auto quote = [&] {
    reply<fee_quote> done;
    n.engine->quote_fees(done.taker());
    return done.take().value();
  };
  CHECK(quote().base_fee == 875'000'000);
  CHECK(quote().suggested_tip == wei_per_gwei);
  CHECK(quote().gas_limit == gas{30'000'000});
  CHECK(n.submit(wallet{1}.send(0, {.tip = 7})));
  n.advance(n.genesis.payload.block_hash);
  CHECK(quote().suggested_tip == 7);
}

TEST_CASE("the gas of a transfer is known beforehand") {
  node n;
  const auto estimate = [&](call_request call) {
    reply<gas> done;
    n.engine->estimate_gas(std::move(call), done.taker());
    return done.take();
  };
  CHECK(estimate({.from = wallet{1}.who(), .to = somebody, .value = 1}) == gas{21'000});
  CHECK(estimate({.from = wallet{1}.who(), .to = somebody, .data = {1, 0}}) == gas{21'020});
  CHECK(estimate({.from = wallet{1}.who()}) == transaction_error::creation_not_supported);
  CHECK(estimate({.from = somebody, .to = somebody, .value = 1}) == transaction_error::insufficient_funds_for_transfer);
}

TEST_CASE("the pool can be looked at") {
  node n;
  CHECK(n.submit(wallet{1}.send(0)));
  CHECK(n.submit(wallet{2}.send(5)));
  reply<pool_counts> counts;
  n.engine->pool_status(counts.taker());
  CHECK(counts.take()->transactions == 2);
  CHECK(counts.take()->gapped == 1);
  reply<std::uint64_t> chain;
  n.engine->chain_id(chain.taker());
  CHECK(chain.take().value() == test_chain_id);
}

TEST_CASE("a ledger does not start with an impossible genesis") {
  const memory_source store;
  auto impossible = options();
  impossible.genesis.gas_limit = gas{1};
  CHECK_THROWS_AS(embedded_ledger(impossible, store), std::invalid_argument);
}
