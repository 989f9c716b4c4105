// SPDX-License-Identifier: Apache-2.0
//
// Stores of which files or many records are damaged, in any way, and repairs that run out of room: what is left is the beginning of the chain, or
// it is said that nothing is left.
#include "damaged_store.hpp"

#include <storage/repaired_folder.hpp>

#include <catch2/catch.hpp>

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

} // namespace

TEST_CASE_METHOD(damaged_store, "a file that is damaged or missing costs no more than the blocks in it") {
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

TEST_CASE_METHOD(damaged_store, "any damage to blocks leaves the chain below the first of them") {
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

TEST_CASE_METHOD(damaged_store, "a repair that runs out of room leaves everything as it was and can be done again") {
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

TEST_CASE_METHOD(damaged_store, "a node that is started again and again on a damaged folder makes nothing worse") {
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

TEST_CASE_METHOD(damaged_store, "any damage to any files leaves the beginning of the chain or says that nothing is left") {
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
