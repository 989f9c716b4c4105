// SPDX-License-Identifier: Apache-2.0
//
// Stores that are damaged in every table and every file, and what a repair makes of them: a chain that is the beginning of what was there, whole,
// with the state that belongs to it, and a damaged folder that stays as it was.
#include "ledger_chain.hpp"

#include <alys/domain/engine/world_state.hpp>
#include <alys/domain/storage/keys.hpp>
#include <alys/domain/storage/records.hpp>
#include <alys/domain/storage/store_repair.hpp>

#include <storage/repaired_folder.hpp>

#include "support/temporary_folder.hpp"

#include <catch2/catch.hpp>

#include <leveldb/db.h>
#include <rapidcheck.h>

#include <signal.h>
#include <sys/resource.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <random>
#include <set>
#include <span>
#include <tuple>

using namespace alys::domain;
using namespace alys::test;
namespace fs = std::filesystem;

namespace {

[[nodiscard]] std::string as_text(const bytes& of) { return std::string{text_of(of)}; }

constexpr std::size_t top = 42;
constexpr std::uint64_t waiting = 3;
constexpr unix_milliseconds now{200'000}; // in slot 100

[[nodiscard]] std::string read_file(const fs::path& path) {
  std::ifstream in{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

// All files of the store itself; not of LevelDB's log for people, nor of locks.
[[nodiscard]] std::map<std::string, std::string> files_in(const fs::path& folder) {
  std::map<std::string, std::string> all;
  for (const auto& each : fs::recursive_directory_iterator{folder}) {
    const std::string name = each.path().filename().string();
    if (each.is_regular_file() && !name.starts_with("LO") && name != "lock")
      all[fs::relative(each.path(), folder).string()] = read_file(each.path());
  }
  return all;
}

void import(leveldb_store& store, const import_batch& batch) { REQUIRE(store.commit(std::span{&batch, 1})); }

// What a repair made of a folder.
struct outcome {
  bool was_damaged = false;
  repair_plan plan;
  std::optional<std::uint64_t> height; // of the chain; nothing: it could not be repaired
};

struct fixture {
  fixture() {
    make_store();
    begin_again();
  }

  // Blocks in a table and in the log, one beside the chain, transactions that wait.
  void make_store() {
    for (const auto& [from, to] : {std::pair<std::size_t, std::size_t>{0, top / 2}, {top / 2, top + 1}}) {
      if (from > 0) merge(whole() / "chain");
      const auto store = leveldb_store::open(whole()).value();
      for (std::size_t height = from; height < to; ++height) import(*store, chain.at(height));
      if (from == 0) import(*store, chain.beside(5));
      else
        for (std::uint64_t i = 0; i < waiting; ++i) REQUIRE(store->journal(ledger_chain::waiting(i)));
    }
  }

  // Into one table, before a store is opened that would merge in the background: closed at the wrong moment, it leaves the tables that it has
  // merged to the next start, and with them a second copy of what a test damages.
  static void merge(const fs::path& database) {
    leveldb::DB* opened = nullptr;
    REQUIRE(leveldb::DB::Open({}, database.string(), &opened).ok());
    const std::unique_ptr<leveldb::DB> merged{opened};
    merged->CompactRange(nullptr, nullptr);
  }

  [[nodiscard]] fs::path whole() const { return folder.path() / "whole"; }
  [[nodiscard]] fs::path data() const { return folder.path() / "data"; }

  void begin_again() const {
    fs::remove_all(data());
    fs::copy(whole(), data(), fs::copy_options::recursive);
  }

  // Changes records of the copy by way of LevelDB.
  void change(const std::function<void(leveldb::DB&)>& how) const {
    leveldb::DB* opened = nullptr;
    REQUIRE(leveldb::DB::Open({}, (data() / "chain").string(), &opened).ok());
    const std::unique_ptr<leveldb::DB> database{opened};
    how(*database);
    database->CompactRange(nullptr, nullptr); // or an older table still has what was replaced
  }
  void flip(const std::string& key) const {
    change([&](leveldb::DB& database) {
      std::string record;
      REQUIRE(database.Get({}, key, &record).ok());
      record.back() = static_cast<char>(record.back() ^ 1);
      REQUIRE(database.Put({}, key, record).ok());
    });
  }
  void remove(const std::string& key) const {
    change([&](leveldb::DB& database) { REQUIRE(database.Delete({}, key).ok()); });
  }
  // The record of one key under the other.
  void misplace(const std::string& from, const std::string& to) const {
    change([&](leveldb::DB& database) {
      std::string record;
      REQUIRE(database.Get({}, from, &record).ok());
      REQUIRE(database.Put({}, to, record).ok());
    });
  }

  // Looks, repairs, and checks whatever must be so after any damage.
  [[nodiscard]] outcome repair() {
    const auto before = files_in(data());
    outcome found;
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

  // All of it is what was imported, and imports go on.
  [[nodiscard]] std::uint64_t check_repaired(const repair_plan& plan) {
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
  void check_state(const leveldb_store& store, const chain_progress& progress) {
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

  // Of the record of this table that belongs to a height.
  [[nodiscard]] std::string key_in(store_table table, std::size_t height) {
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

  ledger_chain chain;
  temporary_folder folder{quick_place()};
};

// Files of this process may not grow beyond so many bytes: to a program that writes, the same as a disk that is full.
class small_files {
public:
  explicit small_files(rlim_t bytes) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit small{bytes, before_.rlim_max};
    was_ = ::signal(SIGXFSZ, SIG_IGN);
    ::setrlimit(RLIMIT_FSIZE, &small);
  }
  small_files(const small_files&) = delete;
  small_files& operator=(const small_files&) = delete;
  ~small_files() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    ::signal(SIGXFSZ, was_);
  }

private:
  rlimit before_{};
  sighandler_t was_ = nullptr;
};

constexpr std::size_t hurt = 21; // a height with transactions, below the last final block; its records lie in the log

struct table_case {
  store_table table;
  std::uint64_t height; // of the chain that is left
  bool vote_is_known = true;
};

} // namespace

TEST_CASE_METHOD(fixture, "a store that is whole is not repaired") {
  const auto found = repair();
  CHECK_FALSE(found.was_damaged);
  CHECK(leveldb_store::open(data()).value()->check());
}

TEST_CASE_METHOD(fixture, "a record of any table that is changed costs no more than it must") {
  const table_case cases[] = {{store_table::schema, top},        {store_table::commit, top, false}, {store_table::progress, top, false},
                              {store_table::block, hurt - 1},    {store_table::receipts, hurt - 1}, {store_table::height, top},
                              {store_table::payload, top},       {store_table::transaction, top},   {store_table::node, top},
                              {store_table::dropped, top},       {store_table::pruning, top},       {store_table::journal, top},
                              {store_table::journal_number, top}};
  for (const table_case& each : cases) {
    INFO("table " << static_cast<char>(each.table));
    begin_again();
    flip(key_in(each.table, hurt));
    const auto found = repair();
    CHECK(found.was_damaged);
    CHECK(found.height == each.height);
    CHECK(found.plan.vote_is_known == each.vote_is_known);
  }
}

TEST_CASE_METHOD(fixture, "a record of any table that is missing costs no more than it must") {
  const table_case cases[] = {{store_table::schema, top},     {store_table::commit, top, false}, {store_table::progress, top, false},
                              {store_table::block, hurt - 1}, {store_table::receipts, hurt - 1}, {store_table::height, top},
                              {store_table::payload, top},    {store_table::transaction, top},   {store_table::pruning, top}};
  for (const table_case& each : cases) {
    INFO("table " << static_cast<char>(each.table));
    begin_again();
    remove(key_in(each.table, hurt));
    const auto found = repair();
    CHECK(found.was_damaged);
    CHECK(found.height == each.height);
    CHECK(found.plan.vote_is_known == each.vote_is_known);
  }
}

TEST_CASE_METHOD(fixture, "a record of any table under the key of another costs no more than it must") {
  const table_case cases[] = {{store_table::block, hurt},  {store_table::receipts, hurt},   {store_table::height, top},
                              {store_table::payload, top}, {store_table::transaction, top}, {store_table::node, top},
                              {store_table::dropped, top}, {store_table::journal, top},     {store_table::journal_number, top}};
  for (const table_case& each : cases) {
    INFO("table " << static_cast<char>(each.table));
    begin_again();
    misplace(key_in(each.table, hurt), key_in(each.table, hurt + 1));
    const auto found = repair();
    CHECK(found.was_damaged);
    CHECK(found.height == each.height);
    CHECK(found.plan.vote_is_known);
  }
}

TEST_CASE_METHOD(fixture, "a block that is lost takes those above it and their transactions wait again") {
  remove(key_in(store_table::block, hurt));
  const auto found = repair();
  CHECK(found.height == hurt - 1);
  CHECK(found.plan.recorded.value().head == chain.at(top).ref);
  CHECK(found.plan.recorded.value().last_final == chain.at(top - 1).ref);
  CHECK(found.plan.last_final == chain.at(hurt - 1).ref);
  CHECK(found.plan.whole_blocks_dropped == top - hurt + 1); // with the one beside the chain
  std::uint64_t given_back = 0;
  for (std::size_t height = hurt + 1; height <= top; ++height) given_back += chain.at(height).contents.payload.transactions.size();
  CHECK(found.plan.given_back == given_back);
  CHECK(found.plan.waiting == given_back + waiting);
}

TEST_CASE_METHOD(fixture, "a repaired store remembers what was signed last although it has lost the block") {
  remove(key_in(store_table::block, top - 3));
  {
    auto looked = store_repair::look(data()).value();
    CHECK(looked.plan().vote_is_known);
    CHECK(looked.carry_out({.now = now}).value().progress->vote == chain.at(top).vote);
  }
  CHECK(leveldb_store::open(data()).value()->progress().value()->vote == chain.at(top).vote);
}

TEST_CASE_METHOD(fixture, "a vote that cannot be read is forgotten on demand only and no slot that has begun is signed for") {
  flip(key_in(store_table::progress, 0));
  const auto files = files_in(data());
  auto looked = store_repair::look(data()).value();
  CHECK_FALSE(looked.plan().recorded);
  CHECK(looked.carry_out({.now = now}) == repair_refusal::vote_unknown);
  CHECK(files_in(data()) == files);
  const auto vote = looked.carry_out({.now = now, .forget_vote = true}).value().progress->vote;
  REQUIRE(vote);
  CHECK(vote->slot >= slot{100});
  CHECK_FALSE(lock_vote(vote, {id_of(chain.at(top).contents.header), block_height{top + 1}, slot{100}}));
}

TEST_CASE_METHOD(fixture, "a clock that is behind the chain frees no slot of the chain") {
  flip(key_in(store_table::progress, 0));
  auto looked = store_repair::look(data()).value();
  const auto vote = looked.carry_out({.now = unix_milliseconds{1'000}, .forget_vote = true}).value().progress->vote;
  CHECK(vote == chain.at(top).vote);
}

TEST_CASE_METHOD(fixture, "a vote of before the commits that were lost is not taken for the last one") {
  std::size_t newest = 0;
  for (const auto& [name, content] : files_in(data())) {
    if (name.ends_with(".log")) newest = content.size();
  }
  for (const auto& each : fs::directory_iterator{data() / "chain"}) {
    if (each.path().extension() == ".log") fs::resize_file(each.path(), newest / 2);
  }
  auto looked = store_repair::look(data()).value();
  REQUIRE(looked.plan().recorded);
  CHECK(looked.plan().recorded->vote);
  CHECK_FALSE(looked.plan().vote_is_known);
  CHECK(looked.carry_out({.now = now}) == repair_refusal::vote_unknown);
}

TEST_CASE_METHOD(fixture, "a check of the store finds what the newest states lack and nothing where no state is kept") {
  const auto checked = [&] { return leveldb_store::open(data()).value()->check(); };
  const import_batch& newest = chain.at(top);
  CHECK(checked());
  remove(as_text(key_of(store_table::node, newest.contents.payload.state_root.view())));
  CHECK(checked() == store_error::damaged);
  CHECK(checked().error().text().find("the state lacks the node " + to_hex(newest.contents.payload.state_root)) != std::string::npos);
  change([&](leveldb::DB& database) {
    for (std::size_t height = 0; height <= top; ++height) {
      for (const state_change& node : chain.at(height).state_changes) {
        for (const store_table table : {store_table::node, store_table::rewritten})
          REQUIRE(database.Delete({}, as_text(key_of(table, node.hash.view()))).ok());
      }
    }
  });
  CHECK(checked());
}

TEST_CASE_METHOD(fixture, "state that is lost is computed from the blocks") {
  const auto lose = [&](const std::vector<std::size_t>& heights) {
    change([&](leveldb::DB& database) {
      for (const std::size_t height : heights) {
        for (const state_change& node : chain.at(height).state_changes)
          REQUIRE(database.Delete({}, as_text(key_of(store_table::node, node.hash.view()))).ok());
      }
    });
  };
  SECTION("of the head alone") {
    lose({top});
    const auto found = repair();
    CHECK(found.height == top);
    CHECK(found.plan.state == repaired_state::computed);
    CHECK(found.plan.executed == 1);
  }
  SECTION("of old blocks that younger ones share") {
    lose({3, 5, 21});
    const auto found = repair();
    CHECK(found.height == top);
    CHECK(found.plan.state == repaired_state::computed);
    CHECK(found.plan.executed >= 3);
    CHECK(found.plan.executed < 10); // with these back, the states above are whole
  }
  SECTION("of the head with its header alone") {
    remove(as_text(key_of(store_table::node, chain.at(top).contents.payload.block_hash.view())));
    const auto found = repair();
    CHECK(found.was_damaged);
    CHECK(found.height == top);
  }
  SECTION("of all") {
    std::vector<std::size_t> all;
    for (std::size_t height = 0; height <= top; ++height) all.push_back(height);
    lose(all);
    flip(key_in(store_table::height, 1)); // for a head without state may be one of an execution client
    const auto found = repair();
    CHECK(found.height == top);
    CHECK(found.plan.executed == top);
  }
  SECTION("of all blocks below the head") {
    change([&](leveldb::DB& database) {
      for (std::size_t height = 0; height < top; ++height) REQUIRE(database.Delete({}, key_in(store_table::node, height)).ok());
    });
    remove(key_in(store_table::height, 1));
    CHECK(store_repair::look(data()).value().plan().state == repaired_state::none); // the last final block's is needed, too
    CHECK(repair().plan.state == repaired_state::computed);
  }
  SECTION("of the first block of which nobody says what it was") {
    lose({0, 1, 2, 3, 5, 6, 7});
    remove(key_in(store_table::height, 1));
    CHECK(store_repair::look(data()).value().plan().state == repaired_state::none);
    auto other = chain.first();
    other.timestamp = unix_seconds{1};
    const auto refused = store_repair::look(data(), other);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().category() == alys::category::configuration);
    CHECK(repair().plan.state == repaired_state::computed);
  }
}

TEST_CASE_METHOD(fixture, "a chain without any state is repaired as that of an execution client") {
  change([&](leveldb::DB& database) {
    const std::unique_ptr<leveldb::Iterator> at{database.NewIterator({})};
    for (at->SeekToFirst(); at->Valid(); at->Next()) {
      const auto table = static_cast<store_table>(at->key()[0]);
      if (table == store_table::node || table == store_table::rewritten || table == store_table::dropped)
        REQUIRE(database.Delete({}, at->key()).ok());
    }
  });
  CHECK(store_repair::look(data()).value().plan().damage.empty());
  change([&](leveldb::DB& database) { // and no less if a ledger has executed the blocks up to a height that is gone from the head
    for (const state_change& node : chain.at(0).state_changes)
      REQUIRE(database.Put({}, as_text(key_of(store_table::node, node.hash.view())), as_text(node.rlp)).ok());
  });
  CHECK(store_repair::look(data()).value().plan().damage.empty());
  for (const state_change& node : chain.at(0).state_changes) remove(as_text(key_of(store_table::node, node.hash.view())));
  remove(key_in(store_table::height, 7));
  auto looked = store_repair::look(data()).value();
  CHECK(looked.plan().state == repaired_state::none);
  CHECK(looked.plan().head == chain.at(top).ref);
  REQUIRE(looked.carry_out({.now = now}));
}

TEST_CASE_METHOD(fixture, "a store of which not even the first block is whole cannot be repaired") {
  remove(key_in(store_table::block, 0));
  const auto found = repair();
  CHECK(found.was_damaged);
  CHECK_FALSE(found.height);
}

TEST_CASE_METHOD(fixture, "what is no store or not free or of a later program is not repaired") {
  CHECK(store_repair::look(folder.path() / "nothing") == store_error::unreadable);
  CHECK_FALSE(fs::exists(folder.path() / "nothing"));
  fs::create_directories(folder.path() / "empty");
  CHECK(store_repair::look(folder.path() / "empty") == store_error::unreadable);
  CHECK(fs::is_empty(folder.path() / "empty"));
  {
    const auto used = leveldb_store::open(data()).value();
    CHECK(store_repair::look(data()) == store_error::in_use);
  }
  {
    const auto looked = store_repair::look(data()).value();
    CHECK(leveldb_store::open(data()) == store_error::in_use);
  }
  const bytes version = key_of(store_table::schema);
  change([&](leveldb::DB& database) {
    REQUIRE(database.Put({}, as_text(version), as_text(seal_record(version, encode_number(store_schema_version + 1)))).ok());
  });
  CHECK(store_repair::look(data()) == store_error::newer_schema);
  remove(key_in(store_table::height, hurt));
  CHECK(store_repair::look(data()) == store_error::newer_schema);
}

TEST_CASE_METHOD(fixture, "a file that is damaged or missing costs no more than the blocks in it") {
  std::map<std::string, std::set<std::uint64_t>> heights; // that were reached, by kind of file
  const auto damage = [&](const std::string& name, const std::function<void(const fs::path&)>& how) {
    INFO(name);
    begin_again();
    how(data() / name);
    const auto found = repair();
    if (found.height) heights[name.ends_with(".log") ? "log" : name.ends_with(".ldb") ? "table" : "other"].insert(*found.height);
    else if (found.was_damaged) CHECK(name.ends_with(".ldb")); // with the first block in it
  };
  std::mt19937_64 random{11};
  for (const auto& [name, content] : files_in(whole())) {
    damage(name, [](const fs::path& file) { fs::remove(file); });
    damage(name, [](const fs::path& file) { fs::resize_file(file, 0); });
    damage(name, [](const fs::path& file) { fs::resize_file(file, fs::file_size(file) / 2); });
    for (int i = 0; i < 12; ++i) {
      damage(name, [&, bytes = content](const fs::path& file) {
        std::string changed = bytes;
        const auto at = std::uniform_int_distribution<std::size_t>{0, bytes.size() - 1}(random);
        changed[at] = static_cast<char>(changed[at] ^ 4);
        std::ofstream{file, std::ios::binary | std::ios::trunc} << changed;
      });
    }
  }
  CHECK(heights["other"] == std::set<std::uint64_t>{top}); // what LevelDB lists its files in, and the number of the last commit
  CHECK(*heights["log"].begin() >= top / 2 - 1);           // blocks below are in a table
  CHECK(heights["table"].size() > 1);
}

TEST_CASE_METHOD(fixture, "any damage to blocks leaves the chain below the first of them") {
  CHECK(rc::check([&](const std::vector<std::pair<std::uint8_t, bool>>& places) {
    std::set<std::pair<std::uint64_t, store_table>> hurt_records;
    for (const auto& [place, receipts] : places)
      hurt_records.emplace(place % (top + 1), receipts ? store_table::receipts : store_table::block);
    begin_again();
    for (const auto& [height, table] : hurt_records) flip(key_in(table, height));
    const auto found = repair();
    const bool has_first = hurt_records.empty() || hurt_records.begin()->first > 0;
    RC_ASSERT(found.was_damaged == !hurt_records.empty());
    RC_ASSERT(found.height.has_value() == (found.was_damaged && has_first));
    if (found.height) RC_ASSERT(*found.height == hurt_records.begin()->first - 1);
  }));
}

TEST_CASE_METHOD(fixture, "a repair that runs out of room leaves everything as it was and can be done again") {
  remove(key_in(store_table::block, hurt));
  const auto before = files_in(data());
  const auto outcome = [&] {
    auto looked = store_repair::look(data()).value();
    const small_files full{4'096};
    return looked.carry_out({.now = now});
  }();
  REQUIRE(outcome == store_error::no_space);
  CHECK(outcome.error().text().find(data().string()) == 0);
  CHECK(files_in(data()) == before);
  CHECK(std::distance(fs::directory_iterator{data()}, {}) == 3);                  // chain, commits, lock
  fs::create_directories(repaired_folder(data()).string() + ".unfinished/chain"); // as a process leaves it that is killed while it writes
  CHECK(repair().height == hurt - 1);
}

TEST_CASE_METHOD(fixture, "a node that is started again and again on a damaged folder makes nothing worse") {
  std::size_t refused = 0;
  const auto after_starts = [&](const std::string& name, std::uintmax_t length, int starts) {
    begin_again();
    fs::resize_file(data() / name, length);
    for (int start = 0; start < starts; ++start) refused += leveldb_store::open(data()) ? 0 : 1;
    const auto looked = store_repair::look(data());
    return looked && !looked->plan().damage.empty() ? looked->plan().head : block_ref{};
  };
  for (const auto& [name, content] : files_in(whole())) {
    const std::size_t stride = content.size() < 1'000 ? 7 : content.size() / 20;
    for (std::size_t length = 0; length < content.size(); length += stride) {
      INFO(name << " ends at byte " << length);
      CHECK(after_starts(name, length, 3) == after_starts(name, length, 0));
    }
  }
  CHECK(refused > 50);
}

TEST_CASE_METHOD(fixture, "any damage to any files leaves the beginning of the chain or says that nothing is left") {
  const auto files = files_in(whole());
  std::size_t repaired = 0;
  CHECK(rc::check([&](const std::vector<std::tuple<std::uint8_t, std::uint32_t, std::uint8_t>>& damages) {
    begin_again();
    for (const auto& [file, place, kind] : std::span{damages}.first(std::min<std::size_t>(damages.size(), 4))) {
      const auto& [name, content] = *std::next(files.begin(), file % files.size());
      const fs::path path = data() / name;
      if (!fs::exists(path) || fs::file_size(path) == 0) continue;
      const std::size_t at = place % fs::file_size(path);
      std::string changed = read_file(path);
      if (kind % 4 == 0) changed.resize(at);
      else if (kind % 4 == 1)
        changed.replace(at, std::min<std::size_t>(changed.size() - at, 600), std::min<std::size_t>(changed.size() - at, 600), '\0');
      else changed[at] = static_cast<char>(changed[at] ^ static_cast<char>(1U << kind % 8));
      if (kind == 0) fs::remove(path);
      else std::ofstream{path, std::ios::binary | std::ios::trunc} << changed;
    }
    repaired += repair().height ? 1 : 0; // which says what must be so
  }));
  CHECK(repaired > 10);
}
