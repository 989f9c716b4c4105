// SPDX-License-Identifier: Apache-2.0
//
// What is pruned beside reads, copies, repairs and checks, and how much of it at once. That what is kept stays whole is a property:
// tests/property/domain/storage.
#include "ledger_chain.hpp"

#include <alys/domain/engine/engine_error.hpp>
#include <alys/domain/engine/state_check.hpp>
#include <alys/domain/storage/keys.hpp>
#include <alys/domain/storage/leveldb_store.hpp>
#include <alys/domain/storage/state_database_actor.hpp>
#include <alys/domain/storage/store_repair.hpp>
#include <alys/testkit.hpp>

#include "support/domain/test_imports.hpp"
#include "support/temporary_folder.hpp"

#include <catch2/catch.hpp>
#include <storage/opening.hpp>
#include <storage/record_writes.hpp>

#include <atomic>
#include <map>
#include <random>
#include <thread>

using namespace alys::domain;
using namespace alys::test;
namespace fs = std::filesystem;

namespace {

constexpr unix_milliseconds now{1'800'000'000'000};

// Stores of a chain in which each block makes the one below it final.
struct fixture {
  [[nodiscard]] fs::path data() const { return folder.path() / "data"; }
  [[nodiscard]] std::shared_ptr<leveldb_store> open(std::uint64_t keep_states) const {
    return leveldb_store::open(data(), {.keep_states = keep_states}).value();
  }

  void import(leveldb_store& store, std::uint64_t from, std::uint64_t to) {
    for (std::uint64_t height = from; height <= to; ++height) {
      const auto done = store.commit(std::span{&chain.at(height), 1});
      INFO(done.error().message());
      REQUIRE(done);
    }
  }

  [[nodiscard]] bool has_state(const leveldb_store& store, std::uint64_t height) {
    const execution_payload& payload = chain.at(height).contents.payload;
    return store.node(payload.block_hash).value() && check_state_part(store, payload.state_root, {}, 100'000);
  }

  // Behind the store's back. Without a content: removes it.
  void put(const bytes& key, const std::optional<bytes>& content) const {
    const auto opened = open_store(data(), std::make_shared<disk>()).value();
    leveldb::WriteBatch batch;
    if (content) put_record(batch, key, *content);
    else remove_record(batch, key);
    REQUIRE(opened.database->Write({}, &batch).ok());
  }

  [[nodiscard]] std::map<bytes, bytes> records(const fs::path& of) const {
    std::map<bytes, bytes> all;
    const auto opened = open_store(of, std::make_shared<disk>()).value();
    const auto read = record_reader{*opened.database}.each({}, [&](bytes_view key, bytes_view content) -> alys::result<void> {
      all.emplace(to_bytes(key), to_bytes(content));
      return {};
    });
    REQUIRE(read);
    return all;
  }

  temporary_folder folder{quick_place()};
  ledger_chain chain;
};

} // namespace

TEST_CASE_METHOD(fixture, "where fewer states are to be kept a commit prunes some and the next ones the rest") {
  import(*open(0), 0, 100);
  REQUIRE(open(0)->first_kept_state().value() == block_height{0});
  const auto store = open(10);
  std::vector<std::uint64_t> first_kept;
  for (std::uint64_t height = 101; height <= 105; ++height) {
    import(*store, height, height);
    first_kept.push_back(store->first_kept_state().value().value());
    CHECK(store->check());
  }
  CHECK(first_kept == std::vector<std::uint64_t>{32, 64, 93, 94, 95});
  CHECK_FALSE(has_state(*store, 94));
  CHECK(has_state(*store, 95));
}

TEST_CASE_METHOD(fixture, "a commit prunes few states if many nodes go with each") {
  const test_chain plain;
  block head = plain.genesis;
  std::uint64_t imported = 0;
  const auto import_next = [&](leveldb_store& store) {
    const block below = head;
    if (imported > 0) head = block_with(plain, below, slot{imported}, {});
    import_batch batch = import_on_top(head);
    for (std::uint64_t i = 0; i < 12'000; ++i) batch.dropped_nodes.push_back(keccak256(encode_number(imported << 32U | i)));
    batch.last_final = ref_to(below.header);
    REQUIRE(store.commit(std::span{&batch, 1}));
    ++imported;
  };
  {
    const auto store = open(0);
    for (int i = 0; i < 8; ++i) import_next(*store);
  }
  const auto store = open(1);
  std::vector<std::uint64_t> first_kept;
  for (int i = 0; i < 5; ++i) {
    import_next(*store);
    first_kept.push_back(store->first_kept_state().value().value());
  }
  CHECK(first_kept == std::vector<std::uint64_t>{2, 4, 6, 8, 10});
}

TEST_CASE_METHOD(fixture, "a store that is to keep more states prunes none until it has more") {
  import(*open(2), 0, 20);
  const auto store = open(8);
  CHECK(store->first_kept_state().value() == block_height{18});
  import(*store, 21, 26);
  CHECK(store->first_kept_state().value() == block_height{18});
  CHECK(has_state(*store, 18));
  import(*store, 27, 27);
  CHECK(store->first_kept_state().value() == block_height{19});
  CHECK_FALSE(has_state(*store, 18));
}

TEST_CASE_METHOD(fixture, "a copy of a store that prunes goes on as that does") {
  const fs::path copy = folder.path() / "copy";
  {
    const auto store = open(4);
    import(*store, 0, 20);
    REQUIRE(store->copy_to(copy));
  }
  CHECK(records(data()) == records(copy));
  import(*leveldb_store::open(copy, {.keep_states = 4}).value(), 21, 30);
  import(*open(4), 21, 30);
  CHECK(records(data()) == records(copy));
  CHECK(open(4)->first_kept_state().value() == block_height{26});
}

TEST_CASE_METHOD(fixture, "a repaired store prunes what it imports") {
  import(*open(4), 0, 20);
  put(key_of(store_table::height, 1), std::nullopt);
  REQUIRE(store_repair::look(data()).value().carry_out({.now = now}));
  const auto store = open(4);
  CHECK(store->first_kept_state().value() == block_height{19});
  CHECK(has_state(*store, 19));
  CHECK(has_state(*store, 20));
  import(*store, 21, 30);
  CHECK(store->first_kept_state().value() == block_height{26});
  for (std::uint64_t height = 21; height <= 30; ++height) {
    INFO("height " << height);
    CHECK(has_state(*store, height) == (height >= 26));
  }
  CHECK(store->check());
}

TEST_CASE_METHOD(fixture, "a check finds records of pruning that cannot be") {
  import(*open(4), 0, 20); // 21 imports, final up to 19, kept from 16
  const bytes id = to_bytes(chain.at(18).ref.id.view());
  const hash256 node = chain.at(20).state_changes.front().hash;
  const auto progress = [](std::uint64_t imports, std::uint64_t first_kept) { return encode_pruning({imports, block_height{first_kept}}); };
  const auto dropped_by = [&](std::uint64_t import) { return encode_dropped({import, {node}}); };
  const std::vector<std::pair<bytes, bytes>> wrong = {
      {key_of(store_table::pruning), progress(5, 16)},                          // imports that never were
      {key_of(store_table::pruning), progress(21, 20)},                         // above the last final block
      {key_of(store_table::pruning), progress(21, 18)},                         // what should have gone by now
      {key_of(store_table::dropped, 18, id), dropped_by(0)},                    //
      {key_of(store_table::dropped, 18, id), dropped_by(22)},                   //
      {key_of(store_table::dropped, 18, id), bytes{1, 2, 3}},                   //
      {key_of(store_table::dropped, 17, id), dropped_by(5)},                    // of another height
      {key_of(store_table::dropped, 18, keccak256(id).view()), dropped_by(5)},  // of no block
      {key_of(store_table::dropped, 18, bytes{1}), dropped_by(5)},              //
      {key_of(store_table::rewritten, node.view()), encode_number(22)},         //
      {key_of(store_table::rewritten, node.view()), encode_number(0)},          //
      {key_of(store_table::rewritten, node.view()), bytes{}},                   //
      {key_of(store_table::rewritten, keccak256(id).view()), encode_number(1)}, // of a node that is not there
      {key_of(store_table::rewritten, bytes{1}), encode_number(1)},             //
  };
  const auto whole = records(data());
  for (std::size_t i = 0; i < wrong.size(); ++i) {
    INFO(i);
    const auto& [key, content] = wrong[i];
    const auto before = whole.find(key);
    put(key, content);
    CHECK(open(4)->check() == store_error::damaged);
    put(key, before == whole.end() ? std::nullopt : std::optional{before->second});
    REQUIRE(open(4)->check());
  }
  put(key_of(store_table::pruning), std::nullopt);
  CHECK(leveldb_store::open(data()) == store_error::damaged);
}

TEST_CASE_METHOD(fixture, "states are read and checked while others are pruned") {
  constexpr std::uint64_t last = 150;
  (void)chain.at(last); // made beforehand
  const auto store = open(1);
  import(*store, 0, 2);
  std::atomic<bool> over = false;
  alys::error broken;
  std::thread writer{[&] {
    for (std::uint64_t height = 3; height <= last; ++height) {
      const auto done = store->commit(std::span{&chain.at(height), 1});
      if (!done) broken = done.error();
    }
    over = true;
  }};
  std::uint64_t checks = 0;
  alys::error found_wrong;
  std::thread checker{[&] {
    state_checker check{*store};
    while (!over && !found_wrong) {
      const auto step = check.step(3);
      if (!step) found_wrong = step.error();
      if (const auto all = store->check(); !all) found_wrong = all.error();
      ++checks;
    }
  }};
  alys::testkit::bench time;
  const auto states = time.child<state_database_actor>({.check_period = std::chrono::milliseconds{0}}, {}, store);
  std::mt19937_64 random{5};
  std::uint64_t read = 0;
  while (!over) {
    const block_height height{store->first_kept_state().value().value() + random() % 3};
    const auto found = time.ask(states, find_stored_account{dev_account, height});
    if (found) ++read;
    else CHECK((found == engine_error::state_not_kept || found == engine_error::unknown_block));
  }
  writer.join();
  checker.join();
  INFO(broken.message() << found_wrong.message());
  CHECK_FALSE(broken);
  CHECK_FALSE(found_wrong);
  CHECK(read > 0);
  CHECK(checks > 0);
  CHECK(time.system().ready());
}
