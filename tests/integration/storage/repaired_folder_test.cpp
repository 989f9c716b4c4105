// SPDX-License-Identifier: Apache-2.0
//
// A repaired store on its way to its place: the process stops at each step, and the machine does, with all that a disk may have kept by then.
#include "crash_image.hpp"

#include <alys/domain/storage/store_repair.hpp>

#include <storage/repaired_folder.hpp>

#include "support/domain/test_imports.hpp"
#include "support/temporary_folder.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <functional>
#include <iterator>
#include <map>

using namespace alys::domain;
using namespace alys::test;
namespace fs = std::filesystem;

namespace {

constexpr unix_milliseconds now{200'000};
constexpr std::uint64_t repaired_height = 2;

// Stops at a step, as a process does that is killed.
class stopping_disk final : public disk {
public:
  explicit stopping_disk(int steps) : left_(steps) {}

  leveldb::Status RenameFile(const std::string& from, const std::string& to) override {
    return step([&] { return disk::RenameFile(from, to); });
  }
  leveldb::Status RemoveFile(const std::string& path) override {
    return step([&] { return disk::RemoveFile(path); });
  }
  leveldb::Status CreateDir(const std::string& path) override {
    return step([&] { return disk::CreateDir(path); });
  }
  leveldb::Status RemoveDir(const std::string& path) override {
    return step([&] { return disk::RemoveDir(path); });
  }
  leveldb::Status sync_folder(const std::string& path) override {
    return step([&] { return disk::sync_folder(path); });
  }

private:
  [[nodiscard]] leveldb::Status step(const std::function<leveldb::Status()>& take) {
    return left_-- > 0 ? take() : leveldb::Status::IOError("stopped");
  }
  int left_;
};

[[nodiscard]] std::string read_file(const fs::path& path) {
  std::ifstream in{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

[[nodiscard]] std::map<std::string, std::string> files_in(const fs::path& folder) {
  std::map<std::string, std::string> all;
  for (const auto& each : fs::recursive_directory_iterator{folder}) {
    if (each.is_regular_file()) all[fs::relative(each.path(), folder).string()] = read_file(each.path());
  }
  return all;
}

// A data folder with a damaged store, and a repaired one that is complete.
struct fixture {
  fixture() {
    make_store(data(), repaired_height + 1);
    fs::remove(data() / "chain" / "CURRENT");
    fs::create_directories(folder.path() / "damaged");
    for (const char* part : {"chain", "commits"}) fs::copy(data() / part, folder.path() / "damaged" / part, fs::copy_options::recursive);
    make_store(repaired_folder(data()), repaired_height);
    fs::copy(data(), begun(), fs::copy_options::recursive);
  }

  void make_store(const fs::path& where, std::uint64_t height) const {
    const auto store = leveldb_store::open(where).value();
    block head = chain.genesis;
    for (;;) {
      const import_batch batch = import_on_top(head);
      REQUIRE(store->commit(std::span{&batch, 1}));
      if (head.header.height.value() == height) return;
      head = block_with(chain, head, head.header.slot + 1, {});
    }
  }

  [[nodiscard]] fs::path data() const { return folder.path() / "node" / "data"; }
  [[nodiscard]] fs::path begun() const { return folder.path() / "begun"; }

  // From wherever it stopped, the repair comes to its end, and no node starts before.
  void check_goes_on(const fs::path& where) const {
    if (has_repaired_folder(where)) {
      const auto refused = leveldb_store::open(where);
      REQUIRE(refused == store_error::damaged);
      REQUIRE(refused.error().text().find("alysd repair goes on with it") != std::string::npos);
      auto looked = store_repair::look(where).value();
      REQUIRE(looked.plan().half_done);
      const auto done = looked.carry_out({.now = now});
      INFO(done.error().message());
      REQUIRE(done);
    }
    const auto store = leveldb_store::open(where).value();
    REQUIRE(store->check());
    REQUIRE(store->progress().value()->head.height == block_height{repaired_height});
    std::map<std::string, std::string> kept;
    for (const auto& each : fs::directory_iterator{where}) {
      if (each.path().filename().string().starts_with("damaged-")) kept = files_in(each.path());
    }
    REQUIRE(kept == files_in(folder.path() / "damaged"));
  }

  temporary_folder folder{quick_place()};
  test_chain chain;
};

// What made the folder as it is, and durable.
void describe(const fs::path& folder, const fs::path& root, std::vector<disk_step>& steps) {
  using kind = disk_step::kind;
  const auto named = [&](const fs::path& path) { return path.lexically_relative(root).string(); };
  steps.push_back({kind::make_folder, named(folder)});
  for (const auto& each : fs::directory_iterator{folder}) {
    if (each.is_directory()) {
      describe(each.path(), root, steps);
      continue;
    }
    steps.push_back({kind::make_file, named(each.path())});
    steps.push_back({kind::append, named(each.path()), {}, read_file(each.path())});
    steps.push_back({kind::sync_file, named(each.path())});
  }
  steps.push_back({kind::sync_folder, named(folder)});
}

} // namespace

TEST_CASE_METHOD(fixture, "a repaired store that stops at any step on its way to its place is gone on with") {
  int steps = 0;
  for (bool stopped = true; stopped; ++steps) {
    INFO("stopped after " << steps << " steps");
    fs::remove_all(data());
    fs::copy(begun(), data(), fs::copy_options::recursive);
    stopping_disk files{steps};
    const auto placed = put_in_place(files, data(), "one");
    stopped = !placed;
    if (stopped) CHECK(placed == store_error::io_failed);
    check_goes_on(data());
  }
  CHECK(steps > 10);
}

TEST_CASE_METHOD(fixture, "a machine that stops while a repaired store goes to its place leaves all of it") {
  using kind = disk_step::kind;
  std::vector<disk_step> steps{{kind::make_folder, "node"}, {kind::sync_folder, ""}};
  describe(data(), folder.path(), steps);
  steps.push_back({kind::sync_folder, "node"});
  const std::size_t before = steps.size();
  traced_disk files{folder.path()};
  REQUIRE(put_in_place(files, data(), "one"));
  const auto taken = files.steps();
  steps.insert(steps.end(), taken.begin(), taken.end());
  CHECK(taken.size() > 10);
  std::mt19937_64 random{5};
  for (std::size_t count = before; count <= steps.size(); ++count) {
    for (const kept what :
         {kept::everything, kept::nothing, kept::data_only, kept::names_only, kept::scattered, kept::scattered, kept::scattered}) {
      INFO("after step " << count - before << ", kind of disk " << static_cast<int>(what));
      const temporary_folder left{quick_place()};
      make_crash_image(std::span{steps}.first(count), what, random, left.path());
      check_goes_on(left.path() / "node" / "data");
    }
  }
}
