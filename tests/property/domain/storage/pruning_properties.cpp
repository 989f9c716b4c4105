// SPDX-License-Identifier: Apache-2.0
//
// Pruning against a model that keeps every state: over random chains with forks, reorganisations, restarts and accounts that get back what they had,
// each state that is to be kept can be read as a whole and says what it said, and without forks nothing else is left.
#include <alys/domain/chain/identity.hpp>
#include <alys/domain/engine/account.hpp>
#include <alys/domain/engine/state_check.hpp>
#include <alys/domain/engine/trie.hpp>
#include <alys/domain/storage/keys.hpp>
#include <alys/domain/storage/leveldb_store.hpp>

#include "support/domain/memory_source.hpp"
#include "support/domain/test_imports.hpp"
#include "support/temporary_folder.hpp"

#include <rapidcheck.h>
#include <catch2/catch.hpp>
#include <storage/kept_states.hpp>
#include <storage/opening.hpp>
#include <storage/record_reader.hpp>

#include <algorithm>
#include <map>
#include <set>

using namespace alys::domain;
using namespace alys::test;

namespace {

constexpr std::size_t accounts = 12; // so few that their trie changes its shape, and often back
using balances = std::map<std::size_t, std::uint64_t>;

// Also the first of the generated histories are long.
[[nodiscard]] std::size_t roll(std::size_t most) { return *rc::gen::resize(100, rc::gen::inRange<std::size_t>(0, most + 1)); }

[[nodiscard]] hash256 key_of_account(std::size_t number) { return keccak256(bytes_of("account " + std::to_string(number))); }

struct known_block {
  block contents;
  block_ref ref;
  hash256 root;
  balances has;
  import_batch import;
};

class history {
public:
  explicit history(bool with_forks) : with_forks_(with_forks), keep_(1 + roll(5)) {
    known_block first;
    trie state;
    first.contents = chain_.genesis;
    finish_block(first, state);
    import_batch batch = first.import;
    batch.last_final = batch.head = batch.ref;
    batch.applied = {batch.ref};
    chain_of_head_ = {first.ref.id};
    add(std::move(first), std::move(batch));
    commit();
  }

  void step() {
    switch (roll(9)) {
      case 0: commit(); break;
      case 1: restart(); break;
      case 2:
        if (with_forks_) import_again();
        break;
      case 3:
      case 4:
        if (with_forks_) reorganise(roll(3));
        break;
      case 5:
        if (with_forks_) add_aside();
        break;
      default: reorganise(0);
    }
  }

  void finish() {
    commit();
    compare();
    restart();
    compare();
    if (!with_forks_) compare_table();
  }

private:
  [[nodiscard]] const known_block& head() const { return known_.at(chain_of_head_.back()); }

  // All blocks that are final, or descend from the last final one.
  [[nodiscard]] bool is_alive(const known_block& one) const {
    const known_block* at = &one;
    while (at->ref.height.value() > final_) at = &known_.at(at->contents.header.parent);
    return at->ref.id == chain_of_head_[at->ref.height.value()];
  }
  [[nodiscard]] const known_block& any_above_final() const {
    std::vector<const known_block*> all;
    for (const auto& [id, one] : known_) {
      if (one.ref.height.value() >= final_ && is_alive(one)) all.push_back(&one);
    }
    return *all[roll(all.size() - 1)];
  }

  // A block whose accounts have few balances to choose from: nodes of former states come back.
  [[nodiscard]] known_block block_on(const known_block& parent) {
    known_block one;
    one.has = parent.has;
    trie state{parent.root, everything_};
    for (std::size_t i = roll(4); i > 0; --i) {
      const std::size_t who = roll(accounts - 1);
      const std::uint64_t balance = roll(2);
      one.has[who] = balance;
      const auto value = balance == 0 ? bytes{} : encode_account({.nonce = 0, .balance = balance});
      RC_ASSERT(state.put(key_of_account(who).view(), value).has_value());
      if (balance == 0) one.has.erase(who);
    }
    one.contents = block_with(chain_, parent.contents, slot{++last_slot_}, {});
    finish_block(one, state);
    // As the ledger does: a header goes with its state.
    one.import.dropped_nodes.push_back(state_after(parent.ref.id).hash);
    return one;
  }

  void finish_block(known_block& one, trie& state) {
    trie_commit done = state.commit();
    one.root = done.root;
    one.import = import_aside(one.contents); // with a node of its own, for a header
    one.ref = one.import.ref;
    one.import.state_changes.insert(one.import.state_changes.end(), done.nodes.begin(), done.nodes.end());
    one.import.dropped_nodes = std::move(done.dropped);
    everything_.add(one.import.state_changes);
  }

  // The head moves to a new block on top of an ancestor, but none below the last final block; now and then that makes others final.
  void reorganise(std::size_t depth) {
    depth = std::min<std::size_t>(depth, chain_of_head_.size() - 1 - final_);
    import_batch batch;
    for (std::size_t i = 0; i < depth; ++i) {
      batch.undone.push_back(known_.at(chain_of_head_.back()).ref);
      chain_of_head_.pop_back();
    }
    known_block one = block_on(head());
    const auto undone = std::move(batch.undone);
    batch = one.import;
    batch.undone = undone;
    batch.applied = {one.ref};
    batch.head = one.ref;
    chain_of_head_.push_back(one.ref.id);
    known_.insert_or_assign(one.ref.id, one);
    if (roll(2) == 0) {
      final_ += roll(chain_of_head_.size() - 1 - final_);
      batch.last_final = known_.at(chain_of_head_[final_]).ref;
    }
    add(std::move(one), std::move(batch));
  }

  void add_aside() {
    known_block one = block_on(any_above_final());
    import_batch batch = one.import;
    add(std::move(one), std::move(batch));
  }

  // As after a restart, which forgets blocks beside the chain.
  void import_again() {
    known_block one = any_above_final();
    import_batch batch = one.import;
    add(std::move(one), std::move(batch));
  }

  void add(known_block one, import_batch batch) {
    known_.insert_or_assign(one.ref.id, std::move(one));
    gathered_.push_back(std::move(batch));
    if (roll(3) == 0) commit();
  }

  void commit() {
    if (gathered_.empty()) return;
    const auto done = store_->commit(gathered_);
    RC_ASSERT(done.has_value());
    gathered_.clear();
    first_kept_ = std::max(first_kept_, final_ + 1 > keep_ ? final_ + 1 - keep_ : 0);
    compare();
  }

  void restart() {
    commit();
    store_.reset();
    if (roll(3) == 0) keep_ = 1 + roll(5);
    store_ = leveldb_store::open(folder_.path(), {.keep_states = keep_}).value();
  }

  [[nodiscard]] bool is_kept(const known_block& one) const { return one.ref.height.value() >= first_kept_ && is_alive(one); }

  void compare() const {
    RC_ASSERT(store_->first_kept_state().value().value() == first_kept_);
    for (const auto& [id, one] : known_) {
      const bool kept = is_kept(one);
      RC_ASSERT(is_state_kept(*store_, store_->block_by_id(id).value().value()).value() == kept);
      if (kept) compare_state(one);
    }
    const auto whole = store_->check();
    RC_ASSERT(whole.has_value());
  }

  void compare_state(const known_block& one) const {
    RC_ASSERT(store_->node(state_after(one.ref.id).hash).value().has_value());
    RC_ASSERT(check_state_part(*store_, one.root, {}, 10'000).has_value());
    trie state{one.root, *store_};
    for (std::size_t who = 0; who < accounts; ++who) {
      const auto found = state.get(key_of_account(who).view()).value();
      const auto expected = one.has.find(who);
      RC_ASSERT(found.has_value() == (expected != one.has.end()));
      if (found) RC_ASSERT(decode_account(*found).value().balance == wei{expected->second});
    }
  }

  // What the table of nodes holds is what the kept states consist of, and of no other it is known who wrote it again.
  void compare_table() {
    std::set<hash256> expected;
    for (const auto& [id, one] : known_) {
      if (!is_kept(one)) continue;
      expected.insert(state_after(id).hash);
      const named_source nodes{everything_, expected};
      RC_ASSERT(check_state_part(nodes, one.root, {}, 10'000).has_value());
    }
    store_.reset();
    const auto opened = open_store(folder_.path(), std::make_shared<disk>()).value();
    RC_ASSERT(names_in(*opened.database, store_table::node) == expected);
    const auto again = names_in(*opened.database, store_table::rewritten);
    RC_ASSERT(std::ranges::includes(expected, again));
  }

  // Remembers what it was asked for.
  struct named_source final : state_source {
    named_source(const state_source& from, std::set<hash256>& into) : nodes(from), names(into) {}
    [[nodiscard]] alys::result<std::optional<bytes>> node(const hash256& hash) const override {
      names.insert(hash);
      return nodes.node(hash);
    }
    const state_source& nodes;
    std::set<hash256>& names;
  };

  [[nodiscard]] static std::set<hash256> names_in(leveldb::DB& database, store_table table) {
    std::set<hash256> names;
    const auto read = record_reader{database}.each(alys::domain::key_of(table), [&](bytes_view key, bytes_view) -> alys::result<void> {
      names.insert(hash256::from(key.subspan(1)).value());
      return {};
    });
    RC_ASSERT(read.has_value());
    return names;
  }

  bool with_forks_;
  std::uint64_t keep_;
  temporary_folder folder_{quick_place()};
  test_chain chain_;
  std::shared_ptr<leveldb_store> store_ = leveldb_store::open(folder_.path(), {.keep_states = keep_}).value();
  alys::domain::test::memory_source everything_;
  std::map<block_id, known_block> known_;
  std::vector<block_id> chain_of_head_;
  std::uint64_t final_ = 0;
  std::uint64_t first_kept_ = 0;
  std::vector<import_batch> gathered_;
  std::uint64_t last_slot_ = 0;
};

} // namespace

TEST_CASE("states that are kept are whole and say what they said whatever was pruned") {
  CHECK(rc::check([] {
    history all{true};
    for (std::size_t steps = roll(100); steps > 0; --steps) all.step();
    all.finish();
  }));
}

TEST_CASE("without forks the store has the nodes of the states that are kept and no others") {
  CHECK(rc::check([] {
    history all{false};
    for (std::size_t steps = roll(100); steps > 0; --steps) all.step();
    all.finish();
  }));
}
