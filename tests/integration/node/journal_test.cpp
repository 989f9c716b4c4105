// SPDX-License-Identifier: Apache-2.0
//
// Accepted transactions outlive the process that accepted them.
#include "support/temporary_folder.hpp"
#include "virtual_node.hpp"

#include <alys/domain/storage/leveldb_store.hpp>

#include <catch2/catch.hpp>

using namespace alys::domain;
using namespace alys::test;

namespace {

const node_setup without_author{.author = false};

} // namespace

TEST_CASE("accepted transactions survive a restart of the node and are in one block each") {
  const temporary_folder folder;
  std::vector<transaction_ptr> sent;
  for (std::uint64_t nonce = 0; nonce < 20; ++nonce) sent.push_back(dev_transfer(nonce));
  {
    live_node node(folder.path(), without_author);
    for (const auto& tx : sent) REQUIRE(node.submit(tx) == tx->hash);
  }
  for (int i = 0; i < 2; ++i) {
    live_node node(folder.path(), without_author);
    for (const auto& tx : sent) CHECK(node.waits_in_pool(tx->hash));
  }
  live_node node(folder.path());
  REQUIRE(node.wait_until([&] { return node.account(dev_account).nonce == sent.size(); }));
  REQUIRE(node.reaches(block_height{node.stored_height() + 2}));
  CHECK(times_included(node.store(), sent) == std::vector<std::size_t>(sent.size(), 1));
  CHECK(node.store().journaled().value().empty());
}

TEST_CASE("more transactions than any mailbox holds come back") {
  const temporary_folder folder;
  constexpr std::uint64_t count = 11'000;
  {
    const auto store = leveldb_store::open(folder.path()).value();
    for (std::uint64_t nonce = 0; nonce < count; ++nonce) {
      const auto tx = dev_transfer(nonce);
      REQUIRE(store->journal({tx->hash, tx->raw}));
    }
  }
  live_node node(folder.path(), without_author);
  CHECK(node.account(dev_account).pending_nonce == count);
  CHECK(node.store().journaled()->size() == count);
}

TEST_CASE("a transaction in the journal that can never be included is forgotten") {
  const temporary_folder folder;
  const auto cheap = dev_transfer(0);
  const auto dear = dev_transfer(0, {.tip = 2 * wei_per_gwei, .fee_cap = 200 * wei_per_gwei});
  {
    live_node node(folder.path(), without_author);
    REQUIRE(node.submit(cheap) == cheap->hash);
    REQUIRE(node.submit(dear) == dear->hash);
    CHECK(node.store().journaled()->size() == 2);
  }
  {
    live_node node(folder.path());
    REQUIRE(node.wait_until([&] { return node.account(dev_account).nonce == 1; }));
    CHECK(times_included(node.store(), {cheap, dear}) == std::vector<std::size_t>{0, 1});
  }
  live_node node(folder.path(), without_author);
  CHECK(node.wait_until([&] { return node.store().journaled()->empty(); }));
  CHECK_FALSE(node.waits_in_pool(cheap->hash));
}

TEST_CASE("what the pool has and the journal has not is written down when it is sent again") {
  virtual_node node({.spec = dev_spec(2s), .author = false});
  const auto tx = dev_transfer(0);
  const auto writer = node.time().system().find<storage_actor>("/root/storage/writer").value();
  node.time().fail_next(writer, alys::fail(alys::category::unknown, "a fault"));
  CHECK_FALSE(node.submit(tx).has_value());
  REQUIRE(node.store().journaled()->empty());
  node.pass(1s);
  CHECK(node.submit(tx) == transaction_error::already_known);
  CHECK(node.store().journaled()->size() == 1);
}

TEST_CASE("a transaction that the engine refuses is in no journal") {
  virtual_node node({.spec = dev_spec(2s), .author = false});
  CHECK(node.submit(dev_transfer(0, {.value = to_wei(gwei{gwei::max()})})) == transaction_error::insufficient_funds);
  node.engine().pooling = mood::fails;
  CHECK_FALSE(node.submit(dev_transfer(0)).has_value());
  CHECK(node.store().journaled()->empty());
}

TEST_CASE("a transaction that was replaced leaves the journal with the next block") {
  virtual_node node({.spec = dev_spec(2s)});
  const auto cheap = dev_transfer(0);
  const auto dear = dev_transfer(0, {.tip = 2 * wei_per_gwei, .fee_cap = 200 * wei_per_gwei});
  const auto waiting = dev_transfer(2); // behind a missing nonce
  for (const auto& tx : {cheap, dear, waiting}) REQUIRE(node.submit(tx) == tx->hash);
  REQUIRE(node.store().journaled()->size() == 3);
  node.pass(4s);
  CHECK(times_included(node.store(), {cheap, dear}) == std::vector<std::size_t>{0, 1});
  CHECK(node.store().journaled().value() == std::vector<journaled_transaction>{{waiting->hash, waiting->raw}});
}
