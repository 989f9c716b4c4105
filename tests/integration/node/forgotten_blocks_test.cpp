// SPDX-License-Identifier: Apache-2.0
//
// A node whose folder is an older copy, and whose client has the blocks that came after it: what they hold waits again.
#include "virtual_node.hpp"

#include <catch2/catch.hpp>

#include <vector>

using namespace alys::domain;
using namespace alys::test;

namespace {

using held = std::map<block_height, payload_body>;

[[nodiscard]] payload_body body_of(const std::vector<transaction_ptr>& all) {
  payload_body body;
  for (const auto& tx : all) body.transactions.push_back(tx->raw);
  return body;
}

// So many transfers, each in a block of its own behind an empty one, from block 1 on.
[[nodiscard]] held blocks_with(const std::vector<transaction_ptr>& transfers) {
  held blocks;
  for (const auto& tx : transfers) {
    blocks.emplace(block_height{blocks.size() + 1}, payload_body{});
    blocks.emplace(block_height{blocks.size() + 1}, body_of({tx}));
  }
  return blocks;
}

[[nodiscard]] std::vector<transaction_ptr> transfers(std::uint64_t count) {
  std::vector<transaction_ptr> all;
  for (std::uint64_t nonce = 0; nonce < count; ++nonce) all.push_back(dev_transfer(nonce));
  return all;
}

// A node that begins its life with a client that has these blocks.
struct node_behind {
  explicit node_behind(
      held blocks, bool author = false, const std::function<void(unreliable_engine&)>& begins = [](auto&) {})
      : node({.spec = dev_spec(2s), .author = author}, [&](unreliable_engine& client) {
          client.has = std::move(blocks);
          begins(client);
        }) {}

  [[nodiscard]] std::vector<hash256> journaled() const {
    std::vector<hash256> all;
    const auto waiting = node.store().journaled().value();
    for (const auto& each : waiting) all.push_back(each.hash);
    return all;
  }
  [[nodiscard]] bool waits(const transaction_ptr& tx) {
    return node.time().ask(node.chain(), find_pending_transaction{tx->hash}).value() != nullptr;
  }
  // The chain actor's next life.
  void begin_again() {
    const auto before = node.time().incarnation(node.chain());
    REQUIRE(node.time().system().inject_fault("/root/chain/chain"));
    node.pass(20s);
    REQUIRE(node.time().incarnation(node.chain()) == before + 1);
  }

  [[nodiscard]] unreliable_engine& client() { return node.engine(); }

  virtual_node node;
};

[[nodiscard]] std::vector<hash256> hashes_of(const std::vector<transaction_ptr>& all) {
  std::vector<hash256> hashes;
  for (const auto& tx : all) hashes.push_back(tx->hash);
  return hashes;
}

} // namespace

TEST_CASE("what a client holds in blocks that the store does not have waits in order") {
  const auto sent = transfers(7); // in 14 blocks: three answers and a half
  node_behind n(blocks_with(sent));
  CHECK(n.journaled() == hashes_of(sent));
  for (const auto& tx : sent) CHECK(n.waits(tx));
  CHECK(n.client().told == 4);
}

TEST_CASE("what a client holds in blocks that the store does not have is in one block each again") {
  const auto sent = transfers(5);
  node_behind n(blocks_with(sent), true);
  n.node.pass(6s);
  CHECK(times_included(n.node.store(), sent) == std::vector<std::size_t>(sent.size(), 1));
  CHECK(n.journaled().empty());
}

TEST_CASE("a client that ends where an answer does is asked once more") {
  const auto sent = transfers(2);
  node_behind n(blocks_with(sent));
  CHECK(n.journaled() == hashes_of(sent));
  CHECK(n.client().told == 2);
}

TEST_CASE("a client that is not ahead is asked once and nothing is built for it") {
  bool built = false;
  node_behind n({}, false, [&](unreliable_engine& client) { client.builds = [&](auto) { built = true; }; });
  CHECK(n.client().told == 1);
  CHECK_FALSE(built);
}

TEST_CASE("what a client that stays ahead holds is kept for a start at which it can take it") {
  const auto sent = transfers(3);
  node_behind n(blocks_with(sent), false, [](unreliable_engine& client) { client.building = mood::refuses; });
  CHECK(n.journaled() == hashes_of(sent));
  for (const auto& tx : sent) CHECK_FALSE(n.waits(tx));
  n.client().building = mood::well;
  n.begin_again();
  CHECK(n.journaled() == hashes_of(sent));
  for (const auto& tx : sent) CHECK(n.waits(tx));
}

TEST_CASE("a client that does not tell what its blocks hold delays nobody for long") {
  const mood how = GENERATE(mood::away, mood::refuses, mood::silent);
  node_behind n(blocks_with(transfers(1)));
  n.client().remembering = how;
  n.begin_again();
  CHECK(n.node.time().ask(n.node.chain(), find_head{}).value().head.height == block_height{0});
}

TEST_CASE("of a client that is far ahead only so much is taken back") {
  const auto sent = transfers(1);
  held blocks;
  for (std::uint64_t at = 1; at <= 3'000; ++at) blocks.emplace(block_height{at}, body_of({sent[0], sent[0], sent[0], sent[0], sent[0]}));
  node_behind n(std::move(blocks));
  CHECK(n.client().told == 500); // 4 blocks each, until there are 10 000 transactions
  CHECK(n.journaled() == hashes_of(sent));
}

TEST_CASE("a transaction that the chain has already does not wait again") {
  const auto sent = transfers(2);
  node_behind n({}, true);
  REQUIRE(n.node.submit(sent[0]) == sent[0]->hash);
  n.node.pass(6s);
  REQUIRE(times_included(n.node.store(), {sent[0]}) == std::vector<std::size_t>{1});
  // On another branch it may be higher up.
  for (std::uint64_t at = 1; at < 100; ++at) n.client().has.emplace(block_height{at}, body_of({sent[0], sent[1]}));
  n.begin_again();
  n.node.pass(6s);
  CHECK(times_included(n.node.store(), sent) == std::vector<std::size_t>{1, 1});
  CHECK(n.journaled().empty());
}
