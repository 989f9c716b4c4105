// SPDX-License-Identifier: Apache-2.0
//
// Payloads: how they are built, and which of them are valid. After the suites for the Engine API of Ethereum's test harness hive.
#include "engine_under_test.hpp"

#include <alys/domain/engine/execution_header.hpp>

#include <catch2/catch.hpp>

#include <functional>
#include <string>
#include <utility>
#include <vector>

using namespace alys::domain;
using alys::domain::test::somebody;
using alys::domain::test::wallet;
using alys::test::engine_under_test;
using alys::test::rehashed;

namespace {

const wallet rich{1};

struct mistake {
  const char* where;
  std::function<void(execution_payload&)> make;
};

void flip(auto& value) { value.data()[0] ^= 1U; }

// A valid payload with a transfer and two mints, on the first block.
[[nodiscard]] execution_payload good_payload(engine_under_test& engine) {
  (void)engine.submit(rich.send(0)).value();
  return engine.build_with(1, engine.first());
}

} // namespace

TEST_CASE("after genesis the head is block 0") {
  engine_under_test engine;
  CHECK(engine.first().block_number == block_height{0});
  CHECK(hash_of(header_of(engine.first())) == engine.first().block_hash);
  CHECK(engine.account(rich.who()).value().balance == wei{1'000'000} * 1'000'000'000 * 1'000'000'000);
  CHECK(engine.account(rich.who(), block_tag::earliest).value().balance == engine.account(rich.who()).value().balance);
  CHECK(engine.account(somebody).value().balance == 0);
  CHECK(engine.fees().value().gas_limit == engine.first().gas_limit);
  CHECK(engine.fees().value().base_fee == engine.first().base_fee_per_gas / 8 * 7); // after an empty block (EIP-1559)
}

TEST_CASE("an engine that keeps blocks tells what they hold from any height on") {
  engine_under_test engine;
  std::vector<execution_payload> chain{engine.first()};
  std::vector<payload_body> held;
  for (std::uint64_t nonce = 0; nonce < 6; ++nonce) {
    if (nonce % 2 == 0) (void)engine.submit(rich.send(nonce / 2)).value();
    chain.push_back(engine.build_with(nonce % 2 == 0 ? 1 : 0, chain.back()));
    engine.adopt(chain.back());
    held.push_back({chain.back().transactions});
  }
  const auto told = [&](std::uint64_t first, std::size_t most) { return engine.bodies(block_height{first}, most).value(); };
  CHECK(told(1, 32) == (engine.habits().keeps_blocks ? held : std::vector<payload_body>{}));
  if (!engine.habits().keeps_blocks) return;
  CHECK(told(1, 6) == held);
  CHECK(told(3, 2) == std::vector(held.begin() + 2, held.begin() + 4));
  CHECK(told(6, 4) == std::vector(held.begin() + 5, held.end()));
  CHECK(told(7, 4).empty());
  CHECK(told(1'000'000, 1).empty());
  engine.restart();
  CHECK(told(1, 32) == held);
}

TEST_CASE("a payload that the engine built is valid and becomes the head") {
  engine_under_test engine;
  const auto& parent = engine.first();
  const auto with = engine_under_test::after(parent, 3);
  const auto made = engine.build(parent, with);
  CHECK(made.parent_hash == parent.block_hash);
  CHECK(made.block_number == parent.block_number + 1);
  CHECK(made.timestamp == with.timestamp);
  CHECK(made.fee_recipient == with.fee_recipient);
  CHECK(made.gas_limit == parent.gas_limit);
  CHECK(hash_of(header_of(made)) == made.block_hash);
  const auto verdict = engine.check(made).value();
  CHECK(verdict.status == payload_status::valid);
  CHECK(verdict.latest_valid_hash == made.block_hash);
  const auto moved = engine.move({.head = made.block_hash}).value();
  CHECK(moved.status == payload_status::valid);
  CHECK(moved.latest_valid_hash == made.block_hash);
  CHECK_FALSE(moved.payload);
}

TEST_CASE("a payload that nobody moved to changes nothing") {
  engine_under_test engine;
  auto with = engine_under_test::after(engine.first());
  with.withdrawals = {{.recipient = somebody, .amount = gwei{5}}};
  const auto made = engine.build(engine.first(), with);
  REQUIRE(engine.check(made).value().status == payload_status::valid);
  CHECK(engine.account(somebody).value().balance == 0);
  CHECK(engine.build(engine.first(), engine_under_test::after(engine.first(), 2)).block_number == block_height{1});
}

TEST_CASE("each wrong field of a payload makes it invalid") {
  engine_under_test engine;
  const auto parent = engine.extend(engine.first());
  auto with = engine_under_test::after(parent);
  with.withdrawals = {{.index = 0, .recipient = somebody, .amount = gwei{5}}};
  const auto good = engine.build(parent, with);
  const std::vector<mistake> mistakes = {
      {"withdrawal to another", [](auto& p) { flip(p.withdrawals[0].recipient); }},
      {"state root", [](auto& p) { flip(p.state_root); }},
      {"receipts root", [](auto& p) { flip(p.receipts_root); }},
      {"logs bloom", [](auto& p) { flip(p.logs_bloom); }},
      {"number too high", [](auto& p) { ++p.block_number; }},
      {"number too low", [&](auto& p) { p.block_number = parent.block_number; }},
      {"gas limit doubled", [](auto& p) { p.gas_limit = gas{p.gas_limit.value() * 2}; }},
      {"gas limit halved", [](auto& p) { p.gas_limit = gas{p.gas_limit.value() / 2}; }},
      {"gas used", [](auto& p) { p.gas_used = gas{21'000}; }},
      {"gas used above the limit", [](auto& p) { p.gas_used = p.gas_limit + 1; }},
      {"timestamp before the parent's", [&](auto& p) { p.timestamp = unix_seconds{parent.timestamp.value() - 1}; }},
      {"extra data", [](auto& p) { p.extra_data.assign(33, 0); }},
      {"base fee too high", [](auto& p) { p.base_fee_per_gas += 1; }},
      {"base fee of nothing", [](auto& p) { p.base_fee_per_gas = 0; }},
      {"no transaction at all",
       [](auto& p) {
         p.transactions.push_back({0x02, 0xc0});
       }},
      {"withdrawal too much", [](auto& p) { p.withdrawals[0].amount = gwei{6}; }},
      {"withdrawal left out", [](auto& p) { p.withdrawals.clear(); }},
      {"withdrawal twice", [](auto& p) { p.withdrawals.push_back(p.withdrawals[0]); }},
  };
  for (const auto& [where, make] : mistakes) {
    auto changed = good;
    make(changed);
    INFO(where);
    const auto verdict = engine.check(rehashed(changed));
    REQUIRE(verdict);
    CHECK(verdict->status == payload_status::invalid);
    CHECK(verdict->latest_valid_hash == parent.block_hash);
    CHECK_FALSE(verdict->validation_error.empty());
    CHECK(verdict->state_changes.empty());
  }
  CHECK(engine.check(good).value().status == payload_status::valid);
}

TEST_CASE("each wrong transaction of a payload makes it invalid") {
  engine_under_test engine;
  const auto parent = engine.first();
  const auto good = good_payload(engine);
  const auto with = [&](const auto& change) {
    auto tx = wallet::unsigned_transfer(0);
    change(tx);
    return rich.sign(tx)->raw;
  };
  const std::vector<std::pair<std::string, std::vector<bytes>>> lists = {
      {"left out", {}},
      {"twice", {good.transactions[0], good.transactions[0]}},
      {"another recipient", {with([](auto& tx) { flip(*tx.to); })}},
      {"nonce too high", {with([](auto& tx) { tx.nonce = 1; })}},
      {"another chain", {with([](auto& tx) { tx.chain_id = 1; })}},
      {"fee cap below the base fee", {with([](auto& tx) { tx.max_fee_per_gas = tx.max_priority_fee_per_gas = 1; })}},
      {"tip above the fee cap", {with([](auto& tx) { tx.max_priority_fee_per_gas = tx.max_fee_per_gas + 1; })}},
      {"too little gas", {with([](auto& tx) { tx.gas_limit = gas{20'999}; })}},
      {"more gas than a block has", {with([](auto& tx) { tx.gas_limit = gas{30'000'001}; })}},
      {"more value than there is", {with([](auto& tx) { tx.value = wei{1} << 200; })}},
      {"a sender with nothing", {wallet{2}.send(0)->raw}},
  };
  for (const auto& [where, transactions] : lists) {
    auto changed = good;
    changed.transactions = transactions;
    INFO(where);
    const auto verdict = engine.check(rehashed(changed));
    REQUIRE(verdict);
    CHECK(verdict->status == payload_status::invalid);
    CHECK(verdict->latest_valid_hash == parent.block_hash);
    CHECK_FALSE(verdict->validation_error.empty());
  }
  CHECK(engine.check(good).value().status == payload_status::valid);
}

TEST_CASE("a payload with another hash than its own is invalid") {
  engine_under_test engine;
  const auto good = engine.build(engine.first(), engine_under_test::after(engine.first()));
  auto wrong = good;
  flip(wrong.block_hash);
  const auto verdict = engine.check(wrong).value();
  CHECK(verdict.status == payload_status::invalid);
  CHECK_FALSE(verdict.latest_valid_hash);
  auto changed = good;
  flip(changed.state_root);
  CHECK(engine.check(changed).value().status == payload_status::invalid);
  CHECK(engine.check(good).value().status == payload_status::valid);
}

TEST_CASE("a payload on an unknown parent is put off until its parent is there") {
  engine_under_test engine;
  const auto one = engine.extend(engine.first());
  auto two = one;
  two.parent_hash = one.block_hash;
  flip(two.parent_hash);
  ++two.block_number;
  const auto verdict = engine.check(rehashed(two)).value();
  CHECK(verdict.status == engine.habits().puts_off);
  CHECK(verdict.state_changes.empty());
  CHECK(engine.extend(one).block_number == block_height{2});
}

TEST_CASE("descendants of an invalid payload are invalid too") {
  engine_under_test engine;
  const auto one = engine.extend(engine.first());
  auto bad = engine.build(one, engine_under_test::after(one));
  flip(bad.state_root);
  bad = rehashed(bad);
  REQUIRE(engine.check(bad).value().status == payload_status::invalid);
  auto child = bad;
  child.parent_hash = bad.block_hash;
  ++child.block_number;
  child.timestamp = child.timestamp + 1;
  child = rehashed(child);
  const auto verdict = engine.check(child).value();
  const auto moved = engine.move({.head = bad.block_hash}).value();
  if (engine.habits().remembers_invalid) {
    CHECK(verdict.status == payload_status::invalid);
    CHECK(verdict.latest_valid_hash == one.block_hash);
    CHECK(moved.latest_valid_hash == one.block_hash);
  } else {
    CHECK(verdict.status == engine.habits().puts_off);
    CHECK_FALSE(moved.latest_valid_hash);
  }
  CHECK(moved.status == payload_status::invalid);
  CHECK(engine.extend(one).block_number == block_height{2});
}

TEST_CASE("a payload that is fed again is valid again") {
  engine_under_test engine;
  const auto one = engine.extend(engine.first());
  const auto two = engine.extend(one);
  for (const auto& each : {one, two, one}) {
    const auto verdict = engine.check(each).value();
    CHECK(verdict.status == payload_status::valid);
    CHECK(verdict.latest_valid_hash == each.block_hash);
  }
  CHECK(engine.extend(two).block_number == block_height{3});
}

TEST_CASE("payloads that another engine has built are valid") {
  std::vector<execution_payload> blocks;
  {
    engine_under_test engine;
    (void)engine.submit(rich.send(0)).value();
    blocks.push_back(engine.build_with(1, engine.first()));
    engine.adopt(blocks.back());
    blocks.push_back(engine.extend(blocks.back()));
  }
  engine_under_test another;
  for (const auto& each : blocks) another.adopt(each);
  CHECK(another.account(rich.who()).value().nonce == 1);
}

TEST_CASE("withdrawals mint gwei in the order and number that they were given in") {
  engine_under_test engine;
  const auto lucky = address::literal("0x0000000000000000000000000000000000000077");
  const auto other = address::literal("0x0000000000000000000000000000000000000078");
  auto with = engine_under_test::after(engine.first());
  with.withdrawals = {{.index = 7, .validator_index = 3, .recipient = lucky, .amount = gwei{5}},
                      {.index = 8, .validator_index = 1, .recipient = other, .amount = gwei{1}},
                      {.index = 9, .validator_index = 1, .recipient = lucky, .amount = gwei{7}},
                      {.index = 9, .validator_index = 1, .recipient = lucky, .amount = gwei{7}}};
  const auto made = engine.build(engine.first(), with);
  CHECK(made.withdrawals == with.withdrawals);
  auto swapped = made;
  std::swap(swapped.withdrawals[0], swapped.withdrawals[1]);
  CHECK(engine.check(swapped).value().status == payload_status::invalid); // the hash binds the order
  engine.adopt(made);
  CHECK(engine.account(lucky).value().balance == to_wei(gwei{19}));
  CHECK(engine.account(other).value().balance == to_wei(gwei{1}));
}

TEST_CASE("a mint of the most gwei that there can be is exact") {
  engine_under_test engine;
  const auto lucky = address::literal("0x0000000000000000000000000000000000000077");
  auto with = engine_under_test::after(engine.first());
  with.withdrawals = {{.index = ~std::uint64_t{0}, .validator_index = ~std::uint64_t{0}, .recipient = lucky, .amount = gwei::max()}};
  const auto made = engine.build(engine.first(), with);
  CHECK(made.withdrawals == with.withdrawals);
  engine.adopt(made);
  CHECK(engine.account(lucky).value().balance == to_wei(gwei::max()));
}
