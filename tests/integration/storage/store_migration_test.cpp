// SPDX-License-Identifier: Apache-2.0
//
// A store that a program of schema version 1 has made, version_1/, is opened by this one: nothing of it is lost, and imports go on, whatever fails on
// the way. It has the blocks 0 to 7 of a ledger_chain, a table and a log, a block beside the chain and a transaction that waits.
#include "ledger_chain.hpp"
#include "traced_disk.hpp"

#include <alys/domain/engine/state_check.hpp>
#include <alys/domain/storage/keys.hpp>
#include <alys/domain/storage/leveldb_store.hpp>
#include <alys/domain/storage/store_restore.hpp>

#include "support/temporary_folder.hpp"

#include <catch2/catch.hpp>

using namespace alys::domain;
using namespace alys::test;
namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t top = 7;

// A folder with a copy of the store.
struct fixture {
  fixture() { fs::copy(ALYS_VERSION_1_STORE, data(), fs::copy_options::recursive); }
  [[nodiscard]] fs::path data() const { return folder.path() / "data"; }

  void check_all_there(const leveldb_store& store) {
    const auto progress = store.progress().value().value();
    CHECK(progress.head == chain.at(top).ref);
    CHECK(progress.last_final == chain.at(top - 1).ref);
    CHECK(progress.vote == chain.at(top).vote);
    for (std::uint64_t height = 0; height <= top; ++height) check_block(store, height);
    CHECK(store.block_by_id(chain.beside(top).ref.id).value());
    CHECK(store.journaled().value() == std::vector{ledger_chain::waiting(0)});
    const auto checked = store.check();
    INFO(checked.error().message());
    CHECK(checked);
  }

  void check_block(const leveldb_store& store, std::uint64_t height) {
    INFO("height " << height);
    const import_batch& expected = chain.at(height);
    const auto found = store.block_by_height(block_height{height}).value().value();
    CHECK(found.block == expected.contents);
    CHECK(found.receipts == expected.receipts);
    CHECK(has_state(store, height));
  }

  [[nodiscard]] bool has_state(const leveldb_store& store, std::uint64_t height) {
    const execution_payload& payload = chain.at(height).contents.payload;
    return store.node(payload.block_hash).value() && check_state_part(store, payload.state_root, {}, 100'000);
  }

  void import(leveldb_store& store, std::uint64_t height) {
    const auto done = store.commit(std::span{&chain.at(height), 1});
    INFO(done.error().message());
    REQUIRE(done);
  }

  temporary_folder folder{quick_place()};
  ledger_chain chain;
};

} // namespace

TEST_CASE_METHOD(fixture, "a store of version 1 is migrated once and has all that it had") {
  {
    const auto store = leveldb_store::open(data()).value();
    CHECK(store->migrated_from() == 1);
    check_all_there(*store);
  }
  const auto store = leveldb_store::open(data()).value();
  CHECK_FALSE(store->migrated_from());
  check_all_there(*store);
}

TEST_CASE_METHOD(fixture, "imports go on in a migrated store and only what they drop is pruned") {
  const auto store = leveldb_store::open(data(), {.keep_states = 2}).value();
  for (std::uint64_t height = top + 1; height <= top + 9; ++height) import(*store, height);
  const std::uint64_t last_final = top + 8;
  CHECK(store->first_kept_state().value() == block_height{last_final - 1});
  for (std::uint64_t height = top; height < last_final - 1; ++height) CHECK_FALSE(has_state(*store, height));
  for (std::uint64_t height = last_final - 1; height <= top + 9; ++height) CHECK(has_state(*store, height));
  // Nobody wrote down what the blocks before dropped: their headers stay, and of their nodes those that were dropped within version 1.
  for (std::uint64_t height = 0; height < top; ++height) CHECK(store->node(chain.at(height).contents.payload.block_hash).value());
  CHECK(store->node(chain.at(1).contents.payload.state_root).value());
  CHECK(store->check());
}

TEST_CASE_METHOD(fixture, "a backup of version 1 is restored as a store of this version") {
  REQUIRE(restore_store(data(), folder.path() / "restored", unix_milliseconds{0}));
  const auto store = leveldb_store::open(folder.path() / "restored").value();
  CHECK_FALSE(store->migrated_from());
  CHECK(store->block_by_height(block_height{top}).value());
  CHECK(leveldb_store::open(data()).value()->migrated_from() == 1); // the backup is what it was
}

TEST_CASE("a migration that any write fails in is ended by the next opening") {
  std::size_t failed = 0;
  for (std::size_t step = 0;; ++step) {
    bool met = false;
    for (const auto how : {traced_disk::fault::refused, traced_disk::fault::half, traced_disk::fault::full}) {
      INFO("step " << step << ", in way " << static_cast<int>(how));
      fixture f;
      const auto on = std::make_shared<traced_disk>(f.folder.path());
      on->fail_at(step, how);
      bool opened = false;
      {
        const auto store = leveldb_store::open(f.data(), on);
        opened = store.has_value();
        if (!opened) CHECK((store == store_error::unreadable || store == store_error::io_failed || store == store_error::no_space));
      }
      met = met || on->has_failed();
      failed += opened ? 0 : 1;
      const auto store = leveldb_store::open(f.data()).value();
      if (opened && !on->has_failed()) CHECK_FALSE(store->migrated_from());
      f.check_all_there(*store);
      f.import(*store, top + 1);
    }
    if (!met) break;
  }
  CHECK(failed > 10);
}
