// SPDX-License-Identifier: Apache-2.0
//
// The store in a real folder: what is committed is found, by every name, before and after it was closed.
#include <alys/domain/storage/leveldb_store.hpp>

#include "support/domain/test_imports.hpp"
#include "support/temporary_folder.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <thread>

using namespace alys::domain;
using namespace alys::test;

namespace {

struct fixture {
  [[nodiscard]] std::shared_ptr<leveldb_store> open() { return leveldb_store::open(folder.path()).value(); }
  void reopen() {
    store.reset();
    store = open();
  }

  void commit(const import_batch& batch) { REQUIRE(store->commit(std::span{&batch, 1})); }

  // Genesis and `count` blocks on top, each with one transaction.
  void grow(std::size_t count) {
    if (blocks.empty()) {
      blocks.push_back(chain.genesis);
      import_batch first = import_on_top(chain.genesis);
      first.last_final = first.head;
      commit(first);
    }
    while (blocks.size() <= count) {
      const std::uint64_t s = blocks.back().header.slot.value() + 1;
      blocks.push_back(block_with(chain, blocks.back(), slot{s}, {transaction_named("transaction of slot " + std::to_string(s))}));
      commit(import_on_top(blocks.back()));
    }
  }

  [[nodiscard]] std::vector<bytes> waiting() const {
    std::vector<bytes> all;
    const auto journaled = store->journaled().value();
    for (const journaled_transaction& t : journaled) all.push_back(t.raw);
    return all;
  }

  void journal(const bytes& raw) { REQUIRE(store->journal({keccak256(raw), raw})); }

  temporary_folder folder;
  test_chain chain;
  std::shared_ptr<leveldb_store> store = open();
  std::vector<block> blocks;
};

} // namespace

TEST_CASE_METHOD(fixture, "an empty store knows nothing") {
  CHECK_FALSE(store->progress().value());
  CHECK_FALSE(store->block_by_height(block_height{0}).value());
  CHECK_FALSE(store->block_by_id({}).value());
  CHECK_FALSE(store->block_by_payload({}).value());
  CHECK_FALSE(store->find_transaction({}).value());
  CHECK_FALSE(store->node({}).value());
  CHECK(store->journaled().value().empty());
  CHECK(store->interrupted_imports() == 0);
  CHECK(store->check().value().blocks == 0);
}

TEST_CASE_METHOD(fixture, "a block is found by all its names also after the store was closed") {
  grow(3);
  for (int round = 0; round < 2; ++round) {
    const block& one = blocks[2];
    const block_ref ref = ref_to(one.header);
    CHECK(store->block_by_id(ref.id).value().value().block == one);
    CHECK(store->block_by_height(block_height{2}).value().value().block == one);
    CHECK(store->block_by_payload(one.payload.block_hash).value().value().block == one);
    CHECK(store->block_by_id(ref.id).value().value().receipts == receipts_of(one));
    CHECK(store->find_transaction(keccak256(one.payload.transactions[0])).value() == transaction_place{ref, 0});
    CHECK(store->node(state_after(ref.id).hash).value() == state_after(ref.id).rlp);
    CHECK(store->progress().value().value().head == ref_to(blocks[3].header));
    CHECK(store->progress().value().value().genesis == id_of(chain.genesis.header));
    CHECK(store->check().value().blocks == 4);
    reopen();
  }
}

TEST_CASE_METHOD(fixture, "many batches are one commit") {
  std::vector<import_batch> batches{import_on_top(chain.genesis)};
  block parent = chain.genesis;
  for (std::uint64_t s = 1; s <= 100; ++s) {
    parent = block_with(chain, parent, slot{s}, {transaction_named("t" + std::to_string(s))});
    batches.push_back(import_on_top(parent));
  }
  REQUIRE(store->commit(batches));
  CHECK(store->progress().value().value().head.height == block_height{100});
  CHECK(store->check().value().blocks == 101);
}

TEST_CASE_METHOD(fixture, "blocks up to the last final one are final") {
  grow(3);
  import_batch batch = import_on_top(block_with(chain, blocks[3], slot{50}, {}));
  batch.last_final = ref_to(blocks[2].header);
  commit(batch);
  CHECK(store->block_by_height(block_height{2}).value().value().final);
  CHECK_FALSE(store->block_by_height(block_height{3}).value().value().final);
  CHECK(store->progress().value().value().last_final == ref_to(blocks[2].header));
}

TEST_CASE_METHOD(fixture, "a vote is kept with an import or alone") {
  grow(1);
  import_batch batch = import_on_top(block_with(chain, blocks[1], slot{5}, {}));
  batch.vote = vote_lock{slot{5}, batch.ref.id};
  commit(batch);
  reopen();
  CHECK(store->progress().value().value().vote == batch.vote);
  const vote_lock later{slot{6}, id_of(blocks[1].header)};
  REQUIRE(store->store_vote(later));
  reopen();
  CHECK(store->progress().value().value().vote == later);
  CHECK(store->progress().value().value().head == batch.ref);
}

TEST_CASE_METHOD(fixture, "a block aside is found by its id only") {
  grow(2);
  const block aside = block_with(chain, blocks[1], slot{9}, {transaction_named("aside")});
  commit(import_aside(aside));
  CHECK(store->block_by_id(id_of(aside.header)).value().value().block == aside);
  CHECK(store->block_by_height(block_height{2}).value().value().block == blocks[2]);
  CHECK_FALSE(store->find_transaction(keccak256(aside.payload.transactions[0])).value());
  CHECK(store->check());
}

TEST_CASE_METHOD(fixture, "a reorganisation moves heights and transactions and returns what is left out to the journal") {
  grow(2);
  const bytes shared = blocks[2].payload.transactions[0];
  const bytes lost = transaction_named("only on the old chain");
  const block old_head = block_with(chain, blocks[2], slot{7}, {lost});
  commit(import_on_top(old_head));

  const block side = block_with(chain, blocks[1], slot{9}, {transaction_named("new"), shared});
  commit(import_aside(side));
  const block tip = block_with(chain, side, slot{10}, {});
  import_batch batch = import_aside(tip);
  batch.undone = {ref_to(old_head.header), ref_to(blocks[2].header)};
  batch.applied = {ref_to(side.header), batch.ref};
  batch.head = batch.ref;
  commit(batch);

  for (int round = 0; round < 2; ++round) {
    CHECK(store->block_by_height(block_height{2}).value().value().block == side);
    CHECK(store->block_by_height(block_height{3}).value().value().block == tip);
    CHECK(store->find_transaction(keccak256(shared)).value() == transaction_place{ref_to(side.header), 1});
    CHECK_FALSE(store->find_transaction(keccak256(lost)).value());
    CHECK(waiting() == std::vector<bytes>{lost});
    CHECK(store->block_by_id(id_of(old_head.header)).value().value().block == old_head);
    CHECK(store->check());
    reopen();
  }
}

TEST_CASE_METHOD(fixture, "a reorganisation to a shorter chain leaves no heights above it") {
  grow(3);
  const block side = block_with(chain, blocks[1], slot{9}, {});
  import_batch batch = import_aside(side);
  batch.undone = {ref_to(blocks[3].header), ref_to(blocks[2].header)};
  batch.applied = {batch.ref};
  batch.head = batch.ref;
  commit(batch);
  CHECK_FALSE(store->block_by_height(block_height{3}).value());
  CHECK(store->check());
}

TEST_CASE_METHOD(fixture, "blocks of one commit can be undone and applied within it") {
  grow(1);
  const bytes raw = transaction_named("there and back");
  const block first = block_with(chain, blocks[1], slot{5}, {raw});
  const block second = block_with(chain, blocks[1], slot{6}, {});
  import_batch away = import_aside(second);
  away.undone = {ref_to(first.header)};
  away.applied = {away.ref};
  away.head = away.ref;
  const block third = block_with(chain, second, slot{7}, {raw});
  const std::vector<import_batch> batches{import_on_top(first), away, import_on_top(third)};
  REQUIRE(store->commit(batches));
  CHECK(waiting().empty());
  CHECK(store->find_transaction(keccak256(raw)).value() == transaction_place{ref_to(third.header), 0});
  CHECK(store->check());
}

TEST_CASE_METHOD(fixture, "the journal keeps transactions in order until a block includes them") {
  grow(1);
  const std::vector<bytes> transactions{transaction_named("z"), transaction_named("a"), transaction_named("m", 100'000)};
  for (const bytes& raw : transactions) journal(raw);
  journal(transactions[0]);
  CHECK(waiting() == transactions);
  reopen();
  CHECK(waiting() == transactions);
  const bytes late = transaction_named("b");
  journal(late);
  commit(import_on_top(block_with(chain, blocks[1], slot{5}, {transactions[1]})));
  CHECK(waiting() == std::vector{transactions[0], transactions[2], late});
  REQUIRE(store->forget(keccak256(transactions[0])));
  REQUIRE(store->forget(keccak256(transactions[0])));
  reopen();
  CHECK(waiting() == std::vector{transactions[2], late});
}

TEST_CASE_METHOD(fixture, "a transaction that is in a block already does not wait again") {
  grow(2);
  journal(blocks[2].payload.transactions[0]);
  CHECK(waiting().empty());
}

TEST_CASE_METHOD(fixture, "a batch that does not fit changes nothing and does not stop the store") {
  import_batch headless = import_aside(chain.genesis);
  CHECK(store->commit(std::span{&headless, 1}) == store_error::not_consistent);
  CHECK(store->store_vote({slot{1}, {}}) == store_error::not_consistent);
  grow(1);
  import_batch unknown = import_on_top(block_with(chain, blocks[1], slot{5}, {}));
  unknown.applied.insert(unknown.applied.begin(), block_ref{{}, block_height{2}, slot{3}});
  CHECK(store->commit(std::span{&unknown, 1}) == store_error::not_consistent);
  CHECK_FALSE(store->block_by_id(unknown.ref.id).value());
  CHECK(store->progress().value().value().head == ref_to(blocks[1].header));
  grow(2);
  CHECK(store->check());
}

TEST_CASE_METHOD(fixture, "readers see whole commits while the writer writes") {
  grow(1);
  std::atomic<bool> stop = false;
  std::atomic<std::uint64_t> reads = 0;
  std::atomic<bool> whole = true;
  std::vector<std::thread> readers;
  for (int i = 0; i < 3; ++i) {
    readers.emplace_back([&] {
      while (!stop) {
        const block_ref head = store->progress().value().value().head;
        const auto found = store->block_by_height(head.height).value();
        if (!found || id_of(found->block.header) != head.id || !store->node(state_after(head.id).hash).value()) whole = false;
        ++reads;
      }
    });
  }
  for (std::size_t height = 2; height <= 200 || reads < 300; ++height) grow(height);
  stop = true;
  for (std::thread& reader : readers) reader.join();
  CHECK(whole);
  CHECK(store->check());
}
