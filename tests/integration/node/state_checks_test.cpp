// SPDX-License-Identifier: Apache-2.0
//
// The check of the states: it comes round again and again beside all other work, follows the chain, and stops the node over what it finds.
#include "integration/storage/ledger_chain.hpp"
#include "unreliable_store.hpp"
#include "virtual_node.hpp"

#include <alys/domain/engine/world_state.hpp>
#include <alys/domain/storage/keys.hpp>
#include <alys/domain/storage/leveldb_store.hpp>
#include <alysd/exit_codes.hpp>

#include <leveldb/db.h>

#include <catch2/catch.hpp>

#include <algorithm>

using namespace alys::domain;
using namespace alys::test;
using Catch::Contains;

namespace {

// A state of several hundred nodes, most of which no block touches.
[[nodiscard]] chain_spec spec_with_many(std::uint16_t accounts, std::chrono::milliseconds slot) {
  chain_spec spec = dev_spec(slot);
  for (std::uint16_t n = 1; n <= accounts; ++n) {
    address who;
    who.data()[0] = static_cast<std::uint8_t>(n >> 8U);
    who.data()[1] = static_cast<std::uint8_t>(n);
    spec.accounts.push_back({who, 1});
  }
  std::ranges::sort(spec.accounts, {}, &genesis_account::address);
  return spec;
}

// Of the state after a block, the node that holds one of those accounts and that no transfer touches.
[[nodiscard]] hash256 leaf_of_nobody(const chain_spec& spec) {
  const auto genesis = make_execution_genesis(execution_genesis_of(spec)).value();
  address somebody;
  somebody.data()[1] = 1;
  std::vector<hash256> holders;
  for (const state_change& node : genesis.state_changes) {
    dom::test::memory_source without;
    without.add(genesis.state_changes);
    without.remove(node.hash);
    const bool mine = !world_state{genesis.header.state_root, without}.read(somebody);
    const bool used = !world_state{genesis.header.state_root, without}.read(dev_account);
    if (mine && !used) holders.push_back(node.hash);
  }
  REQUIRE_FALSE(holders.empty());
  return holders.back();
}

} // namespace

TEST_CASE("the whole state is looked at in small steps and again after each period") {
  std::vector<state_check_step> steps;
  virtual_node node(
      {.spec = spec_with_many(400, 2s), .check_period = 1min, .checked = [&](const state_check_step& s) { steps.push_back(s); }});
  const auto ends = [&] { return std::ranges::count(steps, true, &state_check_step::last); };
  node.pass(2s); // the chain begins with genesis, which is final
  REQUIRE(ends() == 1);
  REQUIRE(steps.size() > 10);
  std::uint64_t sum = 0;
  for (const state_check_step& step : steps) {
    CHECK(step.nodes <= 32);
    sum += step.nodes;
    CHECK(step.nodes_so_far == sum);
  }
  CHECK(sum > 400);
  const auto so_far = steps.size();
  node.pass(50s);
  CHECK(steps.size() == so_far);
  node.pass(20s);
  CHECK(ends() == 2);
  CHECK(steps.back().nodes_so_far >= sum);
  CHECK(steps.back().final_block.height > block_height{20});
  CHECK(node.slots().size() >= 35);
}

TEST_CASE("a check that is turned off looks at nothing") {
  std::size_t steps = 0;
  virtual_node node({.spec = dev_spec(2s), .check_period = 0ms, .checked = [&](const auto&) { ++steps; }});
  node.pass(10min);
  CHECK(steps == 0);
  CHECK(node.slots().size() >= 299);
}

TEST_CASE("reads are answered while a check is on its way") {
  std::vector<state_check_step> steps;
  virtual_node node(
      {.spec = spec_with_many(400, 2s), .check_period = 1min, .checked = [&](const state_check_step& s) { steps.push_back(s); }});
  for (int i = 0; i < 200 && steps.empty(); ++i) node.pass(10ms);
  REQUIRE(steps.size() == 1);
  const auto states = node.time().system().find<state_database_actor>("/root/storage/state_database").value();
  CHECK(node.time().ask(states, find_stored_account{dev_account, block_height{0}}).value().nonce == 0);
  CHECK_FALSE(steps.back().last);
}

TEST_CASE("a node of the state that nobody reads is found missing by the next check and the node stops") {
  std::size_t complete = 0;
  std::shared_ptr<unreliable_store> store;
  const chain_spec spec = spec_with_many(400, 2s);
  virtual_node node({.spec = spec,
                     .check_period = 1min,
                     .checked = [&](const state_check_step& s) { complete += s.last ? 1 : 0; },
                     .around_store = [&](auto inner) { return store = std::make_shared<unreliable_store>(std::move(inner)); }});
  node.pass(10s);
  REQUIRE(complete == 1);
  store->lose([gone = leaf_of_nobody(spec)](const hash256& hash) { return hash == gone; });
  node.pass(40s);
  CHECK_FALSE(node.time().system().end_cause());
  const auto blocks = node.slots().size();
  CHECK(blocks >= 24);
  node.pass(20s);
  const alys::error cause = node.time().system().end_cause();
  CHECK(cause == trie_error::missing_node);
  CHECK(cause.category() == alys::category::corruption);
  CHECK_THAT(cause.text(), Contains("the state of the final block ") && Contains(to_hex(leaf_of_nobody(spec))) && Contains("alysd repair"));
  CHECK(complete == 1);
}

namespace {

// A store with a chain in it, of which the test decides what is there.
struct checked_chain {
  // The highest block; the one below it is final.
  explicit checked_chain(std::size_t top) {
    for (std::size_t height = 0; height <= top; ++height) commit(height);
  }
  void commit(std::size_t height) {
    const import_batch& batch = chain.at(height);
    REQUIRE(inner->commit(std::span{&batch, 1}));
  }
  [[nodiscard]] const execution_payload& payload(std::size_t height) { return chain.at(height).contents.payload; }

  temporary_folder folder;
  ledger_chain chain;
  std::shared_ptr<leveldb_store> inner = leveldb_store::open(folder.path()).value();
  unreliable_store store{inner};
  state_checker checker{store};
};

} // namespace

TEST_CASE("a check of an empty store waits for a chain") {
  const temporary_folder folder;
  const auto store = leveldb_store::open(folder.path()).value();
  state_checker checker{*store};
  CHECK(checker.step(10).value() == std::nullopt);
}

TEST_CASE("a check follows the last final block") {
  checked_chain c{5};
  const auto first = c.checker.step(1).value().value();
  CHECK(first.final_block.height == block_height{4});
  CHECK_FALSE(first.last);
  c.commit(6);
  const auto second = c.checker.step(1'000).value().value();
  CHECK(second.final_block.height == block_height{5});
  CHECK(second.last);
  CHECK(second.nodes_so_far == 1 + second.nodes);
  CHECK(c.checker.step(1).value()->nodes_so_far == 1); // a new one
}

TEST_CASE("a final state that goes while it is looked at is no damage once there is a newer one") {
  checked_chain c{5};
  REQUIRE(c.checker.step(1).value()->final_block.height == block_height{4});
  bool gone = false;
  c.store.lose([&](const hash256& hash) {
    if (hash != c.payload(4).state_root) return false;
    if (!std::exchange(gone, true)) c.commit(6);
    return true;
  });
  const auto step = c.checker.step(1'000).value().value();
  CHECK(gone);
  CHECK(step.final_block.height == block_height{5});
  CHECK(step.last);
}

TEST_CASE("what is missing of the newest final state is damage that is told with what to do") {
  checked_chain c{5};
  const auto reports = [&](const hash256& lost, const std::string& words) {
    c.store.lose([=](const hash256& hash) { return hash == lost; });
    const auto found = c.checker.step(1'000);
    REQUIRE(found == trie_error::missing_node);
    CHECK(found.error().failed());
    CHECK_THAT(found.error().text(), Contains("the state of the final block 4 lacks the node " + to_hex(lost) + words) &&
                                         Contains("Restore the folder from a copy, or let alysd repair"));
  };
  SECTION("its root") { reports(c.payload(4).state_root, ". "); }
  SECTION("its header") { reports(c.payload(4).block_hash, ", its header. "); }
}

namespace {

// Removes a node from a store that nobody works on.
void remove_node(const std::filesystem::path& folder, const hash256& hash) {
  leveldb::DB* opened = nullptr;
  REQUIRE(leveldb::DB::Open({}, (folder / "chain").string(), &opened).ok());
  const std::unique_ptr<leveldb::DB> database{opened};
  const bytes key = key_of(store_table::node, hash.view());
  const std::string name{text_of(key)};
  std::string found;
  REQUIRE(database->Get({}, name, &found).ok());
  leveldb::WriteOptions durable;
  durable.sync = true;
  REQUIRE(database->Delete(durable, name).ok());
}

// What a node over this folder ends with by itself, be it after its start or before it is through with that.
[[nodiscard]] alys::error end_of_node(const std::filesystem::path& folder, const node_setup& setup) {
  try {
    live_node node(folder, setup);
    REQUIRE(node.system().wait_for(30s) != alys::end_reason::none);
    return node.system().end_cause();
  } catch (const alys::start_error& e) {
    return e.cause();
  }
}

} // namespace

TEST_CASE("a node of the state that was deleted from LevelDB stops the whole node with the exit code of damage") {
  const temporary_folder folder;
  const chain_spec spec = spec_with_many(100, 100ms);
  {
    live_node node(folder.path(), {.spec = spec});
    REQUIRE(node.reaches(block_height{2}));
  }
  const hash256 gone = leaf_of_nobody(spec);
  remove_node(folder.path(), gone);
  {
    live_node node(folder.path(), {.spec = spec}); // nobody reads it, so nobody knows
    const auto before = node.stored_height();
    CHECK(node.reaches(block_height{before + 3}));
  }
  const alys::error cause = end_of_node(folder.path(), {.spec = spec, .check_period = 1h});
  CHECK(cause == trie_error::missing_node);
  CHECK_THAT(cause.text(), Contains(to_hex(gone)));
  CHECK(alysd::exit_code_of(cause) == alysd::exit_code::data_damaged);
}
