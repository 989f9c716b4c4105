// SPDX-License-Identifier: Apache-2.0
//
// Logs as LevelDB writes them, with bits flipped and ends cut off: what is left of them is only what was written.
#include <storage/log_checksums.hpp>

#include "support/temporary_folder.hpp"

#include <catch2/catch.hpp>

#include <leveldb/db.h>
#include <leveldb/env.h>

#include <filesystem>
#include <memory>
#include <string>

using alys::domain::blank_damage;

namespace {

constexpr std::size_t block_bytes = 32'768;
constexpr std::size_t stride = 397;

// Records of a few bytes, and one that goes over several blocks.
[[nodiscard]] std::string make_log() {
  const alys::test::temporary_folder folder{alys::test::quick_place()};
  leveldb::Options options;
  options.create_if_missing = true;
  leveldb::DB* opened = nullptr;
  REQUIRE(leveldb::DB::Open(options, folder.path().string(), &opened).ok());
  const std::unique_ptr<leveldb::DB> database{opened};
  for (int i = 0; i < 200; ++i) REQUIRE(database->Put({}, "key " + std::to_string(i), std::string(i == 100 ? 100'000 : 50, 'x')).ok());
  std::string log;
  for (const auto& each : std::filesystem::directory_iterator{folder.path()}) {
    if (each.path().extension() == ".log") REQUIRE(leveldb::ReadFileToString(leveldb::Env::Default(), each.path().string(), &log).ok());
  }
  REQUIRE(log.size() > 3 * block_bytes);
  return log;
}

} // namespace

TEST_CASE("a log that is whole stays as it is") {
  const std::string log = make_log();
  std::string same = log;
  CHECK(blank_damage(same) == 0);
  CHECK(same == log);
  std::string nothing;
  CHECK(blank_damage(nothing) == 0);
}

TEST_CASE("what fails its checksum in a log is blanked to the end of its block and no more") {
  const std::string log = make_log();
  std::size_t found = 0;
  for (std::size_t at = 0; at < log.size(); at += stride) {
    INFO("a flipped bit at byte " << at);
    std::string changed = log;
    changed[at] = static_cast<char>(changed[at] ^ 16);
    std::string blanked = changed;
    const std::size_t bytes = blank_damage(blanked);
    const std::size_t block = at / block_bytes * block_bytes;
    REQUIRE(blanked.compare(0, block, log, 0, block) == 0);
    const std::size_t after = std::min(block + block_bytes, log.size());
    REQUIRE(blanked.substr(after) == log.substr(after));
    const std::size_t kept = blanked.substr(block, after - block).find_last_not_of('\0');
    const std::size_t whole = kept == std::string::npos ? 0 : kept + 1;
    REQUIRE(blanked.compare(block, whole, log, block, whole) == 0); // nothing of what is left was changed
    REQUIRE(blank_damage(blanked) == 0);
    found += bytes > 0 ? 1 : 0;
  }
  CHECK(found > log.size() / stride - 5); // all but those in a length at the very end
}

TEST_CASE("a log that is cut off at any byte has lost what was never reported") {
  const std::string log = make_log();
  for (std::size_t length = 0; length < log.size(); length += stride) {
    INFO("cut off at byte " << length);
    std::string cut = log.substr(0, length);
    CHECK(blank_damage(cut) == 0);
    CHECK(cut.size() == length);
  }
}
