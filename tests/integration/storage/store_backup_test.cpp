// SPDX-License-Identifier: Apache-2.0
//
// Copies of a store, and what is made of them.
#include "endless_imports.hpp"

#include <alys/domain/storage/leveldb_store.hpp>
#include <alys/domain/storage/store_backups.hpp>
#include <alys/domain/storage/store_restore.hpp>

#include "support/temporary_folder.hpp"

#include <catch2/catch.hpp>

#include <leveldb/db.h>

#include <atomic>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <thread>

using namespace alys::domain;
using namespace alys::test;
namespace fs = std::filesystem;

namespace {

constexpr unix_milliseconds long_after{4'000'000'000'000};

// A store that grows on request.
struct fixture {
  fixture() { import(import_on_top(chain.genesis)); }

  void import(const import_batch& batch) {
    REQUIRE(store->commit(std::span{&batch, 1}));
    if (batch.contents.header.parent == id_of(head.header)) below = head;
    head = batch.contents;
  }
  void grow(int blocks) {
    for (int i = 0; i < blocks; ++i) import(next_import(chain, head, below ? &*below : nullptr));
  }

  // Of a backup that the store makes while it is open.
  [[nodiscard]] alys::result<made_backup> outcome_of(const std::string& name) const {
    const auto begun = store_backups{store, folder.path() / "backups"}.begin(name);
    if (!begun) return begun.error();
    auto made = (*begun)->outcome();
    for (; !made; made = (*begun)->outcome()) std::this_thread::yield();
    return *std::move(made);
  }

  [[nodiscard]] fs::path data() const { return folder.path() / "data"; }
  [[nodiscard]] fs::path backup() const { return folder.path() / "backup"; }
  [[nodiscard]] fs::path restored() const { return folder.path() / "restored"; }

  // Nothing but these is in the test's folder: no half of a copy either.
  void check_folders(const std::set<std::string>& expected) const {
    std::set<std::string> found;
    for (const auto& each : fs::directory_iterator{folder.path()}) found.insert(each.path().filename().string());
    CHECK(found == expected);
  }

  temporary_folder folder;
  test_chain chain;
  std::shared_ptr<leveldb_store> store = leveldb_store::open(data()).value();
  block head = chain.genesis;
  std::optional<block> below;
};

// Both hold the same chain, receipts and state up to this height, and the same transactions wait.
void check_same_chain(const leveldb_store& one, const leveldb_store& other, block_height top) {
  for (std::uint64_t height = 0; height <= top.value(); ++height) {
    const auto a = one.block_by_height(block_height{height}).value().value();
    const auto b = other.block_by_height(block_height{height}).value().value();
    REQUIRE(a.block == b.block);
    REQUIRE(a.receipts == b.receipts);
    REQUIRE(other.node(state_after(id_of(a.block.header)).hash).value() == state_after(id_of(a.block.header)).rlp);
  }
}

[[nodiscard]] std::map<std::string, std::string> files_in(const fs::path& folder) {
  std::map<std::string, std::string> all;
  for (const auto& each : fs::recursive_directory_iterator{folder}) {
    if (!each.is_regular_file()) continue;
    std::ifstream in{each.path(), std::ios::binary};
    all[fs::relative(each.path(), folder).string()] = {std::istreambuf_iterator<char>{in}, {}};
  }
  return all;
}

} // namespace

TEST_CASE_METHOD(fixture, "a copy of a store holds all of it") {
  grow(30);
  const bytes waits = transaction_named("waits");
  REQUIRE(store->journal({keccak256(waits), waits}));
  REQUIRE(store->store_vote({slot{1'000}, id_of(head.header)}));
  const auto records = store->copy_to(backup());
  INFO(records.error().message());
  REQUIRE(records);
  CHECK(records->records == store->check().value().records);
  const auto copy = leveldb_store::open(backup()).value();
  CHECK(copy->check().value().records == records->records);
  CHECK(copy->progress().value() == store->progress().value());
  CHECK(copy->journaled().value() == store->journaled().value());
  check_same_chain(*store, *copy, head.header.height);
  check_folders({"data", "backup"});
}

TEST_CASE_METHOD(fixture, "a copy that is made while imports go on is the store at one moment") {
  grow(40);
  std::atomic<bool> stop = false;
  std::thread writer{[&] {
    while (!stop) {
      const import_batch next = next_import(chain, head, below ? &*below : nullptr);
      if (!store->commit(std::span{&next, 1})) break;
      if (next.contents.header.parent == id_of(head.header)) below = head; // or it takes the place of the head
      head = next.contents;
    }
  }};
  block_ref before;
  block_ref after;
  alys::result<store_copied> records = store_copied{};
  while (records && before == after) { // until imports fell into the time of a copy
    fs::remove_all(backup());
    before = store->progress().value()->head;
    records = store->copy_to(backup());
    after = store->progress().value()->head;
  }
  stop = true;
  writer.join();
  INFO(records.error().message());
  REQUIRE(records);
  REQUIRE(store->check());
  const auto copy = leveldb_store::open(backup()).value();
  REQUIRE(copy->check());
  const auto at = copy->progress().value()->head;
  CHECK(at.slot >= before.slot);
  CHECK(at.slot <= after.slot);
  const block top = copy->block_by_id(at.id).value().value().block;
  CHECK(store->block_by_id(at.id).value().value().block == top);
}

TEST_CASE_METHOD(fixture, "a copy goes nowhere where something is") {
  fs::create_directories(backup());
  std::ofstream{backup() / "letter"} << "keep me";
  CHECK(store->copy_to(backup()) == store_error::occupied);
  CHECK(fs::exists(backup() / "letter"));
  fs::create_directories(folder.path() / "other.unfinished");
  const auto refused = store->copy_to(folder.path() / "other");
  REQUIRE(refused == store_error::occupied);
  CHECK(refused.error().text().find("other.unfinished") != std::string::npos);
  CHECK(refused.error().category() == alys::category::configuration);
  check_folders({"data", "backup", "other.unfinished"});
}

TEST_CASE_METHOD(fixture, "a copy that fails leaves nothing behind and does not concern the store") {
  const auto nowhere = store->copy_to(folder.path() / "not there" / "backup");
  CHECK(nowhere == store_error::unreadable);
  CHECK(nowhere.error().text().find("not there") != std::string::npos);
  grow(3);
  CHECK(store->check());
  check_folders({"data"});
}

TEST_CASE_METHOD(fixture, "a copy that is told to stop leaves nothing behind and does not concern the store") {
  grow(3);
  std::stop_source stop;
  stop.request_stop();
  CHECK(store->copy_to(backup(), stop.get_token()) == store_error::interrupted);
  check_folders({"data"});
  grow(1);
  const auto copied = store->copy_to(backup());
  REQUIRE(copied);
  CHECK(copied->progress == store->progress().value());
  std::uint64_t bytes = 0;
  for (const auto& [name, content] : files_in(backup())) bytes += content.size();
  CHECK(copied->bytes == bytes);
}

TEST_CASE_METHOD(fixture, "a chain that is not the one that is meant is not restored") {
  grow(3);
  REQUIRE(store->copy_to(backup()));
  bool asked = false;
  const auto refused = restore_store(backup(), restored(), long_after, [&](const block& genesis, const block& top) -> alys::result<void> {
    asked = genesis == chain.genesis && top == head;
    return alys::fail(alys::category::configuration, "another chain");
  });
  CHECK(asked);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().text() == "another chain");
  check_folders({"data", "backup"});
  CHECK(restore_store(backup(), restored(), long_after, [](const block&, const block&) { return alys::result<void>{}; }));
}

TEST_CASE_METHOD(fixture, "a backup of a store that runs is told apart from what is wrong with the store") {
  grow(3);
  const auto nowhere = outcome_of("one");
  REQUIRE(nowhere == backup_refusal::not_made);
  CHECK(nowhere.error().refused());
  CHECK(nowhere.error().text().find("backups/one") != std::string::npos);
  fs::create_directories(folder.path() / "backups");
  const auto made = outcome_of("one").value();
  CHECK(made.head == ref_to(head.header));
  CHECK(leveldb_store::open(made.folder).value()->check());
  CHECK(outcome_of("one") == backup_refusal::not_made);
  CHECK(outcome_of("../one") == backup_refusal::bad_name);
  CHECK(store->check());
}

TEST_CASE_METHOD(fixture, "a backup that comes upon damage says so and the store that is damaged stops") {
  grow(20);
  store.reset();
  {
    leveldb::DB* opened = nullptr;
    REQUIRE(leveldb::DB::Open({}, (data() / "chain").string(), &opened).ok());
    const std::unique_ptr<leveldb::DB> database{opened};
    const std::unique_ptr<leveldb::Iterator> receipts{database->NewIterator({})};
    receipts->Seek("r");
    REQUIRE(receipts->Valid());
    std::string changed = receipts->value().ToString();
    changed.back() = static_cast<char>(changed.back() ^ 1);
    REQUIRE(database->Put({}, receipts->key(), changed).ok());
  }
  store = leveldb_store::open(data()).value(); // which looks at the newest blocks only
  REQUIRE(store->progress());
  fs::create_directories(folder.path() / "backups");
  const auto made = outcome_of("one");
  REQUIRE(made == store_error::damaged);
  CHECK_FALSE(made.error().refused());
  CHECK(store->progress() == store_error::damaged);
  CHECK(fs::is_empty(folder.path() / "backups"));
}

TEST_CASE_METHOD(fixture, "a backup that is given up stops and leaves nothing behind") {
  grow(200);
  fs::create_directories(folder.path() / "backups");
  store_backups backups{store, folder.path() / "backups"};
  for (int i = 0; i < 5; ++i) CHECK(backups.begin(std::to_string(i)));
  for (const auto& each : fs::directory_iterator{folder.path() / "backups"}) CHECK(each.path().extension() != ".unfinished");
  CHECK(store->check());
}

TEST_CASE_METHOD(fixture, "a backup that is damaged is not restored") {
  grow(20);
  REQUIRE(store->copy_to(backup()));
  std::size_t refused = 0;
  for (const auto& [name, content] : files_in(backup())) {
    if (content.size() < 100 || name.find("LOG") != std::string::npos) continue;
    const fs::path file = backup() / name;
    std::string changed = content;
    changed[content.size() / 2] = static_cast<char>(changed[content.size() / 2] ^ 1);
    std::ofstream{file, std::ios::binary} << changed;
    const auto restored_now = restore_store(backup(), restored(), long_after);
    std::ofstream{file, std::ios::binary} << content;
    INFO(name);
    if (restored_now) {
      fs::remove_all(restored());
    } else {
      ++refused;
      CHECK(restored_now == store_error::damaged);
    }
    check_folders({"data", "backup"});
  }
  CHECK(refused > 0);
  CHECK(restore_store(backup(), restored(), long_after));
}

TEST_CASE_METHOD(fixture, "a restored store goes on where the backup was and the backup stays as it is") {
  grow(20);
  const block_ref top = ref_to(head.header);
  REQUIRE(store->copy_to(backup()));
  const auto files = files_in(backup());
  for (int round = 0; round < 2; ++round) {
    const auto done = restore_store(backup(), restored(), long_after);
    INFO(done.error().message());
    REQUIRE(done);
    CHECK(done->progress->head == top);
    CHECK(files_in(backup()) == files);
    auto again = leveldb_store::open(restored()).value();
    CHECK(again->check().value().records == done->found.records);
    check_same_chain(*store, *again, top.height);
    const import_batch next = next_import(chain, head, nullptr);
    CHECK(again->commit(std::span{&next, 1}));
    again.reset(); // or LevelDB removes files meanwhile
    fs::remove_all(restored());
  }
  check_folders({"data", "backup"});
}

TEST_CASE_METHOD(fixture, "a restored store signs for no slot that had begun") {
  constexpr std::chrono::milliseconds slot_duration{2'000};
  const slot_clock clock{slot_duration};
  constexpr unix_milliseconds now{1'800'000'000'123};
  block last = block_with(chain, head, slot{850'000'000}, {});
  last.header.time = unix_milliseconds{clock.start_of(last.header.slot).value() + 1'999};
  import_batch batch = import_on_top(last);
  batch.vote = vote_lock{last.header.slot, batch.ref.id};
  import(batch);
  REQUIRE(store->copy_to(backup()));
  const auto vote = restore_store(backup(), restored(), now).value().progress->vote;
  REQUIRE(vote);
  const block_ref forged{id_of(chain.genesis.header), last.header.height + 1, clock.slot_at(now)};
  CHECK_FALSE(lock_vote(vote, forged));
  CHECK(lock_vote(vote, {forged.id, forged.height, clock.slot_at(now) + 4}));
  CHECK(leveldb_store::open(restored()).value()->progress().value()->vote == vote);
}

TEST_CASE_METHOD(fixture, "a folder in use is not restored from and one with contents not restored to") {
  CHECK(restore_store(data(), restored(), long_after) == store_error::in_use);
  REQUIRE(store->copy_to(backup()));
  CHECK(restore_store(backup(), data(), long_after) == store_error::occupied);
  CHECK(restore_store(folder.path() / "nothing", restored(), long_after) == store_error::unreadable);
  CHECK(store->check());
  check_folders({"data", "backup"});
}
