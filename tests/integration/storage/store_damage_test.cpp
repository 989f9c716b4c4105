// SPDX-License-Identifier: Apache-2.0
//
// Flipped bits and cut-off ends in every file of a store: each is either reported as damage, or makes no difference to anything that is read.
// None makes the chain silently shorter.
#include <alys/domain/storage/leveldb_store.hpp>

#include "support/domain/test_imports.hpp"
#include "support/temporary_folder.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <iterator>
#include <map>
#include <random>

using namespace alys::domain;
using namespace alys::test;
namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t top = 60;

// Everything that can be read.
struct contents {
  chain_progress progress;
  std::vector<block> blocks;
  std::vector<journaled_transaction> waiting;
  std::vector<std::optional<bytes>> state;
  std::uint64_t records = 0;

  friend bool operator==(const contents&, const contents&) = default;
};

[[nodiscard]] alys::result<contents> read_all(const fs::path& folder) {
  const auto store = leveldb_store::open(folder);
  if (!store) return store.error();
  const auto checked = (*store)->check();
  if (!checked) return checked.error();
  contents all;
  all.records = checked->records;
  all.progress = (*store)->progress().value().value_or(chain_progress{});
  for (std::uint64_t height = 0; height <= all.progress.head.height.value(); ++height) {
    all.blocks.push_back((*store)->block_by_height(block_height{height}).value().value().block);
    all.state.push_back((*store)->node(state_after(id_of(all.blocks.back().header)).hash).value());
  }
  all.waiting = (*store)->journaled().value();
  return all;
}

// A store whose blocks lie partly in tables and partly in the log.
void make_store(const fs::path& folder) {
  const test_chain chain;
  block parent = chain.genesis;
  const auto import_up_to = [&](leveldb_store& store, std::uint64_t last) {
    while (parent.header.slot.value() < last) {
      const slot s = parent.header.slot + 1;
      const bytes waiting = transaction_named("waits since " + std::to_string(s.value()));
      REQUIRE(store.journal({keccak256(waiting), waiting}));
      parent = block_with(chain, parent, s, {transaction_named("t" + std::to_string(s.value()))});
      const import_batch batch = import_on_top(parent);
      REQUIRE(store.commit(std::span{&batch, 1}));
    }
  };
  {
    const auto store = leveldb_store::open(folder).value();
    const import_batch first = import_on_top(chain.genesis);
    REQUIRE(store->commit(std::span{&first, 1}));
    import_up_to(*store, top / 2);
  }
  import_up_to(*leveldb_store::open(folder).value(), top); // opening has turned the first log into a table
}

[[nodiscard]] std::string read_file(const fs::path& path) {
  std::ifstream in{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

struct fixture {
  fixture() {
    make_store(whole.path() / "store");
    for (const auto& entry : fs::recursive_directory_iterator{whole.path() / "store"}) {
      const std::string name = entry.path().filename().string();
      if (!entry.is_regular_file() || name.starts_with("LO")) continue; // LevelDB's LOG and LOCK hold nothing
      files[fs::relative(entry.path(), whole.path() / "store").string()] = read_file(entry.path());
    }
    fs::copy(whole.path() / "store", whole.path() / "reference", fs::copy_options::recursive);
    expected = read_all(whole.path() / "reference").value();
  }

  // What is read from a copy of the store in which this file has other contents.
  [[nodiscard]] alys::result<contents> with(const std::string& file, const std::string& instead) const {
    const temporary_folder copy;
    fs::copy(whole.path() / "store", copy.path(), fs::copy_options::recursive);
    std::ofstream{copy.path() / file, std::ios::binary | std::ios::trunc} << instead;
    return read_all(copy.path());
  }

  // True for damage that was reported; fails if it was neither reported nor harmless.
  [[nodiscard]] bool reported(const std::string& file, const std::string& instead) const {
    const auto read = with(file, instead);
    if (read) {
      REQUIRE(*read == expected);
      return false;
    }
    INFO(read.error().message());
    REQUIRE(read == store_error::damaged);
    return true;
  }

  // The name of a large file with this ending.
  [[nodiscard]] std::string large_file(const std::string& ending) const {
    for (const auto& [name, content] : files) {
      if (name.ends_with(ending) && content.size() > 10'000) return name;
    }
    FAIL("no large file ends with " << ending);
    return {};
  }

  temporary_folder whole;
  std::map<std::string, std::string> files;
  contents expected;
};

// Positions all over a file: some at random, and all of its end, where a log says how far it goes.
[[nodiscard]] std::vector<std::size_t> positions_in(const std::string& content, std::size_t count) {
  std::mt19937_64 random{7};
  std::vector<std::size_t> positions;
  for (std::size_t i = 0; i < count; ++i) positions.push_back(std::uniform_int_distribution<std::size_t>{0, content.size() - 1}(random));
  for (std::size_t i = content.size() > 40 ? content.size() - 40 : 0; i < content.size(); ++i) positions.push_back(i);
  return positions;
}

[[nodiscard]] std::string flipped(std::string content, std::size_t position, unsigned bit) {
  content[position] = static_cast<char>(content[position] ^ static_cast<char>(1U << bit));
  return content;
}

} // namespace

TEST_CASE_METHOD(fixture, "the stores of this test are what they should be") {
  CHECK(expected.progress.head.height == block_height{top});
  CHECK(expected.waiting.size() == top);
  CHECK(files.at(large_file(".log")) != files.at(large_file(".ldb")));
}

TEST_CASE_METHOD(fixture, "a flipped bit in any file is reported or harmless") {
  for (const auto& [name, content] : files) {
    if (content.empty()) continue;
    std::size_t found = 0;
    const auto positions = positions_in(content, name == "lock" ? 0 : 25);
    for (const std::size_t position : positions) {
      INFO(name << " at byte " << position << " of " << content.size());
      found += reported(name, flipped(content, position, static_cast<unsigned>(position % 8))) ? 1 : 0;
    }
    INFO(name << ": " << found << " of " << positions.size());
    if (name != "lock") CHECK(found > 0);
    if (content.size() > 10'000) CHECK(found > positions.size() / 2);
  }
}

TEST_CASE_METHOD(fixture, "a log that lost its end at any length is reported") {
  const std::string name = large_file(".log");
  const std::string& content = files.at(name);
  for (const std::size_t length : positions_in(content, 60)) {
    INFO("cut at byte " << length << " of " << content.size());
    CHECK(reported(name, content.substr(0, length)));
  }
}

TEST_CASE_METHOD(fixture, "a list of tables that lost its end is reported or harmless") {
  const auto manifest = files.lower_bound("chain/MANIFEST");
  REQUIRE(manifest->first.starts_with("chain/MANIFEST"));
  const std::string& content = manifest->second;
  std::size_t found = 0;
  for (std::size_t length = 0; length < content.size(); ++length) {
    INFO("cut at byte " << length << " of " << content.size());
    found += reported(manifest->first, content.substr(0, length)) ? 1 : 0;
  }
  CHECK(found > 0);
}

TEST_CASE_METHOD(fixture, "a length in the log that reaches beyond its end is reported") {
  // LevelDB takes the last record of a log for unfinished then. The record's length stands in the fifth and sixth of its first seven bytes.
  const std::string name = large_file(".log");
  const std::string& content = files.at(name);
  std::size_t reported_lengths = 0;
  for (std::size_t position = content.size() - 400; position < content.size(); ++position) {
    std::string longer = content;
    longer[position] = static_cast<char>(0xff);
    if (longer != content) reported_lengths += reported(name, longer) ? 1 : 0;
  }
  CHECK(reported_lengths > 350);
}

TEST_CASE_METHOD(fixture, "a table that lost its end is reported") {
  const std::string name = large_file(".ldb");
  const std::string& content = files.at(name);
  for (const std::size_t length : positions_in(content, 40)) {
    INFO("cut at byte " << length << " of " << content.size());
    CHECK(reported(name, content.substr(0, length)));
  }
}
