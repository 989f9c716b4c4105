// SPDX-License-Identifier: Apache-2.0
//
// The head, the safe and the finalized block, and the payloads that are begun on them.
#include "engine_under_test.hpp"

#include <catch2/catch.hpp>

#include <vector>

using namespace alys::domain;
using alys::domain::test::somebody;
using alys::domain::test::wallet;
using alys::test::engine_under_test;

namespace {

const wallet rich{1};
const auto nowhere = hash256::literal("0x0909090909090909090909090909090909090909090909090909090909090909");

[[nodiscard]] payload_attributes minting(const execution_payload& parent, std::uint64_t amount) {
  auto with = engine_under_test::after(parent);
  with.withdrawals = {{.recipient = somebody, .amount = gwei{amount}}};
  return with;
}

} // namespace

TEST_CASE("a head that is not known is put off and nothing moves") {
  engine_under_test engine;
  const auto one = engine.extend(engine.first());
  const auto verdict = engine.move({.head = nowhere}, engine_under_test::after(one)).value();
  CHECK(verdict.status == payload_status::syncing);
  CHECK_FALSE(verdict.payload);
  CHECK(engine.account(rich.who(), one.block_hash).has_value());
  CHECK(engine.extend(one).block_number == block_height{2});
}

TEST_CASE("a payload is the same at every call and unknown under another id") {
  engine_under_test engine;
  const auto id = engine.move({.head = engine.first().block_hash}, engine_under_test::after(engine.first())).value().payload.value();
  const auto made = engine.fetch(id).value();
  CHECK(engine.fetch(id).value() == made);
  auto other = id;
  other.data()[7] ^= 1U;
  CHECK(engine.fetch(other) == engine_error::unknown_payload);
}

TEST_CASE("the same attributes are the same payload and others are another") {
  engine_under_test engine;
  const auto id = [&](const payload_attributes& with) {
    return engine.move({.head = engine.first().block_hash}, with).value().payload.value();
  };
  const auto plain = minting(engine.first(), 1);
  std::vector<payload_attributes> others(7, plain);
  others[0].timestamp = plain.timestamp + 1;
  others[1].prev_randao.data()[0] = 1;
  others[2].fee_recipient.data()[0] = 1;
  others[3].withdrawals.clear();
  others[4].withdrawals[0].amount = gwei{2};
  others[5].withdrawals[0].recipient.data()[0] = 1;
  others[6].withdrawals.push_back(plain.withdrawals[0]);
  const auto first = id(plain);
  CHECK(id(plain) == first);
  for (std::size_t i = 0; i < others.size(); ++i) {
    INFO("attributes " << i);
    CHECK(id(others[i]) != first);
  }
}

TEST_CASE("a payload before its parent is not begun and the head has moved") {
  engine_under_test engine;
  const auto one = engine.build(engine.first(), minting(engine.first(), 3));
  REQUIRE(engine.check(one).value().status == payload_status::valid);
  auto before = engine_under_test::after(one);
  before.timestamp = unix_seconds{one.timestamp.value() - 1};
  CHECK(engine.move({.head = one.block_hash}, before) == engine_error::invalid_attributes);
  CHECK(engine.account(somebody).value().balance == to_wei(gwei{3}));
  CHECK(engine.extend(one).block_number == block_height{2});
}

TEST_CASE("a payload of its parent's time is begun where slots may be shorter than a second") {
  engine_under_test engine;
  auto same = engine_under_test::after(engine.first());
  same.timestamp = engine.first().timestamp;
  const auto begun = engine.move({.head = engine.first().block_hash}, same);
  if (!engine.habits().takes_equal_times) {
    CHECK(begun == engine_error::invalid_attributes);
    return;
  }
  engine.adopt(engine.fetch(begun.value().payload.value()).value());
  CHECK(engine.fees().has_value());
}

TEST_CASE("a payload may be built far in the future and one step after it") {
  engine_under_test engine;
  const auto far = engine.extend(engine.first(), 100'000'000);
  CHECK(engine.extend(far).timestamp == engine.first().timestamp + 100'000'001);
}

TEST_CASE("the head moves to a sibling and back") {
  engine_under_test engine;
  const auto base = engine.extend(engine.first());
  const auto one = engine.build(base, minting(base, 1));
  const auto two = engine.build(base, minting(base, 2));
  REQUIRE(one.block_hash != two.block_hash);
  for (const auto& each : {one, two}) REQUIRE(engine.check(each).value().status == payload_status::valid);
  for (const auto& each : {one, two, one}) {
    CHECK(engine.move({.head = each.block_hash}).value().status == payload_status::valid);
    CHECK(engine.account(somebody).value().balance == to_wei(each.withdrawals[0].amount));
  }
  CHECK(engine.extend(one).parent_hash == one.block_hash);
}

TEST_CASE("a longer branch and a shorter one replace each other") {
  engine_under_test engine;
  const auto base = engine.extend(engine.first());
  const auto other = engine.build(base, minting(base, 1));
  std::vector<execution_payload> branch{base};
  for (std::uint64_t i = 1; i <= 3; ++i) {
    branch.push_back(engine.build(branch.back(), minting(branch.back(), 10)));
    engine.adopt(branch.back());
  }
  engine.adopt(other);
  CHECK(engine.account(somebody).value().balance == to_wei(gwei{1}));
  CHECK(engine.account(somebody, branch[1].block_hash).has_value() == engine.habits().reads_abandoned);
  CHECK(engine.move({.head = branch.back().block_hash}).value().status == payload_status::valid);
  CHECK(engine.account(somebody).value().balance == to_wei(gwei{30}));
  CHECK(engine.account(somebody, branch[2].block_hash).value().balance == to_wei(gwei{20}));
}

TEST_CASE("blocks are read by their names and hashes") {
  engine_under_test engine;
  CHECK(engine.account(somebody, block_tag::safe) == engine_error::unknown_block);
  CHECK(engine.account(somebody, block_tag::finalized) == engine_error::unknown_block);
  std::vector<execution_payload> blocks{engine.first()};
  for (std::uint64_t i = 1; i <= 3; ++i) {
    blocks.push_back(engine.build(blocks.back(), minting(blocks.back(), 1)));
    engine.adopt(blocks.back());
  }
  const auto at = [&](const block_selector& block) { return engine.account(somebody, block).value().balance; };
  const forkchoice_state choice{.head = blocks[3].block_hash, .safe = blocks[2].block_hash, .finalized = blocks[1].block_hash};
  REQUIRE(engine.move(choice).value().status == payload_status::valid);
  CHECK(at(block_tag::latest) == to_wei(gwei{3}));
  CHECK(at(block_tag::safe) == to_wei(gwei{2}));
  CHECK(at(block_tag::finalized) == to_wei(gwei{1}));
  CHECK(at(block_tag::earliest) == 0);
  for (std::uint64_t i = 0; i <= 3; ++i) CHECK(at(blocks[i].block_hash) == to_wei(gwei{i}));
  CHECK(engine.account(somebody, nowhere) == engine_error::unknown_block);
}

TEST_CASE("a safe or finalized block that is no ancestor of the head is refused") {
  engine_under_test engine;
  const auto base = engine.extend(engine.first());
  const auto one = engine.build(base, minting(base, 1));
  const auto two = engine.build(base, minting(base, 2));
  for (const auto& each : {one, two}) engine.adopt(each);
  const auto taken = [&](const hash256& safe, const hash256& finalized) {
    const auto moved = engine.move({.head = two.block_hash, .safe = safe, .finalized = finalized});
    if (!moved) CHECK(moved == engine_error::invalid_forkchoice);
    return moved.has_value();
  };
  CHECK_FALSE(taken(one.block_hash, {}));
  CHECK_FALSE(taken(nowhere, {}));
  CHECK_FALSE(taken(base.block_hash, one.block_hash));
  CHECK_FALSE(taken(base.block_hash, nowhere));
  CHECK(taken(base.block_hash, base.block_hash));
}

TEST_CASE("the way back to an ancestor of the head is taken or said to be none") {
  engine_under_test engine;
  const auto one = engine.build(engine.first(), minting(engine.first(), 1));
  engine.adopt(one);
  const auto two = engine.extend(one);
  const auto back = engine.move({.head = one.block_hash}, minting(one, 4)).value();
  CHECK(back.status == payload_status::valid);
  CHECK(back.payload.has_value() == engine.habits().goes_back);
  if (back.payload) engine.adopt(engine.fetch(*back.payload).value());
  CHECK(engine.account(somebody).value().balance == to_wei(gwei{engine.habits().goes_back ? 5U : 1U}));
  CHECK(engine.move({.head = two.block_hash}).value().status == payload_status::valid);
}
