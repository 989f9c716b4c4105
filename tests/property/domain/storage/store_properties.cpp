// SPDX-License-Identifier: Apache-2.0
//
// The store in a real folder against a model in memory, over random histories of imports, reorganisations, journal entries, votes and restarts.
#include <alys/domain/storage/leveldb_store.hpp>

#include "support/domain/arbitrary_block.hpp"
#include "support/domain/test_imports.hpp"
#include "support/temporary_folder.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <map>
#include <set>

using namespace alys::domain;
using namespace alys::test;

namespace {

// What the store should hold.
struct model {
  struct entry {
    block contents;
    block_ref ref;
  };

  void import(const import_batch& batch) {
    known.insert_or_assign(batch.ref.id, entry{batch.contents, batch.ref});
    for (const block_ref& ref : batch.undone) {
      chain.pop_back();
      for (const bytes& raw : known.at(ref.id).contents.payload.transactions) {
        places.erase(keccak256(raw));
        waiting.push_back(raw);
      }
    }
    for (const block_ref& ref : batch.applied) {
      chain.push_back(ref);
      std::uint32_t index = 0;
      for (const bytes& raw : known.at(ref.id).contents.payload.transactions) {
        places[keccak256(raw)] = {ref, index++};
        std::erase(waiting, raw);
      }
    }
    if (batch.vote) vote = batch.vote;
  }

  std::map<block_id, entry> known;
  std::vector<block_ref> chain; // by height
  std::map<hash256, transaction_place> places;
  std::vector<bytes> waiting;
  std::optional<vote_lock> vote;
};

class history {
public:
  history() { add(import_on_top(chain_.genesis)); }

  void step() {
    switch (up_to(9)) {
      case 0: commit(); break;
      case 1: restart(); break;
      case 2: note_transaction(); break;
      case 3: forget_transaction(); break;
      case 4: vote_alone(); break;
      case 5: add(import_aside(block_on(any_block_known()))); break;
      case 6:
      case 7: reorganise(); break;
      default: add(import_on_top(block_on(head())));
    }
  }

  void finish() {
    restart();
    compare();
  }

private:
  [[nodiscard]] const block& head() const { return expected_.known.at(expected_.chain.back().id).contents; }

  [[nodiscard]] const block& any_block_known() const {
    return std::next(expected_.known.begin(), static_cast<std::ptrdiff_t>(up_to(expected_.known.size() - 1)))->second.contents;
  }

  // A block with some transactions that wait, and some that nobody has seen.
  [[nodiscard]] block block_on(const block& parent) {
    std::vector<bytes> transactions;
    for (const bytes& raw : expected_.waiting) {
      if (up_to(2) == 0) transactions.push_back(raw);
    }
    for (std::size_t i = up_to(2); i > 0; --i) transactions.push_back(new_transaction());
    return block_with(chain_, parent, slot{++last_slot_}, transactions);
  }

  [[nodiscard]] bytes new_transaction() { return transaction_named("t" + std::to_string(++last_transaction_), 10 + up_to(200)); }

  // The head moves to a new block on top of an ancestor; or, often, of itself.
  void reorganise() {
    const std::size_t depth = std::min(up_to(3), expected_.chain.size() - 1);
    const block_ref base = expected_.chain[expected_.chain.size() - 1 - depth];
    std::vector<bytes> again;
    import_batch batch;
    for (std::size_t i = 0; i < depth; ++i) {
      batch.undone.push_back(expected_.chain[expected_.chain.size() - 1 - i]);
      for (const bytes& raw : expected_.known.at(batch.undone.back().id).contents.payload.transactions) {
        if (up_to(1) == 0) again.push_back(raw);
      }
    }
    import_batch next = import_aside(block_with(chain_, expected_.known.at(base.id).contents, slot{++last_slot_}, again));
    next.undone = batch.undone;
    next.applied = {next.ref};
    next.head = next.ref;
    add(next);
  }

  // Imports gather until the next commit, as they do in front of a busy disk.
  void add(const import_batch& batch) {
    gathered_.push_back(batch);
    if (up_to(2) == 0) gathered_.back().vote = vote_lock{slot{last_slot_}, batch.ref.id};
    expected_.import(gathered_.back());
  }

  void commit() {
    if (gathered_.empty()) return;
    RC_ASSERT(store_->commit(gathered_).has_value());
    gathered_.clear();
    compare();
  }

  void restart() {
    commit();
    store_.reset();
    store_ = leveldb_store::open(folder_.path()).value();
  }

  void note_transaction() {
    commit();
    const bytes raw = new_transaction();
    RC_ASSERT(store_->journal({keccak256(raw), raw}).has_value());
    expected_.waiting.push_back(raw);
  }

  void forget_transaction() {
    commit();
    if (expected_.waiting.empty()) return;
    const bytes raw = expected_.waiting[up_to(expected_.waiting.size() - 1)];
    RC_ASSERT(store_->forget(keccak256(raw)).has_value());
    std::erase(expected_.waiting, raw);
  }

  void vote_alone() {
    commit();
    expected_.vote = vote_lock{slot{++last_slot_}, {}};
    RC_ASSERT(store_->store_vote(*expected_.vote).has_value());
  }

  void compare() const {
    const chain_progress progress = store_->progress().value().value();
    RC_ASSERT(progress.head == expected_.chain.back());
    RC_ASSERT(progress.genesis == expected_.chain.front().id);
    RC_ASSERT(progress.vote == expected_.vote);
    for (const auto& [id, one] : expected_.known) {
      RC_ASSERT(store_->block_by_id(id).value().value().block == one.contents);
      RC_ASSERT(store_->block_by_id(id).value().value().receipts == receipts_of(one.contents));
      RC_ASSERT(store_->node(state_after(id).hash).value().has_value());
      for (const bytes& raw : one.contents.payload.transactions) {
        const auto expected = expected_.places.find(keccak256(raw));
        const auto found = store_->find_transaction(keccak256(raw)).value();
        RC_ASSERT(found.has_value() == (expected != expected_.places.end()));
        if (found) RC_ASSERT(*found == expected->second);
      }
    }
    for (const block_ref& ref : expected_.chain) RC_ASSERT(ref_to(store_->block_by_height(ref.height).value().value().block.header) == ref);
    RC_ASSERT_FALSE(store_->block_by_height(progress.head.height + 1).value().has_value());
    const auto journaled = store_->journaled().value();
    std::multiset<bytes> found;
    for (const journaled_transaction& t : journaled) found.insert(t.raw);
    RC_ASSERT(found == std::multiset<bytes>(expected_.waiting.begin(), expected_.waiting.end()));
    RC_ASSERT(store_->check().value().blocks == expected_.known.size());
  }

  temporary_folder folder_;
  test_chain chain_;
  std::shared_ptr<leveldb_store> store_ = leveldb_store::open(folder_.path()).value();
  model expected_;
  std::vector<import_batch> gathered_;
  std::uint64_t last_slot_ = 0;
  std::uint64_t last_transaction_ = 0;
};

} // namespace

TEST_CASE("the store holds what the model holds after any history") {
  CHECK(rc::check([] {
    history all;
    for (std::size_t steps = up_to(30); steps > 0; --steps) all.step();
    all.finish();
  }));
}
