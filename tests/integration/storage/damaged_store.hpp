// SPDX-License-Identifier: Apache-2.0
//
// A store that tests damage by record or by file, its repair, and what must be so after any of that: a chain that is the beginning of what was
// there, whole, with the state that belongs to it, and a damaged folder that stays as it was.
#pragma once

#include "ledger_chain.hpp"

#include "support/temporary_folder.hpp"

#include <alys/domain/storage/keys.hpp>
#include <alys/domain/storage/leveldb_store.hpp>
#include <alys/domain/storage/store_repair.hpp>

#include <leveldb/db.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>

namespace alys::test {

// All files of the store itself; not of LevelDB's log for people, nor of locks.
[[nodiscard]] std::map<std::string, std::string> files_in(const std::filesystem::path& folder);
// As LevelDB takes keys.
[[nodiscard]] std::string as_text(const dom::bytes&);
[[nodiscard]] std::string read_file(const std::filesystem::path&);

// What a repair made of a folder.
struct repair_outcome {
  bool was_damaged = false;
  dom::repair_plan plan;
  std::optional<std::uint64_t> height; // of the chain; nothing: it could not be repaired
};

// For test cases to derive from.
class damaged_store {
public:
  static constexpr std::size_t top = 42;
  static constexpr std::uint64_t waiting = 3;
  static constexpr std::size_t hurt = 21; // a height with transactions, below the last final block; its records lie in the log
  static constexpr dom::unix_milliseconds now{200'000}; // in slot 100

  damaged_store();

  [[nodiscard]] std::filesystem::path whole() const { return folder.path() / "whole"; }
  [[nodiscard]] std::filesystem::path data() const { return folder.path() / "data"; }
  // With a copy of the whole store as data.
  void begin_again() const;

  // Changes records of the copy by way of LevelDB.
  void change(const std::function<void(leveldb::DB&)>& how) const;
  void flip(const std::string& key) const;
  void remove(const std::string& key) const;
  // The record of one key under the other.
  void misplace(const std::string& from, const std::string& to) const;
  // Of the record of this table that belongs to a height.
  [[nodiscard]] std::string key_in(dom::store_table table, std::size_t height);

  // Looks, repairs, and checks whatever must be so after any damage.
  [[nodiscard]] repair_outcome repair();
  // All of it is what was imported, and imports go on. Gives the height of the chain.
  [[nodiscard]] std::uint64_t check_repaired(const dom::repair_plan& plan);

  ledger_chain chain;
  temporary_folder folder{quick_place()};

private:
  void make_store();
  void check_state(const dom::leveldb_store& store, const dom::chain_progress& progress);
};

} // namespace alys::test
