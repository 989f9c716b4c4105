// SPDX-License-Identifier: Apache-2.0
//
// Blocks that are executed while others are being written: nobody sees them before their time, and nothing of them stays when a commit fails.
#include "block_maker.hpp"
#include "support/temporary_folder.hpp"
#include "unreliable_store.hpp"
#include "virtual_node.hpp"

#include <alys/domain/chain/identity.hpp>

#include <catch2/catch.hpp>

#include <atomic>
#include <future>
#include <numeric>

using namespace alys::domain;
using namespace alys::test;
using Catch::Contains;

namespace {

constexpr slot first_slot{850'000'000};

// A node that only follows, at a time that stands still; its store says what it is told to before each commit.
struct follower {
  using word = std::function<alys::result<void>(std::span<const import_batch>)>;

  explicit follower(word before_commit, std::uint64_t open_commits = 16)
      : node(folder.path(), setup(std::move(before_commit), open_commits)),
        chain(node.system().find<chain_actor>("/root/chain/chain").value()) {
    block top = maker.genesis;
    for (std::uint64_t i = 1; i <= 6; ++i) blocks.push_back(top = maker.on(top, first_slot + 2 * i)); // none becomes final
  }

  [[nodiscard]] node_setup setup(word before_commit, std::uint64_t open_commits) {
    node_setup s;
    s.spec = dev_spec(2s, 3);
    s.author = false;
    s.open_commits = open_commits;
    s.wall_clock = [] { return clock_of(dev_spec(2s)).start_of(slot{850'001'000}); };
    s.around_store = [this, call = std::move(before_commit)](auto inner) {
      store = std::make_shared<unreliable_store>(std::move(inner));
      store->before_commit(call);
      return store;
    };
    return s;
  }
  // The first alone, so that it is alone in its commit; the others when that is held up.
  void offer_all(const std::atomic<bool>& first_is_held) {
    alys::send(chain, import_block{blocks[0]});
    REQUIRE(node.wait_until([&] { return first_is_held.load(); }));
    for (std::size_t i = 1; i < blocks.size(); ++i) alys::send(chain, import_block{blocks[i]});
  }
  [[nodiscard]] bool knows(const block& one) {
    return node.ask<chain_actor>("/root/chain/chain", find_account{dev_account, one.payload.block_hash}).has_value();
  }

  temporary_folder folder;
  block_maker maker{dev_spec(2s, 3)};
  std::shared_ptr<unreliable_store> store;
  live_node node;
  alys::ref<chain_actor> chain;
  std::vector<block> blocks;
};

[[nodiscard]] std::uint64_t height_of(std::span<const import_batch> batches) { return batches.front().ref.height.value(); }

} // namespace

TEST_CASE("blocks are executed while one is being written and go to disk together and nobody sees them before") {
  std::promise<void> go_on;
  const std::shared_future<void> released = go_on.get_future().share();
  std::atomic<bool> held{false};
  follower f([released, &held](std::span<const import_batch> batches) -> alys::result<void> {
    if (height_of(batches) == 1) held = true, released.wait();
    return {};
  });
  f.offer_all(held);
  CHECK(f.node.wait_until([&] { return f.knows(f.blocks.back()); })); // the engine has executed the last one
  const chain_head seen = f.node.head();
  CHECK(seen.head.height == block_height{0});
  CHECK(seen.state == chain_state::importing);
  CHECK(f.node.heard().blocks().empty());
  CHECK(f.node.stored_height() == 0);
  CHECK(f.node.ask<chain_actor>("/root/chain/chain", find_account{dev_account, block_tag::latest}).has_value());
  go_on.set_value();
  REQUIRE(f.node.reaches(block_height{6}));
  CHECK(f.node.import(f.blocks.back()) == ref_to(f.blocks.back().header));
  CHECK(f.node.head().head == ref_to(f.blocks.back().header));
  const auto commits = f.store->commits();
  CHECK(std::accumulate(commits.begin(), commits.end(), std::size_t{0}) == 7);
  CHECK(commits.size() <= 4); // genesis, the first, all others with one fsync, but perhaps for the last
  CHECK(f.node.heard().blocks().size() == 6);
  CHECK(f.node.wait_until([&] { return f.node.head().state == chain_state::active; }));
}

TEST_CASE("with one open commit each block waits for the one before it") {
  follower f([](std::span<const import_batch>) -> alys::result<void> { return {}; }, 1);
  for (const block& each : f.blocks) alys::send(f.chain, import_block{each});
  REQUIRE(f.node.reaches(block_height{6}));
  CHECK(f.store->commits() == std::vector<std::size_t>(7, 1));
}

TEST_CASE("a block that is offered again while it is being written is answered when it is durable") {
  std::promise<void> go_on;
  const std::shared_future<void> released = go_on.get_future().share();
  std::atomic<bool> held{false};
  follower f([released, &held](std::span<const import_batch> batches) -> alys::result<void> {
    if (height_of(batches) == 1) held = true, released.wait();
    return {};
  });
  alys::send(f.chain, import_block{f.blocks[0]});
  REQUIRE(f.node.wait_until([&] { return held.load(); }));
  auto again = std::async(std::launch::async, [&] { return f.node.import(f.blocks[0]); });
  CHECK(again.wait_for(50ms) == std::future_status::timeout);
  go_on.set_value();
  CHECK(again.get() == ref_to(f.blocks[0].header));
  CHECK(f.store->commits() == std::vector<std::size_t>{1, 1});
}

TEST_CASE("a disk that fails at one commit ends the node and nothing that was executed on top is written") {
  std::promise<void> go_on;
  const std::shared_future<void> released = go_on.get_future().share();
  std::atomic<bool> held{false};
  follower f([released, &held](std::span<const import_batch> batches) -> alys::result<void> {
    if (height_of(batches) == 1) held = true, released.wait();
    if (height_of(batches) > 1) return alys::fail(store_error::io_failed, "the disk is gone");
    return {};
  });
  f.offer_all(held);
  REQUIRE(f.node.wait_until([&] { return f.knows(f.blocks.back()); }));
  go_on.set_value();
  REQUIRE(f.node.wait_until([&] {
    alys::send(f.chain, import_block{f.blocks[1]}); // as a peer would, who knows no better
    return f.node.system().wait_for(0ns) == alys::end_reason::budget_exhausted;
  }));
  CHECK(f.node.system().end_cause() == store_error::io_failed);
  CHECK(f.node.stored_height() == 1);
  CHECK(f.node.heard().blocks().size() == 1);
  for (std::size_t i = 1; i < f.blocks.size(); ++i) CHECK_FALSE(f.node.store().block_by_id(id_of(f.blocks[i].header)).value());
}

TEST_CASE("a writer that fails at one commit writes none that was made on top and the chain heals") {
  block_maker maker{dev_spec(2s, 3)};
  std::vector<block> blocks;
  block top = maker.genesis;
  for (std::uint64_t i = 1; i <= 5; ++i) blocks.push_back(top = maker.on(top, virtual_node::first_slot + 2 * i));
  virtual_node node({.spec = dev_spec(2s, 3), .author = false});
  node.pass(40s);
  const auto writer = node.time().system().find<storage_actor>("/root/storage/writer").value();
  node.time().inject<commit_import>(writer, {.effect = alys::testkit::fails{}});
  std::vector<alys::testkit::pending_answer<block_ref>> answers;
  for (const block& each : blocks) answers.push_back(node.time().ask_later(node.chain(), import_block{each}));
  node.pass(1s);
  CHECK(answers.front().take() == chain_error::not_stored);
  for (std::size_t i = 1; i < answers.size(); ++i) CHECK_FALSE(answers[i].take().has_value());
  REQUIRE(node.time().incarnation(node.chain()) >= 2);
  CHECK(node.slots().empty());
  for (const block& each : blocks) CHECK_FALSE(node.store().block_by_id(id_of(each.header)).value());
  for (const block& each : blocks) CHECK(node.time().ask(node.chain(), import_block{each}, 20s) == ref_to(each.header));
  CHECK(node.slots() == std::vector<std::uint64_t>{2, 4, 6, 8, 10});
  node.pass(2s); // until health is asked for
  CHECK(node.health("/root").state == alys::health_state::healthy);
}

TEST_CASE("a block that the engine finds wrong between others takes nothing along but its descendants") {
  block_maker maker{dev_spec(2s, 3)};
  const block first = maker.on(maker.genesis, virtual_node::first_slot + 1);
  const block second = maker.on(first, virtual_node::first_slot + 3);
  const block third = maker.on(second, virtual_node::first_slot + 5);
  block wrong = maker.on(first, virtual_node::first_slot + 2);
  wrong.payload.state_root = keccak256(bytes_of("another"));
  wrong.payload.block_hash = hash_of(header_of(wrong.payload));
  maker.sign_payload(wrong);
  block child = maker.on(second, virtual_node::first_slot + 7);
  child.header.parent = id_of(wrong.header);
  maker.sign(child);

  virtual_node node({.spec = dev_spec(2s, 3), .author = false});
  node.pass(40s);
  std::vector<alys::testkit::pending_answer<block_ref>> answers;
  for (const block& each : {first, wrong, child, second, third}) answers.push_back(node.time().ask_later(node.chain(), import_block{each}));
  node.pass(1s);
  CHECK(answers[0].take() == ref_to(first.header));
  CHECK(answers[1].take() == chain_error::invalid_payload);
  CHECK(answers[2].take() == block_error::unknown_parent);
  CHECK(answers[3].take() == ref_to(second.header));
  CHECK(answers[4].take() == ref_to(third.header));
  CHECK(node.slots() == std::vector<std::uint64_t>{1, 3, 5});
  CHECK(node.time().incarnation(node.chain()) == 1);
}

TEST_CASE("a certified block beyond reach makes the chain sync and it is active again when it got there") {
  block_maker maker{dev_spec(2s, 3)};
  const block first = maker.on(maker.genesis, virtual_node::first_slot + 1);
  const block second = maker.on(first, virtual_node::first_slot + 2);
  const block third = maker.on(second, virtual_node::first_slot + 4);
  virtual_node node({.spec = dev_spec(2s, 3), .author = false});
  node.pass(40s);
  const auto status = [&] { return node.time().ask(node.chain(), find_head{}).value(); };

  block forged = third;
  forged.approvals.resize(1);
  CHECK(node.time().ask(node.chain(), import_block{forged}) == block_error::unknown_parent);
  CHECK(status().state == chain_state::active);

  CHECK(node.time().ask(node.chain(), import_block{third}) == block_error::unknown_parent);
  CHECK(status().state == chain_state::syncing);
  CHECK(status().gap == chain_gap{block_height{0}, block_height{3}});
  node.pass(1s);
  CHECK(node.health("/root/chain/chain").state == alys::health_state::degraded);
  CHECK_THAT(node.health("/root/chain/chain").why, Contains("a certified block at height 3 is known, and the chain ends at 0"));
  CHECK(node.time().ask(node.chain(), import_block{first}).has_value());
  CHECK(status().state == chain_state::syncing);
  CHECK(node.time().ask(node.chain(), import_block{second}).has_value());
  CHECK(node.time().ask(node.chain(), import_block{third}).has_value());
  CHECK(status().state == chain_state::active);
  CHECK_FALSE(status().gap.has_value());
  using enum chain_state;
  CHECK(node.heard().states() ==
        std::vector{active, importing, active, importing, syncing, importing, syncing, importing, syncing, importing, active});
}

TEST_CASE("a chain that lags behind produces nothing") {
  block_maker maker{dev_spec(2s)};
  virtual_node node;
  node.engine().building = mood::refuses;
  node.pass(1s);
  const block first = maker.on(maker.genesis, virtual_node::first_slot);
  const block second = maker.on(first, virtual_node::first_slot + 1);
  node.pass(2s);
  CHECK(node.time().ask(node.chain(), import_block{second}) == block_error::unknown_parent);
  node.engine().building = mood::well;
  node.pass(6s);
  CHECK(node.slots().empty());
  CHECK(node.health("/root/chain/chain").state == alys::health_state::degraded);
  CHECK(node.time().ask(node.chain(), import_block{first}).has_value());
  CHECK(node.time().ask(node.chain(), import_block{second}).has_value());
  node.pass(2s);
  CHECK(node.slots().size() == 3);
  CHECK(node.health("/root/chain/chain").state == alys::health_state::healthy);
}
