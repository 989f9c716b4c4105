// SPDX-License-Identifier: Apache-2.0
//
// Stores of which records are damaged, in every table, and what a repair makes of them: what becomes of blocks, of the state, of the vote, and
// where nothing can be repaired.
#include "damaged_store.hpp"

#include <alys/domain/engine/world_state.hpp>
#include <alys/domain/storage/records.hpp>

#include <storage/repaired_folder.hpp>

#include <catch2/catch.hpp>

#include <leveldb/db.h>

#include <fstream>
#include <functional>
#include <set>
#include <vector>

using namespace alys::domain;
using namespace alys::test;
namespace fs = std::filesystem;

namespace {

struct table_case {
  store_table table;
  std::uint64_t height; // of the chain that is left
  bool vote_is_known = true;
};

} // namespace

TEST_CASE_METHOD(damaged_store, "a store that is whole is not repaired") {
  const auto found = repair();
  CHECK_FALSE(found.was_damaged);
  CHECK(leveldb_store::open(data()).value()->check());
}

TEST_CASE_METHOD(damaged_store, "a record of any table that is changed costs no more than it must") {
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

TEST_CASE_METHOD(damaged_store, "a record of any table that is missing costs no more than it must") {
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

TEST_CASE_METHOD(damaged_store, "a record of any table under the key of another costs no more than it must") {
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

TEST_CASE_METHOD(damaged_store, "a block that is lost takes those above it and their transactions wait again") {
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

TEST_CASE_METHOD(damaged_store, "a repaired store remembers what was signed last although it has lost the block") {
  remove(key_in(store_table::block, top - 3));
  {
    auto looked = store_repair::look(data()).value();
    CHECK(looked.plan().vote_is_known);
    CHECK(looked.carry_out({.now = now}).value().progress->vote == chain.at(top).vote);
  }
  CHECK(leveldb_store::open(data()).value()->progress().value()->vote == chain.at(top).vote);
}

TEST_CASE_METHOD(damaged_store, "a vote that cannot be read is forgotten on demand only and no slot that has begun is signed for") {
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

TEST_CASE_METHOD(damaged_store, "a clock that is behind the chain frees no slot of the chain") {
  flip(key_in(store_table::progress, 0));
  auto looked = store_repair::look(data()).value();
  const auto vote = looked.carry_out({.now = unix_milliseconds{1'000}, .forget_vote = true}).value().progress->vote;
  CHECK(vote == chain.at(top).vote);
}

TEST_CASE_METHOD(damaged_store, "a vote of before the commits that were lost is not taken for the last one") {
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

TEST_CASE_METHOD(damaged_store, "a check of the store finds what the newest states lack and nothing where no state is kept") {
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

TEST_CASE_METHOD(damaged_store, "state that is lost is computed from the blocks") {
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

TEST_CASE_METHOD(damaged_store, "a chain without any state is repaired as that of an execution client") {
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

TEST_CASE_METHOD(damaged_store, "a store of which not even the first block is whole cannot be repaired") {
  remove(key_in(store_table::block, 0));
  const auto found = repair();
  CHECK(found.was_damaged);
  CHECK_FALSE(found.height);
}

TEST_CASE_METHOD(damaged_store, "what is no store or not free or of a later program is not repaired") {
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
