// SPDX-License-Identifier: Apache-2.0
//
// The folder of a store: one process at a time, nothing made anew where something was, schema versions.
#include "writer_process.hpp"

#include <alys/domain/storage/keys.hpp>
#include <alys/domain/storage/leveldb_store.hpp>
#include <alys/domain/storage/records.hpp>

#include "support/domain/test_imports.hpp"
#include "support/temporary_folder.hpp"

#include <catch2/catch.hpp>

#include <leveldb/db.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

using namespace alys::domain;
using namespace alys::test;
namespace fs = std::filesystem;

namespace {

// A closed store with a genesis block.
struct fixture {
  fixture() {
    const import_batch first = import_on_top(chain.genesis);
    REQUIRE(leveldb_store::open(folder.path()).value()->commit(std::span{&first, 1}));
  }

  // Writes a record behind the store's back.
  void put(const bytes& key, const bytes& content) const {
    leveldb::DB* opened = nullptr;
    REQUIRE(leveldb::DB::Open({}, (folder.path() / "chain").string(), &opened).ok());
    const std::unique_ptr<leveldb::DB> database{opened};
    const bytes record = seal_record(key, content);
    REQUIRE(database->Put({}, std::string{text_of(key)}, std::string{text_of(record)}).ok());
  }

  [[nodiscard]] auto open() const { return leveldb_store::open(folder.path()); }

  temporary_folder folder;
  test_chain chain;
};

} // namespace

TEST_CASE_METHOD(fixture, "a second process is refused at once") {
  writer_process other{"hold", folder.path()};
  REQUIRE(other.line() == "open");
  const auto refused = open();
  REQUIRE(refused == store_error::in_use);
  CHECK(refused.error().text().find(folder.path().string()) != std::string::npos);
  other.kill();
  CHECK(open());
}

TEST_CASE_METHOD(fixture, "a process that finds the store in use says so") {
  const auto mine = open().value();
  writer_process other{"import", folder.path()};
  const auto said = other.line();
  REQUIRE(said);
  CHECK(said->find("store_error::in_use") == 0);
  CHECK(mine->check());
}

TEST_CASE_METHOD(fixture, "a second store in one process is refused and leaves the first one locked") {
  const auto mine = open().value();
  CHECK(open() == store_error::in_use);
  std::ifstream{folder.path() / "chain" / "LOCK"}.close(); // LevelDB's own lock is gone now
  writer_process other{"hold", folder.path()};
  CHECK(other.line().value_or("").find("store_error::in_use") == 0);
}

TEST_CASE_METHOD(fixture, "a missing part is damage and nothing is made anew") {
  std::vector<fs::path> parts{"commits"};
  for (const auto& entry : fs::directory_iterator{folder.path() / "chain"}) {
    const std::string name = entry.path().filename().string();
    if (name == "CURRENT" || name.starts_with("MANIFEST") || name.ends_with(".log") || name.ends_with(".ldb"))
      parts.push_back(fs::path{"chain"} / name);
  }
  REQUIRE(parts.size() >= 4);
  for (const fs::path& part : parts) {
    INFO(part);
    const temporary_folder copy;
    fs::copy(folder.path(), copy.path(), fs::copy_options::recursive);
    fs::remove(copy.path() / part);
    for (int attempt = 0; attempt < 2; ++attempt) { // a second try is no way around it
      const auto refused = leveldb_store::open(copy.path());
      REQUIRE(refused == store_error::damaged);
      CHECK(refused.error().category() == alys::category::corruption);
      CHECK(refused.error().text().find("restore it from a copy") != std::string::npos);
    }
  }
}

TEST_CASE_METHOD(fixture, "a missing database is damage") {
  fs::rename(folder.path() / "chain", folder.path() / "elsewhere");
  CHECK(open() == store_error::damaged);
  CHECK_FALSE(fs::exists(folder.path() / "chain"));
}

TEST_CASE_METHOD(fixture, "a newer schema is refused and named") {
  put(key_of(store_table::schema), encode_number(store_schema_version + 1));
  const auto refused = open();
  REQUIRE(refused == store_error::newer_schema);
  CHECK(refused.error().text().find("schema version 2") != std::string::npos);
  CHECK(refused.error().category() == alys::category::configuration);
}

TEST_CASE_METHOD(fixture, "a schema that no program wrote is damage") {
  put(key_of(store_table::schema), encode_number(0));
  CHECK(open() == store_error::damaged);
}

TEST_CASE_METHOD(fixture, "a head that is not there is damage") {
  const block_ref nowhere{{}, block_height{5}, slot{5}};
  put(key_of(store_table::progress), encode_progress({id_of(chain.genesis.header), nowhere, nowhere, std::nullopt}));
  CHECK(open() == store_error::damaged);
}

TEST_CASE_METHOD(fixture, "what an open does not look at a check finds") {
  put(key_of(store_table::height, 9), to_bytes(id_of(chain.genesis.header).view()));
  const auto store = open().value();
  CHECK(store->check() == store_error::damaged);
  CHECK(store->progress() == store_error::damaged); // and then the store stops
}

TEST_CASE("a start that was interrupted is begun again") {
  const temporary_folder folder;
  fs::create_directories(folder.path() / "chain.new");
  std::ofstream{folder.path() / "chain.new" / "MANIFEST-000001"} << "half";
  CHECK(leveldb_store::open(folder.path()));
  CHECK_FALSE(fs::exists(folder.path() / "chain.new"));
}

TEST_CASE("a folder that cannot be made is refused") {
  const temporary_folder folder;
  std::ofstream{folder.path() / "file"} << "in the way";
  const auto refused = leveldb_store::open(folder.path() / "file" / "store");
  REQUIRE(refused == store_error::unreadable);
  CHECK(refused.error().text().find("file") != std::string::npos);
}
