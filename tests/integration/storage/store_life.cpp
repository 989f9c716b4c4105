// SPDX-License-Identifier: Apache-2.0
//
// Living and being examined.
#include "store_life.hpp"

#include <alys/domain/storage/leveldb_store.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <set>

namespace alys::test {

using namespace alys::domain;
namespace fs = std::filesystem;

namespace {

constexpr int openings = 4; // each finds a log and makes a table of it, the first one of its own first records; LevelDB merges four tables
constexpr int imports_each = 5;

class narrator {
public:
  narrator(fs::path folder, std::shared_ptr<traced_disk> on) : folder_(std::move(folder)), on_(std::move(on)) {}

  [[nodiscard]] story tell() {
    for (int i = 0; i < openings && !told_.failure; ++i) {
      auto opened = leveldb_store::open(folder_, on_, few_states);
      if (!opened) told_.failure = opened.error();
      else live_once(**opened, i + 1 == openings);
    }
    return std::move(told_);
  }

private:
  void live_once(leveldb_store& store, bool last) {
    for (int i = 0; i < imports_each && !told_.failure; ++i) import_next(store);
    if (!last) return;
    if (!told_.failure) REQUIRE(on_->wait_for_merge());
    if (!told_.failure) import_next(store);
  }

  void import_next(leveldb_store& store) {
    const import_batch next = told_.imports.empty() ? import_on_top(chain_.genesis) : after_head();
    for (const bytes& raw : next.contents.payload.transactions) {
      told_.journaled.push_back({keccak256(raw), {on_->count()}});
      if (!note(store.journal({keccak256(raw), raw}))) return;
      told_.journaled.back().when.reported = on_->count();
    }
    told_.imports.push_back({next.contents, {on_->count()}});
    if (!note(store.commit(std::span{&next, 1}))) return;
    told_.imports.back().when.reported = on_->count();
  }

  [[nodiscard]] import_batch after_head() const {
    const block& head = told_.imports.back().contents;
    const auto below =
        std::ranges::find_if(told_.imports, [&](const told_import& each) { return id_of(each.contents.header) == head.header.parent; });
    return next_import(chain_, head, below == told_.imports.end() ? nullptr : &below->contents);
  }

  template <class T>
  bool note(const result<T>& outcome) {
    if (!outcome) told_.failure = outcome.error();
    return outcome.has_value();
  }

  fs::path folder_;
  std::shared_ptr<traced_disk> on_;
  test_chain chain_;
  story told_;
};

// Of what was begun and reported before the disk stopped after so many steps.
template <class T>
[[nodiscard]] std::vector<const T*> known_at(const std::vector<T>& all, std::size_t step, bool reported) {
  std::vector<const T*> known;
  for (const T& each : all) {
    if (reported ? each.when.reported.value_or(traced_disk::never) <= step : each.when.begun <= step) known.push_back(&each);
  }
  return known;
}

// States are there from a height on, and beside the chain.
void examine_states(const leveldb_store& store, std::span<const told_import> imports, const block_ref& last_final) {
  const block_height first = first_kept_below(last_final);
  REQUIRE(store.first_kept_state().value() == first);
  for (const told_import& each : imports) {
    const block_header& header = each.contents.header;
    const bool on_chain = header.height == block_height{0} || store.block_by_height(header.height).value()->block == each.contents;
    INFO("height " << header.height.value());
    REQUIRE(store.node(state_after(id_of(header)).hash).value().has_value() == (!on_chain || header.height >= first));
  }
}

// The imports that the store has are the first so many, each whole. Gives how many.
[[nodiscard]] std::size_t examine_imports(const leveldb_store& store, const story& told, std::size_t step) {
  const std::size_t reported = known_at(told.imports, step, true).size();
  const std::size_t begun = known_at(told.imports, step, false).size();
  const auto progress = store.progress().value();
  std::size_t there = 0;
  for (const told_import& each : told.imports) {
    const auto found = store.block_by_id(id_of(each.contents.header)).value();
    if (!found) break;
    REQUIRE(found->block == each.contents);
    REQUIRE(found->receipts == receipts_of(each.contents));
    ++there;
  }
  INFO(there << " imports are there, " << reported << " were reported, " << begun << " begun");
  REQUIRE(there >= reported);
  REQUIRE(there <= begun);
  for (std::size_t i = there; i < told.imports.size(); ++i) {
    const block& absent = told.imports[i].contents;
    REQUIRE_FALSE(store.block_by_payload(absent.payload.block_hash).value());
    REQUIRE_FALSE(store.node(state_after(id_of(absent.header)).hash).value());
  }
  REQUIRE(progress.has_value() == (there > 0));
  if (!progress) return there;
  REQUIRE(progress->head == ref_to(told.imports[there - 1].contents.header));
  examine_states(store, std::span{told.imports}.first(there), progress->last_final);
  return there;
}

// Every transaction that was to wait does so or is in a block, and no other waits.
void examine_journal(const leveldb_store& store, const story& told, std::size_t step, std::size_t imports, bool process_only) {
  std::set<hash256> waiting;
  const auto journaled = store.journaled().value();
  for (const journaled_transaction& each : journaled) {
    REQUIRE(keccak256(each.raw) == each.hash);
    REQUIRE(waiting.insert(each.hash).second);
    REQUIRE_FALSE(store.find_transaction(each.hash).value());
  }
  const std::size_t durable = process_only ? step : imports > 0 ? told.imports[imports - 1].when.begun : 0;
  for (const told_transaction* each : known_at(told.journaled, durable, true)) {
    REQUIRE((waiting.contains(each->hash) || store.find_transaction(each->hash).value()));
  }
  for (const told_transaction* each : known_at(told.journaled, step, false)) waiting.erase(each->hash);
  REQUIRE(waiting.empty());
}

} // namespace

story live(const fs::path& folder, const std::shared_ptr<traced_disk>& on) { return narrator{folder, on}.tell(); }

finding examine(const fs::path& folder, const story& told, std::size_t step, bool process_only) {
  const auto store = leveldb_store::open(folder, std::make_shared<traced_disk>(folder)); // which waits for no real disk
  if (!store) {
    INFO(store.error().message());
    REQUIRE(store == store_error::damaged);
    REQUIRE(store.error().text().find(folder.string()) == 0);
    return finding::refused;
  }
  const auto checked = (*store)->check();
  INFO(checked.error().message());
  REQUIRE(checked);
  const std::size_t imports = examine_imports(**store, told, step);
  examine_journal(**store, told, step, imports, process_only);
  return finding::as_told;
}

} // namespace alys::test
