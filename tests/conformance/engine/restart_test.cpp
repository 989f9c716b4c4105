// SPDX-License-Identifier: Apache-2.0
//
// Engines that are stopped, and engines that are killed.
#include "engine_under_test.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <vector>

using namespace alys::domain;
using alys::domain::test::somebody;
using alys::domain::test::wallet;
using alys::test::engine_under_test;

namespace {

const wallet rich{1};

// Block 0 and blocks that mint one gwei each, the last of which is the head.
[[nodiscard]] std::vector<execution_payload> chain_of(engine_under_test& engine, std::size_t length) {
  std::vector<execution_payload> blocks{engine.first()};
  while (blocks.size() <= length) {
    auto with = engine_under_test::after(blocks.back());
    with.withdrawals = {{.recipient = somebody, .amount = gwei{1}}};
    blocks.push_back(engine.build(blocks.back(), with));
    engine.adopt(blocks.back());
  }
  return blocks;
}

// All but block 0, which every engine has and no payload is.
[[nodiscard]] bool takes_again(engine_under_test& engine, const std::vector<execution_payload>& blocks) {
  return std::all_of(blocks.begin() + 1, blocks.end(),
                     [&](const auto& each) { return engine.check(each).value().status == payload_status::valid; });
}

} // namespace

TEST_CASE("an engine that was stopped has its blocks and goes on") {
  engine_under_test engine;
  const auto blocks = chain_of(engine, 3);
  engine.restart();
  CHECK(engine.genesis().value().payload == engine.first());
  const auto moved = engine.move({.head = blocks[3].block_hash}).value();
  CHECK(moved.status == payload_status::valid);
  CHECK(moved.latest_valid_hash == blocks[3].block_hash);
  CHECK(engine.account(somebody).value().balance == to_wei(gwei{3}));
  CHECK(engine.account(somebody, blocks[1].block_hash).value().balance == to_wei(gwei{1}));
  CHECK(engine.extend(blocks[3]).block_number == block_height{4});
}

TEST_CASE("safe and finalized blocks that are told again after a restart are those") {
  engine_under_test engine;
  const auto blocks = chain_of(engine, 3);
  const forkchoice_state choice{.head = blocks[3].block_hash, .safe = blocks[2].block_hash, .finalized = blocks[1].block_hash};
  REQUIRE(engine.move(choice).value().status == payload_status::valid);
  for (const bool in_order : {true, false}) {
    if (in_order) engine.restart();
    else engine.kill();
    CHECK(takes_again(engine, blocks));
    CHECK(engine.move(choice).value().status == payload_status::valid);
    CHECK(engine.account(somebody, block_tag::safe).value().balance == to_wei(gwei{2}));
    CHECK(engine.account(somebody, block_tag::finalized).value().balance == to_wei(gwei{1}));
  }
  CHECK(engine.extend(blocks[3]).block_number == block_height{4});
}

TEST_CASE("an engine that is killed in the middle of a build loses that payload and no block that it is given again") {
  engine_under_test engine;
  auto blocks = chain_of(engine, 2);
  (void)engine.submit(rich.send(0)).value();
  blocks.push_back(engine.build_with(1, blocks.back()));
  engine.adopt(blocks.back());
  for (std::uint64_t round = 1; round <= 3; ++round) {
    const auto with = engine_under_test::after(blocks.back());
    const auto id = engine.move({.head = blocks.back().block_hash}, with).value().payload.value();
    engine.kill();
    CHECK(engine.fetch(id) == engine_error::unknown_payload);
    CHECK(takes_again(engine, blocks));
    CHECK(engine.move({.head = blocks.back().block_hash}).value().status == payload_status::valid);
    CHECK(engine.account(rich.who()).value().nonce == 1);
    blocks.push_back(engine.extend(blocks.back()));
    CHECK(blocks.back().block_number == block_height{round + 3});
  }
}

TEST_CASE("an engine that is killed before it was moved to a payload takes it afterwards") {
  engine_under_test engine;
  const auto blocks = chain_of(engine, 1);
  const auto next = engine.build(blocks[1], engine_under_test::after(blocks[1]));
  REQUIRE(engine.check(next).value().status == payload_status::valid);
  engine.kill();
  CHECK(takes_again(engine, blocks));
  engine.adopt(next);
  CHECK(engine.extend(next).block_number == block_height{3});
}

TEST_CASE("transactions that wait outlive their engine where they are put back") {
  engine_under_test engine;
  const auto blocks = chain_of(engine, 1);
  const auto tx = rich.send(0);
  (void)engine.submit(tx).value();
  engine.kill();
  CHECK(takes_again(engine, blocks));
  REQUIRE(engine.move({.head = blocks[1].block_hash}).value().status == payload_status::valid);
  CHECK(engine.restore({tx->raw}).value().empty());
  engine.adopt(engine.build_with(1, blocks[1]));
  CHECK(engine.account(rich.who()).value().nonce == 1);
}
