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
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
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

// Files may not become larger than this, as long as it lives.
class file_size_limit {
public:
  explicit file_size_limit(rlim_t bytes) {
    REQUIRE(::getrlimit(RLIMIT_FSIZE, &before_) == 0);
    std::signal(SIGXFSZ, SIG_IGN);
    set(bytes);
  }
  file_size_limit(const file_size_limit&) = delete;
  file_size_limit& operator=(const file_size_limit&) = delete;
  ~file_size_limit() { set(before_.rlim_cur); }

private:
  void set(rlim_t bytes) const {
    rlimit next = before_;
    next.rlim_cur = bytes;
    (void)::setrlimit(RLIMIT_FSIZE, &next);
  }

  rlimit before_{};
};

// Imports blocks on top of genesis until it fails, and gives the last one that was reported.
[[nodiscard]] std::pair<block_ref, alys::error> import_until_failure(leveldb_store& store, const test_chain& chain) {
  block head = chain.genesis;
  for (std::uint64_t s = 1; s < 10'000; ++s) {
    const block next = block_with(chain, head, slot{s}, {transaction_named("t" + std::to_string(s), 2'000)});
    const import_batch batch = import_on_top(next);
    if (const auto done = store.commit(std::span{&batch, 1}); !done) return {ref_to(head.header), done.error()};
    head = next;
  }
  FAIL("nothing ever failed");
  return {};
}

// It says which folder, why, and what to do, and goes on with nothing.
void check_full(const fs::path& folder, std::shared_ptr<leveldb_store> store, const alys::error& why) {
  REQUIRE(why == store_error::no_space);
  CHECK(why.category() == alys::category::resource);
  CHECK(why.text().find(folder.string() + ": ") == 0);
  CHECK(why.text().find("Make room on the disk") != std::string::npos);
  CHECK(store->progress() == store_error::no_space);
}

void check_reported(const fs::path& folder, const block_ref& reported) {
  const auto again = leveldb_store::open(folder).value();
  CHECK(again->check());
  CHECK(again->progress().value()->head.height >= reported.height);
  CHECK(again->progress().value()->head.height <= reported.height + 1);
  CHECK(again->block_by_height(reported.height).value()->block.header.slot == reported.slot);
}

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
  CHECK(refused.error().text().find("schema version 3") != std::string::npos);
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

TEST_CASE_METHOD(fixture, "a limit of file sizes is named and nothing is lost") {
  auto store = open().value();
  block_ref reported;
  {
    const file_size_limit limit{256'000};
    const auto [last, why] = import_until_failure(*store, chain);
    CHECK(why.text().find("File too large") != std::string::npos);
    check_full(folder.path(), std::move(store), why);
    reported = last;
  }
  check_reported(folder.path(), reported);
}

TEST_CASE_METHOD(fixture, "a full disk is named and nothing is lost") {
  auto store = open().value();
  fs::rename(folder.path() / "commits", folder.path() / "aside");
  fs::create_symlink("/dev/full", folder.path() / "commits");
  const auto [reported, why] = import_until_failure(*store, chain);
  CHECK(why.text().find("No space left on device") != std::string::npos);
  check_full(folder.path(), std::move(store), why);
  fs::rename(folder.path() / "aside", folder.path() / "commits");
  check_reported(folder.path(), reported);
}

TEST_CASE("a folder that cannot be made is refused") {
  const temporary_folder folder;
  std::ofstream{folder.path() / "file"} << "in the way";
  const auto refused = leveldb_store::open(folder.path() / "file" / "store");
  REQUIRE(refused == store_error::unreadable);
  CHECK(refused.error().text().find("file") != std::string::npos);
}
