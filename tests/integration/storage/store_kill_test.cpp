// SPDX-License-Identifier: Apache-2.0
//
// kill -9 at random moments of an importing process, again and again on one folder: what was reported is there, and every import is there whole
// or not at all.
#include "endless_imports.hpp"
#include "writer_process.hpp"

#include <alys/domain/storage/leveldb_store.hpp>

#include "support/temporary_folder.hpp"

#include <catch2/catch.hpp>

#include <random>
#include <set>
#include <sstream>

using namespace alys::domain;
using namespace alys::test;

namespace {

// What the process said before it died.
struct testimony {
  std::optional<block_id> last_committed;
  std::optional<block_id> begun;
  std::vector<hash256> journaled;

  void hear(const std::string& line) {
    std::istringstream words{line};
    std::string what;
    std::string name;
    words >> what >> name;
    if (what == "journaled") journaled.push_back(hash256::from_hex(name).value());
    else if (what == "begin") begun = block_id::from_hex(name).value();
    else if (what == "committed") last_committed = block_id::from_hex(name).value();
    else FAIL("the writer said: " << line);
  }
};

// Lets a process import until it has said so many lines.
[[nodiscard]] testimony run_and_kill(const std::filesystem::path& folder, std::size_t lines) {
  writer_process process{"import", folder};
  testimony heard;
  for (std::size_t i = 0; i < lines; ++i) {
    const auto line = process.line();
    REQUIRE(line);
    heard.hear(*line);
  }
  process.kill();
  while (const auto line = process.line()) heard.hear(*line);
  return heard;
}

// Either all of the import is in the store or nothing of it.
void check_whole(const leveldb_store& store, const import_batch& import, bool is_there) {
  CHECK(store.block_by_id(import.ref.id).value().has_value() == is_there);
  CHECK(store.block_by_payload(import.contents.payload.block_hash).value().has_value() == is_there);
  for (const state_change& node : import.state_changes) CHECK(store.node(node.hash).value().has_value() == is_there);
  for (const bytes& raw : import.contents.payload.transactions)
    CHECK(store.find_transaction(keccak256(raw)).value().has_value() == is_there);
}

void check_after_kill(const leveldb_store& store, const test_chain& chain, const testimony& heard) {
  const auto checked = store.check();
  INFO(checked.error().message());
  REQUIRE(checked);
  if (!store.progress().value()) { // killed before the first commit was reported
    CHECK_FALSE(heard.last_committed);
    return;
  }
  const block_ref top = store.progress().value()->head;
  if (heard.last_committed) CHECK((top.id == *heard.last_committed || top.id == heard.begun));

  const block head = store.block_by_id(top.id).value().value().block;
  const auto below = store.block_by_id(head.header.parent).value();
  check_whole(store, import_on_top(head), true);
  check_whole(store, next_import(chain, head, below ? &below->block : nullptr), false);

  std::set<hash256> waiting;
  const auto journaled = store.journaled().value();
  for (const journaled_transaction& t : journaled) {
    CHECK(keccak256(t.raw) == t.hash);
    CHECK(waiting.insert(t.hash).second);
    CHECK_FALSE(store.find_transaction(t.hash).value());
  }
  for (const hash256& hash : heard.journaled) CHECK((waiting.contains(hash) || store.find_transaction(hash).value()));
}

} // namespace

TEST_CASE("an importing process can be killed at any moment") {
  const temporary_folder folder;
  const test_chain chain;
  std::mt19937_64 random{std::random_device{}()};
  std::uint64_t interrupted = 0;
  std::uint64_t height = 0;
  for (int round = 0; round < 40; ++round) {
    const std::size_t lines = std::uniform_int_distribution<std::size_t>{0, 60}(random);
    INFO("round " << round << ", " << lines << " lines");
    const testimony heard = run_and_kill(folder.path(), lines);
    const auto store = leveldb_store::open(folder.path());
    INFO(store.error().message());
    REQUIRE(store);
    check_after_kill(**store, chain, heard);
    interrupted += (*store)->interrupted_imports();
    if (const auto progress = (*store)->progress().value()) height = progress->head.height.value();
  }
  CHECK(height > 100);
  CHECK(interrupted > 0);
}
