// SPDX-License-Identifier: Apache-2.0
#include "damaged_store.hpp"

#include <alys/domain/engine/world_state.hpp>
#include <alys/domain/storage/records.hpp>

#include <catch2/catch.hpp>

#include <fstream>
#include <iterator>
#include <memory>
#include <span>
#include <utility>

namespace alys::test {

using namespace alys::domain;
namespace fs = std::filesystem;

namespace {

void import(leveldb_store& store, const import_batch& batch) { REQUIRE(store.commit(std::span{&batch, 1})); }

// LevelDB writes all records into one table.
void rewrite(const fs::path& store, const std::function<void(leveldb::DB&)>& how) {
  leveldb::DB* opened = nullptr;
  REQUIRE(leveldb::DB::Open({}, (store / "chain").string(), &opened).ok());
  const std::unique_ptr<leveldb::DB> database{opened};
  how(*database);
  database->CompactRange(nullptr, nullptr); // or an older table still has what was replaced
}

} // namespace

std::string as_text(const bytes& of) { return std::string{text_of(of)}; }

std::string read_file(const fs::path& path) {
  std::ifstream in{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

std::map<std::string, std::string> files_in(const fs::path& folder) {
  std::map<std::string, std::string> all;
  for (const auto& each : fs::recursive_directory_iterator{folder}) {
    const std::string name = each.path().filename().string();
    if (each.is_regular_file() && !name.starts_with("LO") && name != "lock")
      all[fs::relative(each.path(), folder).string()] = read_file(each.path());
  }
  return all;
}

damaged_store::damaged_store() {
  make_store();
  begin_again();
}

// Blocks in a table and in the log, one beside the chain, transactions that wait.
void damaged_store::make_store() {
  for (const auto& [from, to] : {std::pair<std::size_t, std::size_t>{0, top / 2}, {top / 2, top + 1}}) {
    // A store that merges in the background, and is closed at the wrong moment, leaves the tables that it has merged to the next start, and with
    // them a second copy of what a test damages.
    if (from > 0) rewrite(whole(), [](leveldb::DB&) {});
    const auto store = leveldb_store::open(whole()).value();
    for (std::size_t height = from; height < to; ++height) import(*store, chain.at(height));
    if (from == 0) import(*store, chain.beside(5));
    else
      for (std::uint64_t i = 0; i < waiting; ++i) REQUIRE(store->journal(ledger_chain::waiting(i)));
  }
}

void damaged_store::begin_again() const {
  fs::remove_all(data());
  fs::copy(whole(), data(), fs::copy_options::recursive);
}

void damaged_store::change(const std::function<void(leveldb::DB&)>& how) const { rewrite(data(), how); }

void damaged_store::flip(const std::string& key) const {
  change([&](leveldb::DB& database) {
    std::string record;
    REQUIRE(database.Get({}, key, &record).ok());
    record.back() = static_cast<char>(record.back() ^ 1);
    REQUIRE(database.Put({}, key, record).ok());
  });
}

void damaged_store::remove(const std::string& key) const {
  change([&](leveldb::DB& database) { REQUIRE(database.Delete({}, key).ok()); });
}

void damaged_store::misplace(const std::string& from, const std::string& to) const {
  change([&](leveldb::DB& database) {
    std::string record;
    REQUIRE(database.Get({}, from, &record).ok());
    REQUIRE(database.Put({}, to, record).ok());
  });
}

std::string damaged_store::key_in(store_table table, std::size_t height) {
  const import_batch& at = chain.at(height);
  switch (table) {
    case store_table::schema:
    case store_table::commit:
    case store_table::progress:
    case store_table::pruning: return as_text(key_of(table));
    case store_table::block:
    case store_table::receipts: return as_text(key_of(table, at.ref.id.view()));
    case store_table::height: return as_text(key_of(table, height));
    case store_table::payload: return as_text(key_of(table, at.contents.payload.block_hash.view()));
    case store_table::transaction: return as_text(key_of(table, keccak256(at.contents.payload.transactions.front()).view()));
    case store_table::node: return as_text(key_of(table, at.contents.payload.state_root.view()));
    case store_table::dropped: return as_text(key_of(table, height, at.ref.id.view()));
    case store_table::rewritten: return as_text(key_of(table, at.contents.payload.state_root.view()));
    case store_table::journal: return as_text(key_of(table, height % waiting + 1));
    case store_table::journal_number: return as_text(key_of(table, ledger_chain::waiting(height % waiting).hash.view()));
  }
  return {};
}

repair_outcome damaged_store::repair() {
  const auto before = files_in(data());
  repair_outcome found;
  {
    auto looked = store_repair::look(data(), chain.first());
    CHECK(files_in(data()) == before);
    INFO(looked.error().message());
    if (!looked) {
      CHECK(looked == store_error::damaged);
      CHECK(looked.error().text().find(data().string()) == 0);
      found.was_damaged = true;
      return found;
    }
    found.plan = looked->plan();
    found.was_damaged = !found.plan.damage.empty();
    const auto done = looked->carry_out({.now = now, .forget_vote = true});
    INFO(done.error().message());
    if (!found.was_damaged) {
      CHECK(done == repair_refusal::nothing_to_do);
      return found;
    }
    REQUIRE(done);
    CHECK(files_in(done->damaged) == before);
  }
  found.height = check_repaired(found.plan);
  return found;
}

std::uint64_t damaged_store::check_repaired(const repair_plan& plan) {
  CHECK(store_repair::look(data()).value().plan().damage.empty());
  const auto store = leveldb_store::open(data()).value();
  const auto progress = store->progress().value().value();
  CHECK(progress.head == plan.head);
  CHECK(progress.last_final == plan.last_final);
  CHECK(progress.last_final.height <= progress.head.height);
  const std::uint64_t height = progress.head.height.value();
  for (std::uint64_t at = 0; at <= height; ++at) {
    const auto found = store->block_by_height(block_height{at}).value().value();
    REQUIRE(found.block == chain.at(at).contents);
    REQUIRE(found.receipts == chain.at(at).receipts);
  }
  check_state(*store, progress);
  const auto journaled = store->journaled().value();
  CHECK(journaled.size() == plan.waiting);
  for (const auto& each : journaled) CHECK_FALSE(store->find_transaction(each.hash).value());
  import(*store, chain.at(height + 1));
  const auto checked = store->check();
  INFO(checked.error().message());
  REQUIRE(checked);
  return height;
}

// The account of the head, and of each block that a branch may begin at.
void damaged_store::check_state(const leveldb_store& store, const chain_progress& progress) {
  for (std::uint64_t at = progress.last_final.height.value(); at <= progress.head.height.value(); ++at) {
    const block& one = chain.at(at).contents;
    const auto header = store.node(one.payload.block_hash).value();
    REQUIRE(header);
    CHECK(decode_header(*header).value().state_root == one.payload.state_root);
    std::uint64_t sent = 0;
    for (std::uint64_t height = 0; height <= at; ++height) sent += chain.at(height).contents.payload.transactions.size();
    const auto rich = world_state{one.payload.state_root, store}.read(dev_account);
    REQUIRE(rich);
    CHECK(rich->nonce == sent);
  }
}

} // namespace alys::test
