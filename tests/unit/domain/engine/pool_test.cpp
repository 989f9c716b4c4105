// SPDX-License-Identifier: Apache-2.0
//
// The pool: what it takes, what it offers to a block, and what gives way when it is full.
#include "support/domain/wallet.hpp"

#include <alys/domain/engine/pool.hpp>

#include <catch2/catch.hpp>

using namespace alys::domain;
using namespace alys::domain::test;

namespace {

const account rich{.nonce = 0, .balance = wei{1'000'000} * wei_per_gwei * wei_per_gwei};
const wei base_fee = wei{10} * wei_per_gwei;

[[nodiscard]] transaction_pool make_pool(pool_limits limits = {}, std::uint64_t gas_limit = 30'000'000) {
  return {std::move(limits), {.rules = {.chain_id = test_chain_id, .gas_limit = gas{gas_limit}}, .base_fee = base_fee}};
}

[[nodiscard]] transfer tipping(std::uint64_t gwei_tip) { return {.tip = wei{gwei_tip} * wei_per_gwei}; }

} // namespace

TEST_CASE("a transaction that was taken is found and offered") {
  auto pool = make_pool();
  const auto tx = wallet{1}.send(0);
  CHECK(pool.add(tx, rich));
  CHECK(pool.find(tx->hash) == tx);
  CHECK(pool.select() == std::vector{tx});
  CHECK(pool.size() == 1);
  CHECK(pool.byte_count() == tx->raw.size());
  CHECK(pool.gapped() == 0);
  CHECK(pool.senders() == std::vector{wallet{1}.who()});
  CHECK(pool.find(hash256{}) == nullptr);
}

TEST_CASE("a transaction is taken once") {
  auto pool = make_pool();
  const auto tx = wallet{1}.send(0);
  CHECK(pool.add(tx, rich));
  CHECK(pool.add(tx, rich) == transaction_error::already_known);
  CHECK(pool.add(tx, rich).error().text() == "already known");
}

TEST_CASE("what is invalid by itself is not taken") {
  auto pool = make_pool();
  CHECK(pool.add(wallet{1}.send(0, {.gas_limit = 1}), rich) == transaction_error::intrinsic_gas_too_low);
  CHECK(pool.add(wallet{1}.send(0, {.gas_limit = 30'000'001}), rich) == transaction_error::exceeds_block_gas_limit);
  CHECK(pool.add(wallet{1}.send(0), account{}) == transaction_error::insufficient_funds);
  CHECK(pool.add(wallet{1}.send(4), account{.nonce = 5, .balance = rich.balance}).error().text() ==
        "nonce too low: next nonce 5, tx nonce 4");
  CHECK(pool.size() == 0);
}

TEST_CASE("a transaction without a chain id is not taken") {
  auto pool = make_pool();
  auto tx = wallet::unsigned_transfer(0);
  tx.type = transaction_type::legacy;
  tx.max_priority_fee_per_gas = tx.max_fee_per_gas;
  tx.chain_id.reset();
  CHECK(pool.add(wallet{1}.sign(tx), rich).error().text() == "only replay-protected (EIP-155) transactions allowed over RPC");
}

TEST_CASE("a pool can ask for a tip") {
  auto pool = make_pool({.minimum_tip = 5});
  CHECK(pool.add(wallet{1}.send(0, {.tip = 4}), rich).error().text() == "transaction underpriced: gas tip cap 4, minimum needed 5");
  CHECK(pool.add(wallet{1}.send(0, {.tip = 5}), rich));
}

TEST_CASE("all of a sender's transactions together must be covered") {
  auto pool = make_pool();
  const wei each = wei{21'000} * 100 * wei_per_gwei + 1;
  const account sender{.nonce = 0, .balance = each * 2};
  CHECK(pool.add(wallet{1}.send(0), sender));
  CHECK(pool.add(wallet{1}.send(1), sender));
  CHECK(pool.add(wallet{1}.send(2), sender).error().text() ==
        "insufficient funds for gas * price + value: balance 4200000000000002, queued cost 4200000000000002, tx cost 2100000000000001, "
        "overshot "
        "2100000000000001");
  // A replacement frees what it replaces.
  CHECK(pool.add(wallet{1}.send(1, {.value = 1, .tip = 2 * wei_per_gwei, .fee_cap = wei{110} * wei_per_gwei}), sender) ==
        transaction_error::insufficient_funds);
  CHECK(pool.size() == 2);
}

TEST_CASE("a replacement raises both fees by a tenth") {
  auto pool = make_pool();
  CHECK(pool.add(wallet{1}.send(0, {.tip = 100, .fee_cap = base_fee}), rich));
  CHECK(pool.add(wallet{1}.send(0, {.tip = 109, .fee_cap = base_fee * 2}), rich) == transaction_error::replacement_underpriced);
  CHECK(pool.add(wallet{1}.send(0, {.tip = 200, .fee_cap = base_fee + 1}), rich) == transaction_error::replacement_underpriced);
  CHECK(pool.add(wallet{1}.send(0, {.tip = 200, .fee_cap = base_fee + 1}), rich).error().text() == "replacement transaction underpriced");
  const auto better = wallet{1}.send(0, {.tip = 110, .fee_cap = base_fee * 11 / 10});
  CHECK(pool.add(better, rich));
  CHECK(pool.size() == 1);
  CHECK(pool.select() == std::vector{better});
  CHECK(pool.byte_count() == better->raw.size());
}

TEST_CASE("without a tip a replacement must offer one") {
  auto pool = make_pool();
  CHECK(pool.add(wallet{1}.send(0, {.tip = 0, .fee_cap = base_fee}), rich));
  CHECK(pool.add(wallet{1}.send(0, {.tip = 0, .fee_cap = base_fee * 2}), rich) == transaction_error::replacement_underpriced);
  CHECK(pool.add(wallet{1}.send(0, {.tip = 1, .fee_cap = base_fee * 2}), rich));
}

TEST_CASE("what lies behind a gap waits until the gap is filled") {
  auto pool = make_pool();
  const auto second = wallet{1}.send(1);
  const auto third = wallet{1}.send(2);
  const auto first = wallet{1}.send(0);
  CHECK(pool.add(third, rich));
  CHECK(pool.add(second, rich));
  CHECK(pool.gapped() == 2);
  CHECK(pool.select().empty());
  CHECK(pool.next_nonce(wallet{1}.who(), 0) == 0);
  CHECK(pool.add(first, rich));
  CHECK(pool.gapped() == 0);
  CHECK(pool.next_nonce(wallet{1}.who(), 0) == 3);
  CHECK(pool.select() == std::vector{first, second, third});
  CHECK(pool.next_nonce(wallet{2}.who(), 7) == 7);
}

TEST_CASE("a block gets the best tips first and each sender in order of nonce") {
  auto pool = make_pool();
  const auto a0 = wallet{1}.send(0, tipping(1));
  const auto a1 = wallet{1}.send(1, tipping(9));
  const auto b0 = wallet{2}.send(0, tipping(5));
  const auto b1 = wallet{2}.send(1, tipping(2));
  for (const auto& tx : {a1, a0, b0, b1}) CHECK(pool.add(tx, rich));
  CHECK(pool.select() == std::vector{b0, b1, a0, a1});
}

TEST_CASE("of equal tips the older transaction comes first") {
  auto pool = make_pool();
  const auto a = wallet{1}.send(0);
  const auto b = wallet{2}.send(0);
  CHECK(pool.add(b, rich));
  CHECK(pool.add(a, rich));
  CHECK(pool.select() == std::vector{b, a});
}

TEST_CASE("the fee cap bounds the tip") {
  auto pool = make_pool();
  const auto capped = wallet{1}.send(0, {.tip = wei{8} * wei_per_gwei, .fee_cap = base_fee + wei_per_gwei});
  const auto modest = wallet{2}.send(0, tipping(2));
  const auto below = wallet{3}.send(0, {.tip = 0, .fee_cap = base_fee - 1});
  for (const auto& tx : {capped, modest, below}) CHECK(pool.add(tx, rich));
  CHECK(pool.select() == std::vector{modest, capped});
  CHECK(pool.size() == 3);
  pool.set_market({.rules = {.chain_id = test_chain_id, .gas_limit = gas{30'000'000}}, .base_fee = base_fee / 2});
  CHECK(pool.select() == std::vector{capped, modest, below});
}

TEST_CASE("no more is offered than a block has gas for") {
  auto pool = make_pool({}, 50'000);
  for (std::uint64_t nonce = 0; nonce < 5; ++nonce) CHECK(pool.add(wallet{1}.send(nonce), rich));
  CHECK(pool.select().size() == 2);
}

TEST_CASE("what is mined is dropped and the rest goes on") {
  auto pool = make_pool();
  std::vector<transaction_ptr> all;
  for (std::uint64_t nonce = 0; nonce < 5; ++nonce) {
    all.push_back(wallet{1}.send(nonce));
    CHECK(pool.add(all.back(), rich));
  }
  pool.update(wallet{1}.who(), {.nonce = 3, .balance = rich.balance});
  CHECK(pool.select() == std::vector{all[3], all[4]});
  CHECK(pool.gapped() == 0);
  CHECK(pool.find(all[0]->hash) == nullptr);
  pool.update(wallet{1}.who(), {.nonce = 5, .balance = rich.balance});
  CHECK(pool.size() == 0);
  CHECK(pool.byte_count() == 0);
  CHECK(pool.senders().empty());
}

TEST_CASE("a nonce that moves over a gap closes it and one that moves back opens one") {
  auto pool = make_pool();
  CHECK(pool.add(wallet{1}.send(0), rich));
  CHECK(pool.add(wallet{1}.send(2), rich));
  CHECK(pool.gapped() == 1);
  pool.update(wallet{1}.who(), {.nonce = 2, .balance = rich.balance});
  CHECK(pool.gapped() == 0);
  CHECK(pool.size() == 1);
  pool.update(wallet{1}.who(), {.nonce = 1, .balance = rich.balance});
  CHECK(pool.gapped() == 1);
  CHECK(pool.add(wallet{1}.send(1), {.nonce = 1, .balance = rich.balance}));
  CHECK(pool.gapped() == 0);
}

TEST_CASE("the pool tells once what has left it and nothing that came back") {
  auto pool = make_pool();
  const auto cheap = wallet{1}.send(0, {.tip = 100, .fee_cap = base_fee});
  const auto dear = wallet{1}.send(0, {.tip = 110, .fee_cap = base_fee * 11 / 10});
  REQUIRE(pool.add(cheap, rich));
  CHECK(pool.take_dropped().empty());
  REQUIRE(pool.add(dear, rich));
  CHECK(pool.take_dropped() == std::vector{cheap->hash});
  CHECK(pool.take_dropped().empty());

  pool.update(wallet{1}.who(), {.nonce = 0, .balance = 0});
  REQUIRE(pool.add(dear, rich));
  CHECK(pool.take_dropped().empty());
  pool.update(wallet{1}.who(), {.nonce = 1, .balance = rich.balance});
  CHECK(pool.take_dropped() == std::vector{dear->hash});
}

TEST_CASE("who is driven out of a full pool is told of") {
  auto pool = make_pool({.count = 1});
  const auto cheap = wallet{1}.send(0, tipping(1));
  REQUIRE(pool.add(cheap, rich));
  REQUIRE(pool.add(wallet{2}.send(0, tipping(2)), rich));
  CHECK(pool.take_dropped() == std::vector{cheap->hash});
}

TEST_CASE("what the balance no longer covers is dropped from the end") {
  auto pool = make_pool();
  const wei each = wei{21'000} * 100 * wei_per_gwei + 1;
  for (std::uint64_t nonce = 0; nonce < 4; ++nonce) CHECK(pool.add(wallet{1}.send(nonce), rich));
  pool.update(wallet{1}.who(), {.nonce = 0, .balance = each * 2});
  CHECK(pool.size() == 2);
  CHECK(pool.next_nonce(wallet{1}.who(), 0) == 2);
  pool.update(wallet{1}.who(), {.nonce = 0, .balance = 0});
  CHECK(pool.size() == 0);
}

TEST_CASE("a full pool prefers the better tip and says so to the cheaper") {
  auto pool = make_pool({.count = 2});
  const auto cheap = wallet{1}.send(0, tipping(1));
  CHECK(pool.add(cheap, rich));
  CHECK(pool.add(wallet{2}.send(0, tipping(3)), rich));
  CHECK(pool.add(wallet{3}.send(0, tipping(1)), rich) == transaction_error::underpriced);
  CHECK(pool.add(wallet{3}.send(0, tipping(1)), rich).error().text() == "transaction underpriced");
  CHECK(pool.add(wallet{3}.send(0, tipping(2)), rich));
  CHECK(pool.find(cheap->hash) == nullptr);
  CHECK(pool.size() == 2);
  CHECK(pool.senders().size() == 2);
  CHECK(pool.select().size() == 2);
}

TEST_CASE("the last of the cheapest sender gives way so that no queue is torn") {
  auto pool = make_pool({.count = 3});
  const auto first = wallet{1}.send(0, tipping(1));
  const auto last = wallet{1}.send(2, tipping(9));
  CHECK(pool.add(first, rich));
  CHECK(pool.add(wallet{1}.send(1, tipping(9)), rich));
  CHECK(pool.add(last, rich));
  CHECK(pool.add(wallet{2}.send(0, tipping(2)), rich));
  CHECK(pool.find(last->hash) == nullptr);
  CHECK(pool.find(first->hash) == first);
  CHECK(pool.gapped() == 0);
}

TEST_CASE("a sender's own transactions do not give way to its next") {
  auto pool = make_pool({.count = 1});
  CHECK(pool.add(wallet{1}.send(0, tipping(1)), rich));
  CHECK(pool.add(wallet{1}.send(1, tipping(9)), rich).error().text() == "txpool is full");
  CHECK(pool.add(wallet{1}.send(0, {.tip = 2 * wei_per_gwei, .fee_cap = wei{200} * wei_per_gwei}), rich));
}

TEST_CASE("bytes are bounded too") {
  const auto small = wallet{1}.send(0, tipping(1));
  const auto large = wallet{2}.send(0, {.tip = 2 * wei_per_gwei, .gas_limit = 100'000, .data = bytes(300, 1)});
  auto pool = make_pool({.bytes = small->raw.size() * 3});
  CHECK(pool.add(small, rich));
  CHECK(pool.add(wallet{1}.send(1, tipping(1)), rich));
  CHECK(pool.add(wallet{3}.send(0, tipping(3)), rich));
  CHECK(pool.add(large, rich) == transaction_error::underpriced); // it would have to drive out one that pays more
  CHECK(pool.size() == 3);
  auto wide = make_pool({.bytes = large->raw.size()});
  CHECK(wide.add(small, rich));
  CHECK(wide.add(wallet{1}.send(1, tipping(1)), rich));
  CHECK(wide.add(large, rich));
  CHECK(wide.size() == 1);
  CHECK(wide.byte_count() == large->raw.size());
}

TEST_CASE("what cannot pay the base fee is the first to give way") {
  auto pool = make_pool({.count = 2});
  const auto below = wallet{1}.send(0, {.tip = 0, .fee_cap = base_fee - 1});
  CHECK(pool.add(below, rich));
  CHECK(pool.add(wallet{2}.send(0, {.tip = 0, .fee_cap = base_fee}), rich));
  CHECK(pool.add(wallet{3}.send(0, {.tip = 0, .fee_cap = base_fee - 2}), rich) == transaction_error::underpriced);
  CHECK(pool.add(wallet{3}.send(0, {.tip = 1, .fee_cap = base_fee * 2}), rich));
  CHECK(pool.find(below->hash) == nullptr);
}

TEST_CASE("one sender has a bounded number of places") {
  auto pool = make_pool({.per_sender = 2});
  CHECK(pool.add(wallet{1}.send(0), rich));
  CHECK(pool.add(wallet{1}.send(1), rich));
  CHECK(pool.add(wallet{1}.send(2), rich).error().text() == "account limit exceeded: pooled 2 txs");
  CHECK(pool.add(wallet{2}.send(0), rich));
}

TEST_CASE("places behind gaps are bounded for one and for all") {
  auto pool = make_pool({.gapped = 3, .gapped_per_sender = 2});
  CHECK(pool.add(wallet{1}.send(5), rich));
  CHECK(pool.add(wallet{1}.send(6), rich));
  CHECK(pool.add(wallet{1}.send(7), rich) == transaction_error::account_limit_exceeded);
  CHECK(pool.add(wallet{1}.send(0), rich));
  CHECK(pool.add(wallet{2}.send(5), rich));
  CHECK(pool.add(wallet{3}.send(5), rich) == transaction_error::pool_full);
  CHECK(pool.add(wallet{3}.send(0), rich));
}
