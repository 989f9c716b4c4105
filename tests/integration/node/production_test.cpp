// SPDX-License-Identifier: Apache-2.0
//
// Turns and blocks over time: an engine in every mood, a busy node, a clock that jumps.
#include "virtual_node.hpp"

#include <catch2/catch.hpp>

using namespace alys::domain;
using namespace alys::test;
using alys::health_state;
using Catch::Contains;

namespace {

using slots = std::vector<std::uint64_t>;

constexpr auto chain_path = "/root/chain/chain";

[[nodiscard]] slots range(std::uint64_t first, std::uint64_t last) {
  slots all;
  for (; first <= last; ++first) all.push_back(first);
  return all;
}

} // namespace

TEST_CASE("an authority makes one block in each of its slots at the slot's beginning") {
  virtual_node node;
  node.pass(20s);
  CHECK(node.slots() == range(1, 10));
  const slot_clock clock{2s};
  for (std::uint64_t i = 1; i <= 10; ++i) {
    const auto header = node.store().block_by_height(block_height{i}).value()->block.header;
    CHECK(header.time == clock.start_of(header.slot));
  }
  CHECK(node.health(chain_path).state == health_state::healthy);
}

TEST_CASE("an authority among others makes blocks in its own slots only") {
  virtual_node node({.spec = dev_spec(2s, 4)});
  node.pass(41s);
  // Nobody else approves, so none of its blocks is certified; that it took its turns is what its trouble shows.
  CHECK(node.slots().empty());
  const auto health = node.health(chain_path);
  CHECK(health.state == health_state::degraded);
  CHECK_THAT(health.why, Contains("slot 850000020 was not used: its block was refused") && Contains("no_quorum"));
}

TEST_CASE("a node without a key follows and signs nothing") {
  virtual_node node({.spec = dev_spec(2s), .author = false});
  node.pass(20s);
  CHECK(node.slots().empty());
  CHECK(node.health("/root").state == health_state::healthy);
}

TEST_CASE("a slot whose payload the engine does not give is skipped and the next one is used") {
  for (const mood how : {mood::silent, mood::refuses, mood::syncing}) {
    INFO(static_cast<int>(how));
    virtual_node node;
    node.pass(3s);
    node.engine().building = how;
    node.pass(2s); // slot 2
    node.engine().building = mood::well;
    node.pass(6s);
    CHECK(node.slots() == slots{1, 3, 4, 5});
    CHECK(node.health(chain_path).state == health_state::healthy);
    CHECK(node.time().incarnation(node.chain()) == 1);
  }
}

TEST_CASE("an engine that answers no more is given up with the slot and asked again in the next") {
  virtual_node node;
  node.pass(3s);
  node.engine().building = mood::silent;
  node.pass(5s); // the payload for slot 2 is awaited until 0.5 s into slot 3
  CHECK(node.slots() == slots{1});
  CHECK_THAT(node.health(chain_path).why, Contains("slot 850000002 was not used: no payload: ") && Contains("deadline"));
  CHECK(alys::ready(node.health("/root").state));
  node.engine().building = mood::well;
  node.pass(3s);
  CHECK(node.slots() == slots{1, 4, 5});
  CHECK(node.health("/root").state == health_state::healthy);
}

TEST_CASE("what keeps a node from using its slots is in its health until it uses one") {
  virtual_node node;
  node.pass(3s);
  node.engine().building = mood::refuses;
  node.pass(6s);
  CHECK(node.slots() == slots{1});
  CHECK_THAT(node.health(chain_path).why, Contains("slot 850000004 was not used: no payload: ") && Contains("as the test wants it"));
  CHECK(node.health("/root").state == health_state::degraded);
  node.engine().building = mood::well;
  node.pass(3s);
  CHECK(node.slots() == slots{1, 5, 6});
  CHECK(node.health("/root").state == health_state::healthy);
}

TEST_CASE("an engine that fails is restarted with those that depend on it and the chain goes on") {
  virtual_node node;
  node.pass(3s);
  const auto transfer = dev_transfer(0);
  node.engine().building = mood::refuses;
  REQUIRE(node.submit(transfer) == transfer->hash);
  node.engine().building = mood::fails;
  node.pass(2s); // slot 2
  CHECK(node.time().seen().decisions_about("/root/chain/engine") == std::vector{alys::action::restart});
  node.engine().building = mood::well;
  node.pass(6s);
  CHECK(node.slots() == slots{1, 3, 4, 5});
  CHECK(node.time().incarnation(node.chain()) == 2);
  CHECK(node.health("/root").state == health_state::healthy);
  CHECK(times_included(node.store(), {transfer}) == std::vector<std::size_t>{1});
}

TEST_CASE("a payload that comes within the drift is used and one that comes later is not") {
  virtual_node node;
  node.pass(2s); // slot 1
  node.engine().building = mood::late;
  node.pass(4'400ms); // slot 2 is over by 0.4 s
  REQUIRE(node.engine().held() == 1);
  node.engine().answer_now();
  node.engine().building = mood::well;
  node.pass(100ms);
  CHECK(node.slots() == slots{1, 2, 3}); // slot 3 had to wait, but it lasts yet
  node.engine().building = mood::late;
  node.pass(4'100ms); // slot 4 is over, and the drift too
  node.engine().building = mood::well;
  node.engine().answer_now();
  node.pass(2s);
  CHECK(node.slots() == slots{1, 2, 3, 5, 6});
}

TEST_CASE("a turn that comes while a block is imported waits for it as long as its slot lasts") {
  virtual_node node;
  node.pass(1'900ms);
  node.engine().checking = mood::late;
  node.pass(3s); // the block of slot 1 is with the engine when slot 2 begins
  CHECK(node.slots().empty());
  node.engine().checking = mood::well;
  node.engine().answer_now();
  node.pass(10ms);
  CHECK(node.slots() == slots{1, 2});
}

TEST_CASE("an import that takes several slots costs those slots and the node says so") {
  virtual_node node;
  node.pass(1'900ms);
  node.engine().checking = mood::late;
  node.pass(5s); // slots 2 and 3 begin
  node.engine().checking = mood::well;
  node.engine().answer_now();
  node.pass(10ms);
  CHECK(node.slots() == slots{1, 3});
}

TEST_CASE("a block that its own engine finds wrong is not imported and the next turn comes") {
  virtual_node node;
  node.pass(3s);
  node.engine().checking = mood::syncing;
  node.pass(2s);
  CHECK(node.slots() == slots{1});
  CHECK_THAT(node.health(chain_path).why, Contains("slot 850000002 was not used: its block was refused") && Contains("engine_unavailable"));
  node.engine().checking = mood::well;
  node.pass(2s);
  CHECK(node.slots() == slots{1, 3});
  CHECK(node.time().incarnation(node.chain()) == 1);
}

TEST_CASE("an engine that does not take its head makes the chain begin a new life which leads it there") {
  virtual_node node;
  node.pass(3s);
  node.engine().moving = mood::syncing;
  node.pass(2s); // block 2 is stored, and the engine stays behind
  CHECK(node.slots() == slots{1, 2});
  CHECK(node.time().seen().decisions_about(chain_path).front() == alys::action::restart);
  node.engine().moving = mood::well;
  node.pass(10s);
  CHECK(node.slots() == range(1, 7));
  CHECK(node.health("/root").state == health_state::healthy);
}

TEST_CASE("a clock that is set back shows in the health and no slot is used twice") {
  virtual_node node;
  node.pass(21s);
  REQUIRE(node.slots() == range(1, 10));
  node.set_clock(-8s);
  node.pass(3s);
  CHECK(node.slots() == range(1, 10));
  const auto health = node.health("/root/chain/aura");
  CHECK(health.state == health_state::degraded);
  CHECK_THAT(health.why, Contains("slot 850000010 was there already") && Contains("set back"));
  CHECK(node.health("/root").state == health_state::degraded);
  node.pass(8s);
  CHECK(node.slots() == range(1, 12));
  CHECK(node.health("/root").state == health_state::healthy);
}

TEST_CASE("a clock that is set back before a restart makes no second block in a slot either") {
  virtual_node node;
  node.pass(21s);
  node.set_clock(-8s);
  REQUIRE(node.time().system().inject_fault("/root/chain/engine"));
  node.pass(4s);
  CHECK(node.slots() == range(1, 10));
  CHECK(node.health("/root/chain/aura").state == health_state::degraded);
  node.pass(6s);
  CHECK(node.slots() == range(1, 11));
}

TEST_CASE("a clock that is set ahead leaves slots out") {
  virtual_node node;
  node.pass(5s);
  node.set_clock(60s);
  node.pass(4s);
  CHECK(node.slots() == slots{1, 2, 33, 34});
  CHECK(node.health("/root").state == health_state::healthy);
}

TEST_CASE("questions about the ledger get the engine's answers and its refusals") {
  virtual_node node;
  node.pass(3s);
  CHECK(node.time().ask(node.chain(), find_fees{})->gas_limit == dev_spec().gas_limit);
  CHECK(node.time().ask(node.chain(), find_account{dev_account, block_tag::latest})->nonce == 0);
  CHECK(node.time().ask(node.chain(), find_account{dev_account, keccak256(bytes_of("no block"))}) == engine_error::unknown_block);
  CHECK(node.time().ask(node.chain(), submit_raw_transaction{{0x01}}) == transaction_error::too_short);
  const auto transfer = dev_transfer(0);
  REQUIRE(node.submit(transfer) == transfer->hash);
  CHECK(node.submit(transfer) == transaction_error::already_known);
  CHECK(node.time().ask(node.chain(), find_pending_transaction{transfer->hash}).value() != nullptr);
  node.pass(2s);
  CHECK(node.time().ask(node.chain(), find_pending_transaction{transfer->hash}).value() == nullptr);
  CHECK(node.submit(transfer) == transaction_error::nonce_too_low);
}
