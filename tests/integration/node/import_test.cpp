// SPDX-License-Identifier: Apache-2.0
//
// Blocks from elsewhere: what is taken, what is refused and with which code, and that the chain goes on.
#include "block_maker.hpp"
#include "support/temporary_folder.hpp"

#include <alys/domain/chain/certificate.hpp>
#include <alys/domain/chain/identity.hpp>

#include <catch2/catch.hpp>

using namespace alys::domain;
using namespace alys::test;

namespace {

constexpr slot first_slot{850'000'000};

[[nodiscard]] slot after(slot s, std::uint64_t by) { return s + by; }

// A node that follows a chain whose authorities are all in this test, at a time that stands still.
struct follower {
  explicit follower(std::size_t authorities = 3, unix_milliseconds now = clock_of(dev_spec(2s)).start_of(slot{850'001'000}))
      : maker(dev_spec(2s, authorities)),
        node(folder.path(), {.spec = dev_spec(2s, authorities), .author = false, .wall_clock = [now] { return now; }}) {}

  // Extends the chain by one block a slot.
  std::vector<block> extend(block from, slot first, std::size_t count) {
    std::vector<block> made;
    for (std::size_t i = 0; i < count; ++i) {
      made.push_back(maker.on(from, first + i));
      from = made.back();
      REQUIRE(node.import(from) == ref_to(from.header));
    }
    return made;
  }

  temporary_folder folder;
  block_maker maker;
  live_node node;
};

} // namespace

TEST_CASE("a new node makes the genesis block that its spec describes and keeps it") {
  const temporary_folder folder;
  const block_maker maker(dev_spec());
  const node_setup still{.author = false};
  block_id genesis;
  {
    live_node first(folder.path(), {.spec = dev_spec(), .author = false});
    genesis = first.head().genesis;
    CHECK(genesis == id_of(maker.genesis.header));
    CHECK(first.head().head.id == genesis);
    CHECK(first.store().block_by_height(block_height{0}).value()->block == maker.genesis);
    CHECK(first.store().block_by_height(block_height{0}).value()->final);
  }
  live_node second(folder.path(), {.spec = dev_spec(), .author = false});
  CHECK(second.head().genesis == genesis);
}

TEST_CASE("blocks from elsewhere become the chain and the last but one of three in a row is final") {
  follower f;
  const auto made = f.extend(f.maker.genesis, first_slot, 4);
  const chain_head head = f.node.head();
  CHECK(head.head == ref_to(made[3].header));
  CHECK(head.head_time == made[3].header.time);
  CHECK(head.head_payload == made[3].payload.block_hash);
  CHECK(head.last_final == ref_to(made[2].header));
  for (std::size_t i = 0; i < made.size(); ++i) CHECK(f.node.store().block_by_height(block_height{i + 1}).value()->block == made[i]);
}

TEST_CASE("the blocks that a node makes pass the import of another one") {
  const temporary_folder one;
  const temporary_folder other;
  live_node author(one.path());
  REQUIRE(author.reaches(block_height{5}));
  live_node copy(other.path(), {.spec = dev_spec(100ms), .author = false});
  for (block_height at{1}; at <= block_height{5}; ++at) {
    const auto made = author.store().block_by_height(at).value();
    REQUIRE(made);
    CHECK(copy.import(made->block) == ref_to(made->block.header));
  }
  CHECK(copy.head().genesis == author.head().genesis);
  CHECK(copy.head().head.height == block_height{5});
}

TEST_CASE("a chain goes over to another fork of Ethereum at its time and another node follows and a new life goes on") {
  const temporary_folder one;
  const temporary_folder other;
  node_setup setup;
  setup.spec.execution.cancun = unix_seconds{to_seconds(setup.wall_clock()).value() + 2};
  std::vector<execution_fork> forks;
  const auto fork_of = [](const live_node& node, block_height at) { return node.store().block_by_height(at).value()->block.payload.fork; };
  block_height height;
  {
    live_node author(one.path(), setup);
    REQUIRE(author.wait_until([&] { return fork_of(author, author.head().head.height) == execution_fork::cancun; }));
    height = author.head().head.height;
    setup.author = false;
    live_node copy(other.path(), setup);
    for (block_height at{1}; at <= height; ++at) {
      CHECK(copy.import(author.store().block_by_height(at).value()->block).has_value());
      forks.push_back(fork_of(copy, at));
    }
  }
  CHECK(forks.front() == execution_fork::shanghai);
  CHECK(forks.back() == execution_fork::cancun);
  CHECK(std::ranges::is_sorted(forks));
  setup.author = true;
  live_node again(one.path(), setup);
  REQUIRE(again.reaches(height + 2));
  CHECK(fork_of(again, height + 2) == execution_fork::cancun);
}

TEST_CASE("a block that is wrong is refused with the code of its error and the chain goes on") {
  struct wrong {
    std::string name;
    alys::code code;
    std::function<void(block&, const block_maker&)> spoil;
  };
  const auto header = [](auto change) {
    return [change](block& b, const block_maker& m) {
      change(b.header);
      m.sign(b);
    };
  };
  const auto payload = [](auto change) {
    return [change](block& b, const block_maker& m) {
      change(b.payload);
      m.sign_payload(b);
    };
  };
  // A payload whose hash fits, so that the engine must execute it to see what is wrong.
  const auto executed = [payload](auto change) {
    return payload([change](execution_payload& p) {
      change(p);
      p.block_hash = hash_of(header_of(p));
    });
  };
  const auto somewhere = keccak256(bytes_of("somewhere else"));
  const std::vector<wrong> wrongs{
      {"another chain", block_error::wrong_chain, header([](block_header& h) { ++h.chain_id; })},
      {"an unknown parent", block_error::unknown_parent, header([&](block_header& h) { h.parent = block_id{somewhere.content()}; })},
      {"a height too far", block_error::wrong_height, header([](block_header& h) { ++h.height; })},
      {"another fork", block_error::wrong_fork, header([](block_header& h) { ++h.fork; })},
      {"the parent's slot", block_error::slot_not_after_parent, header([](block_header& h) { h.slot = first_slot; })},
      {"a time of another slot", block_error::time_outside_slot, header([](block_header& h) { h.time = h.time + 2'000; })},
      {"the wrong author", block_error::wrong_author, header([](block_header& h) { h.author.value = h.author.value == 0 ? 1 : 0; })},
      {"a payload that it does not commit to", block_error::wrong_payload,
       [](block& b, const block_maker&) { b.payload.extra_data = {1}; }},
      {"a payload on another parent", block_error::wrong_payload_parent, payload([&](execution_payload& p) { p.parent_hash = somewhere; })},
      {"a payload of another time", block_error::wrong_payload_time, payload([](execution_payload& p) { p.timestamp = p.timestamp + 1; })},
      {"another gas limit", block_error::wrong_gas_limit, payload([](execution_payload& p) { p.gas_limit = p.gas_limit + 1; })},
      {"a withdrawal that nobody granted", mint_error::not_granted, payload([](execution_payload& p) { p.withdrawals.push_back({}); })},
      {"a seal of somebody else", block_error::bad_seal, [](block& b, const block_maker&) { b.seal.data()[63] ^= 1U; }},
      {"too few approvals", certificate_error::no_quorum, [](block& b, const block_maker&) { b.approvals.resize(1); }},
      {"an approval twice", certificate_error::out_of_order, [](block& b, const block_maker&) { b.approvals[1] = b.approvals[0]; }},
      {"a false approval", certificate_error::bad_approval,
       [](block& b, const block_maker&) { b.approvals[0].signature = b.approvals[1].signature; }},
      {"a hash that is not the payload's", chain_error::invalid_payload, payload([&](execution_payload& p) { p.block_hash = somewhere; })},
      {"another state root", chain_error::invalid_payload, executed([&](execution_payload& p) { p.state_root = somewhere; })},
      {"another receipts root", chain_error::invalid_payload, executed([&](execution_payload& p) { p.receipts_root = somewhere; })},
      {"gas that nobody used", chain_error::invalid_payload, executed([](execution_payload& p) { p.gas_used = gas{21'000}; })},
      {"another base fee", chain_error::invalid_payload, executed([](execution_payload& p) { p.base_fee_per_gas += 1; })},
      {"a transaction that is none", chain_error::invalid_payload, executed([](execution_payload& p) {
         p.transactions.push_back({0x02, 0xc0});
       })},
      {"a transaction that the sender cannot pay", chain_error::invalid_payload,
       executed([](execution_payload& p) { p.transactions.push_back(dev_transfer(0, {.value = to_wei(gwei{gwei::max()})})->raw); })},
  };
  follower f;
  const block parent = f.extend(f.maker.genesis, first_slot, 1).front();
  const block good = f.maker.on(parent, after(first_slot, 4));
  for (const wrong& each : wrongs) {
    INFO(each.name);
    block bad = good;
    each.spoil(bad, f.maker);
    const auto outcome = f.node.import(bad);
    REQUIRE_FALSE(outcome.has_value());
    INFO(outcome.error().message());
    CHECK(outcome == each.code);
    CHECK(outcome.error().refused());
    CHECK(f.node.head().head == ref_to(parent.header));
    CHECK_FALSE(f.node.store().block_by_id(id_of(bad.header)).value().has_value());
  }
  CHECK(f.node.import(good) == ref_to(good.header));
  CHECK(f.node.at("/root/chain/chain").incarnation == 1);
  CHECK(f.node.at("/root/chain/engine").incarnation == 1);
}

TEST_CASE("a block whose time has not come is refused and is welcome when it has") {
  const temporary_folder folder;
  const chain_spec spec = dev_spec(2s, 3);
  block_maker maker(spec);
  const block early = maker.on(maker.genesis, first_slot);
  std::atomic<std::uint64_t> now{early.header.time.value() - 501}; // the drift is 500 ms
  live_node node(folder.path(), {.spec = spec, .author = false, .wall_clock = [&] { return unix_milliseconds{now.load()}; }});
  CHECK(node.import(early) == block_error::too_early);
  ++now;
  CHECK(node.import(early) == ref_to(early.header));
}

TEST_CASE("a block that is known is a success however old it is") {
  follower f;
  const auto made = f.extend(f.maker.genesis, first_slot, 6);
  REQUIRE(f.node.head().last_final.height == block_height{5});
  const auto imported = f.node.heard().blocks().size();
  CHECK(f.node.import(made[5]) == ref_to(made[5].header));
  CHECK(f.node.import(made[4]) == ref_to(made[4].header)); // the last final one
  CHECK(f.node.import(made[0]) == ref_to(made[0].header)); // below it
  CHECK(f.node.import(f.maker.genesis) == ref_to(f.maker.genesis.header));
  CHECK(f.node.heard().blocks().size() == imported);
}

TEST_CASE("a block that would undo a final one is refused as that") {
  follower f;
  const auto made = f.extend(f.maker.genesis, first_slot, 6);
  const block beside = f.maker.on(made[1], after(first_slot, 30));
  CHECK(f.node.import(beside) == tree_error::final_already);
  const block beside_final = f.maker.on(made[3], after(first_slot, 30));
  CHECK(f.node.import(beside_final) == tree_error::final_already);
  CHECK(f.node.head().head == ref_to(made[5].header));
}

TEST_CASE("the longer chain wins and what only the shorter one held waits again") {
  follower f;
  const block trunk = f.extend(f.maker.genesis, first_slot, 1).front();
  const auto transfer = dev_transfer(0);
  REQUIRE(f.node.submit(transfer) == transfer->hash);
  const block shorter = f.maker.on(trunk, after(first_slot, 5), {transfer});
  REQUIRE(f.node.import(shorter).has_value());
  CHECK(f.node.account(dev_account).nonce == 1);
  CHECK_FALSE(f.node.waits_in_pool(transfer->hash));

  block_maker other(dev_spec(2s, 3)); // whose pool knows nothing of the transfer
  const block same_trunk = other.on(other.genesis, first_slot);
  REQUIRE(same_trunk == trunk);
  const block longer_1 = other.on(trunk, after(first_slot, 10));
  const block longer_2 = other.on(longer_1, after(first_slot, 20));
  REQUIRE(f.node.import(longer_1).has_value());
  REQUIRE(f.node.import(longer_2).has_value());
  CHECK(f.node.head().head == ref_to(longer_2.header));
  CHECK(f.node.account(dev_account).nonce == 0);
  CHECK(f.node.waits_in_pool(transfer->hash));
  const auto journaled = f.node.store().journaled().value();
  REQUIRE(journaled.size() == 1);
  CHECK(journaled.front().hash == transfer->hash);
  CHECK(f.node.store().block_by_height(block_height{2}).value()->block == longer_1);
  CHECK_FALSE(f.node.store().find_transaction(transfer->hash).value().has_value());
  CHECK(f.node.store().block_by_id(id_of(shorter.header)).value()->block == shorter);
}

// Finality cuts off the longer branch, and what is longest on top of the final block is not what made it final.
TEST_CASE("a block that makes its parent final may leave the head to a branch that was there before it") {
  follower f;
  const block first = f.maker.on(f.maker.genesis, first_slot + 1);
  const block second = f.maker.on(first, first_slot + 2);
  std::vector<block> lost{f.maker.on(first, first_slot + 4)};
  lost.push_back(f.maker.on(lost.back(), first_slot + 6));
  lost.push_back(f.maker.on(lost.back(), first_slot + 8));
  lost.push_back(f.maker.on(lost.back(), first_slot + 10));
  const block finalizing = f.maker.on(second, first_slot + 3);
  const auto transfer = dev_transfer(0);
  const block sibling = f.maker.on(second, first_slot + 5, {transfer});
  const block top = f.maker.on(sibling, first_slot + 7);

  for (const block& each : {first, second}) REQUIRE(f.node.import(each) == ref_to(each.header));
  for (const block& each : lost) REQUIRE(f.node.import(each) == ref_to(each.header));
  for (const block& each : {sibling, top}) REQUIRE(f.node.import(each) == ref_to(each.header));
  REQUIRE(f.node.head().head == ref_to(lost.back().header));
  REQUIRE(f.node.import(finalizing) == ref_to(finalizing.header));

  const chain_head seen = f.node.head();
  CHECK(seen.last_final == ref_to(second.header));
  CHECK(seen.head == ref_to(top.header));
  CHECK(seen.head_time == top.header.time);
  CHECK(f.node.store().progress().value()->head == seen.head);
  CHECK(f.node.store().block_by_height(block_height{2}).value()->block == second);
  CHECK(f.node.store().block_by_height(block_height{3}).value()->block == sibling);
  CHECK(f.node.store().block_by_height(block_height{4}).value()->block == top);
  CHECK_FALSE(f.node.store().block_by_height(block_height{5}).value().has_value());
  CHECK(f.node.store().find_transaction(transfer->hash).value().has_value());
  const block next = f.maker.on(top, first_slot + 12);
  CHECK(f.node.import(next) == ref_to(next.header));
}

TEST_CASE("an undone transaction is in the pool again after a restart") {
  const temporary_folder folder;
  const chain_spec spec = dev_spec(2s, 3);
  const auto now = [] { return clock_of(dev_spec(2s)).start_of(slot{850'001'000}); };
  const auto transfer = dev_transfer(0);
  {
    live_node node(folder.path(), {.spec = spec, .author = false, .wall_clock = now});
    block_maker one(spec);
    block_maker other(spec);
    REQUIRE(node.import(one.on(one.genesis, first_slot, {transfer})).has_value());
    const block first = other.on(other.genesis, after(first_slot, 5));
    REQUIRE(node.import(first).has_value());
    REQUIRE(node.import(other.on(first, after(first_slot, 10))).has_value());
  }
  live_node again(folder.path(), {.spec = spec, .author = false, .wall_clock = now});
  CHECK(again.head().head.height == block_height{2});
  CHECK(again.waits_in_pool(transfer->hash));
}

TEST_CASE("a node continues the chain that it finds") {
  const temporary_folder folder;
  const chain_spec spec = dev_spec(2s, 3);
  const auto now = [] { return clock_of(dev_spec(2s)).start_of(slot{850'001'000}); };
  block_maker maker(spec);
  block top = maker.genesis;
  chain_head before;
  {
    live_node node(folder.path(), {.spec = spec, .author = false, .wall_clock = now});
    // Slots with gaps, so that nothing becomes final.
    for (std::uint64_t i = 0; i < 5; ++i) {
      top = maker.on(top, after(first_slot, 2 * i));
      REQUIRE(node.import(top).has_value());
    }
    before = node.head();
    CHECK(before.last_final.height == block_height{0});
  }
  live_node node(folder.path(), {.spec = spec, .author = false, .wall_clock = now});
  const chain_head after_restart = node.head();
  CHECK(after_restart.head == before.head);
  CHECK(after_restart.head_time == before.head_time);
  CHECK(after_restart.head_payload == before.head_payload);
  CHECK(after_restart.last_final == before.last_final);
  CHECK(node.import(maker.on(top, after(first_slot, 20))).value().height == block_height{6});
}

TEST_CASE("imports that come all at once are done in order") {
  const temporary_folder folder;
  const chain_spec spec = dev_spec(2s, 3);
  block_maker maker(spec);
  live_node node(folder.path(),
                 {.spec = spec, .author = false, .wall_clock = [] { return clock_of(dev_spec(2s)).start_of(slot{850'001'000}); }});
  std::vector<block> chain;
  block top = maker.genesis;
  for (std::uint64_t i = 0; i < 20; ++i) chain.push_back(top = maker.on(top, after(first_slot, i)));
  const auto chain_ref = node.system().find<chain_actor>("/root/chain/chain").value();
  for (const block& each : chain) alys::send(chain_ref, import_block{each});
  CHECK(node.reaches(block_height{20}));
  CHECK(node.head().head == ref_to(top.header));
}
