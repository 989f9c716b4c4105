// SPDX-License-Identifier: Apache-2.0
//
// The pool's transactions, from the one who submits them into a block.
#include "engine_under_test.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <chrono>
#include <iterator>

using namespace alys::domain;
using namespace std::chrono_literals;
using alys::domain::test::somebody;
using alys::domain::test::wallet;
using alys::test::engine_under_test;

namespace {

const wallet rich{1};

} // namespace

TEST_CASE("a transfer goes from the pool into a block with its receipt") {
  engine_under_test engine;
  const auto tx = rich.send(0, {.value = 1'000});
  CHECK(engine.submit(tx).value() == tx->hash);
  CHECK(engine.waiting(tx->hash).value()->raw == tx->raw);
  CHECK(engine.pool().value().transactions == 1);
  CHECK(engine.account(rich.who()).value().nonce == 0);
  CHECK(engine.account(rich.who()).value().pending_nonce == 1);
  const auto made = engine.build_with(1, engine.first());
  CHECK(made.transactions[0] == tx->raw);
  const auto verdict = engine.check(made).value();
  REQUIRE(verdict.status == payload_status::valid);
  REQUIRE(verdict.receipts.size() == 1);
  CHECK(verdict.receipts[0].succeeded);
  CHECK(verdict.receipts[0].transaction_hash == tx->hash);
  CHECK(verdict.receipts[0].sender == rich.who());
  CHECK(verdict.receipts[0].gas_used == gas{21'000});
  CHECK(verdict.receipts[0].cumulative_gas_used == gas{21'000});
  CHECK(verdict.receipts[0].effective_gas_price == made.base_fee_per_gas + wei_per_gwei);
  REQUIRE(engine.move({.head = made.block_hash}).value().status == payload_status::valid);
  CHECK(engine.account(somebody).value().balance == wei{21'000} * wei_per_gwei + 1'000); // who is the fee recipient too
  CHECK(engine.account(rich.who()).value().nonce == 1);
  CHECK(engine.waiting(tx->hash).value() == nullptr);
  CHECK(engine.pool().value().transactions == 0);
  CHECK(engine.take_dropped().value().empty());
}

TEST_CASE("a sender's transactions are included in the order of their nonces") {
  engine_under_test engine;
  for (std::uint64_t nonce = 0; nonce < 5; ++nonce) (void)engine.submit(rich.send(nonce)).value();
  CHECK(engine.account(rich.who()).value().pending_nonce == 5);
  const auto with = engine_under_test::after(engine.first(), 2);
  if (engine.habits().fills_at_once) CHECK(engine.build(engine.first(), with).transactions.size() == 5);
  const auto made = engine.build_with(5, engine.first());
  for (std::uint64_t nonce = 0; nonce < 5; ++nonce) CHECK(made.transactions[nonce] == rich.send(nonce)->raw);
  engine.adopt(made);
  CHECK(engine.account(rich.who()).value().nonce == 5);
}

TEST_CASE("transactions that can never be included are refused with their reasons") {
  engine_under_test engine;
  const auto changed = [&](const auto& change) {
    auto tx = wallet::unsigned_transfer(0);
    change(tx);
    return engine.submit(rich.sign(tx));
  };
  CHECK(changed([](auto& tx) { tx.chain_id = 1; }) == transaction_error::invalid_sender);
  CHECK(changed([](auto& tx) { tx.value = wei{1} << 200; }) == transaction_error::insufficient_funds);
  CHECK(engine.submit(wallet{2}.send(0)) == transaction_error::insufficient_funds);
  CHECK(changed([](auto& tx) { tx.gas_limit = gas{20'999}; }) == transaction_error::intrinsic_gas_too_low);
  CHECK(changed([](auto& tx) { tx.gas_limit = gas{30'000'001}; }) == transaction_error::exceeds_block_gas_limit);
  CHECK(changed([](auto& tx) { tx.max_priority_fee_per_gas = tx.max_fee_per_gas + 1; }) == transaction_error::tip_above_fee_cap);
  CHECK(changed([](auto& tx) {
          tx.type = transaction_type::legacy;
          tx.chain_id.reset();
          tx.max_priority_fee_per_gas = tx.max_fee_per_gas;
        }) == transaction_error::not_replay_protected);
  (void)engine.submit(rich.send(0)).value();
  CHECK(engine.submit(rich.send(0)) == transaction_error::already_known);
  CHECK(changed([](auto& tx) { tx.value = 7; }) == transaction_error::replacement_underpriced);
  CHECK(engine.pool().value().transactions == 1);
}

TEST_CASE("a transaction that pays more replaces another of its nonce") {
  engine_under_test engine;
  const auto cheap = rich.send(0, {.value = 1});
  const auto dear = rich.send(0, {.value = 2, .tip = wei{2} * wei_per_gwei, .fee_cap = wei{200} * wei_per_gwei});
  (void)engine.submit(cheap).value();
  (void)engine.submit(dear).value();
  CHECK(engine.waiting(cheap->hash).value() == nullptr);
  CHECK(engine.take_dropped().value() == std::vector{cheap->hash});
  const auto made = engine.build_with(1, engine.first());
  CHECK(made.transactions[0] == dear->raw);
}

TEST_CASE("transactions of an earlier life are taken once more unless they are used up") {
  engine_under_test engine;
  (void)engine.submit(rich.send(0)).value();
  engine.adopt(engine.build_with(1, engine.first()));
  auto dropped = engine.restore({rich.send(0)->raw, rich.send(1)->raw, wallet{2}.send(0)->raw}).value();
  for (const auto until = std::chrono::steady_clock::now() + 30s; dropped.size() < 2 && std::chrono::steady_clock::now() < until;)
    std::ranges::copy(engine.take_dropped().value(), std::back_inserter(dropped));
  CHECK(dropped == std::vector{rich.send(0)->hash, wallet{2}.send(0)->hash});
  CHECK(engine.pool().value().transactions == 1);
}

TEST_CASE("transactions of an abandoned block wait again") {
  engine_under_test engine;
  const auto empty = engine.build(engine.first(), engine_under_test::after(engine.first(), 2));
  const auto tx = rich.send(0);
  (void)engine.submit(tx).value();
  const auto with_it = engine.build_with(1, engine.first());
  engine.adopt(with_it);
  engine.adopt(empty);
  CHECK(engine.account(rich.who()).value().nonce == 0);
  CHECK(engine.build_with(1, empty).transactions[0] == tx->raw);
}

TEST_CASE("gas is estimated and of a transfer that cannot be paid unless the client looks at it") {
  engine_under_test engine;
  CHECK(engine.gas_for({.from = rich.who(), .to = somebody, .value = 1}).value() == gas{21'000});
  const auto poor = address::literal("0x9900000000000000000000000000000000000000");
  CHECK(engine.gas_for({.from = poor, .to = somebody, .value = wei_per_gwei}).has_value() == engine.habits().estimates_unpayable);
}

TEST_CASE("an account without code has none") {
  engine_under_test engine;
  CHECK(engine.code(rich.who()).value().empty());
}

TEST_CASE("a block of many transactions that another node has made is executed") {
  engine_under_test engine;
  const auto made = engine.made_elsewhere(300); // more than @ethereumjs/client executes by itself
  REQUIRE(made.transactions.size() == 300);
  const auto verdict = engine.check(made).value();
  REQUIRE(verdict.status == payload_status::valid);
  CHECK(verdict.receipts.size() == 300);
  CHECK(engine.move({.head = made.block_hash}).value().status == payload_status::valid);
  CHECK(engine.account(rich.who()).value().nonce == 300);
}
