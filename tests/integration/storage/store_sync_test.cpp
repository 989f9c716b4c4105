// SPDX-License-Identifier: Apache-2.0
//
// What reaches the disk, and when: this program counts the calls of fdatasync that LevelDB makes, and can make them fail.
#include <alys/domain/storage/leveldb_store.hpp>

#include "support/domain/test_imports.hpp"
#include "support/temporary_folder.hpp"

#include <catch2/catch.hpp>

#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>

using namespace alys::domain;
using namespace alys::test;

namespace {

std::atomic<int> syncs = 0;
std::atomic<bool> broken_disk = false;

[[nodiscard]] int counted(long call, int fd) {
  ++syncs;
  if (!broken_disk) return static_cast<int>(::syscall(call, fd));
  errno = EIO;
  return -1;
}

} // namespace

// These take the place of the C library's.
extern "C" int fdatasync(int fd) { return counted(SYS_fdatasync, fd); }
extern "C" int fsync(int fd) { return counted(SYS_fsync, fd); }

namespace {

struct fixture {
  fixture() {
    import_batch first = import_on_top(chain.genesis);
    REQUIRE(store->commit(std::span{&first, 1}));
    syncs = 0;
  }
  ~fixture() { broken_disk = false; }

  [[nodiscard]] block next(std::uint64_t s) const {
    return block_with(chain, s == 1 ? chain.genesis : next(s - 1), slot{s}, {transaction_named("t" + std::to_string(s), 1'000)});
  }

  [[nodiscard]] int syncs_of(const std::function<alys::result<void>()>& work) const {
    const int before = syncs;
    REQUIRE(work());
    return syncs - before;
  }

  temporary_folder folder;
  test_chain chain;
  std::shared_ptr<leveldb_store> store = leveldb_store::open(folder.path()).value();
};

} // namespace

TEST_CASE_METHOD(fixture, "a commit is one fsync whether it imports one block or a hundred") {
  const import_batch one = import_on_top(next(1));
  CHECK(syncs_of([&] { return store->commit(std::span{&one, 1}); }) == 1);
  std::vector<import_batch> many;
  block parent = one.contents;
  for (std::uint64_t s = 2; s <= 101; ++s) {
    parent = block_with(chain, parent, slot{s}, {transaction_named("t" + std::to_string(s))});
    many.push_back(import_on_top(parent));
  }
  CHECK(syncs_of([&] { return store->commit(many); }) == 1);
  CHECK(syncs_of([&] { return store->store_vote({slot{200}, {}}); }) == 1);
}

TEST_CASE_METHOD(fixture, "the journal waits for no fsync") {
  const bytes raw = transaction_named("waits");
  CHECK(syncs_of([&] { return store->journal({keccak256(raw), raw}); }) == 0);
  CHECK(syncs_of([&] { return store->forget(keccak256(raw)); }) == 0);
}

TEST_CASE_METHOD(fixture, "after a write that failed the store does nothing more") {
  const import_batch good = import_on_top(next(1));
  REQUIRE(store->commit(std::span{&good, 1}));
  const import_batch doubtful = import_on_top(next(2));
  broken_disk = true;
  const auto failed = store->commit(std::span{&doubtful, 1});
  REQUIRE(failed == store_error::io_failed);
  CHECK(failed.error().category() == alys::category::database);
  broken_disk = false;

  CHECK(store->commit(std::span{&doubtful, 1}) == store_error::io_failed);
  CHECK(store->journal({{}, bytes{1}}) == store_error::io_failed);
  CHECK(store->progress() == store_error::io_failed);
  CHECK(store->block_by_height(block_height{1}) == store_error::io_failed);
  CHECK(store->check() == store_error::io_failed);

  // What the disk has is for a new start to find out: the commit before, and the doubtful one whole or not at all.
  store.reset();
  store = leveldb_store::open(folder.path()).value();
  CHECK(store->check());
  const block_ref head = store->progress().value().value().head;
  CHECK((head == good.ref || head == doubtful.ref));
}
