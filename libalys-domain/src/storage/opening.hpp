// SPDX-License-Identifier: Apache-2.0
//
// Opening a store: lock, number of the last commit, database, in the order that leaves no doubt after a crash at any point. The folder holds:
//   lock      held while a process has the store open (folder_lock.hpp)
//   commits   the number of the last durable commit (commit_file.hpp)
//   chain/    LevelDB's files
#pragma once

#include "commit_file.hpp"
#include "disk.hpp"
#include "durable_names.hpp"
#include "folder_lock.hpp"

#include <alys/domain/storage/chain_store.hpp>
#include <alys/domain/storage/records.hpp>

#include <leveldb/db.h>
#include <leveldb/filter_policy.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>

namespace alys::domain {

// An open store. Members die from the last to the first, so the database goes before what it uses, and the lock goes last.
struct opened_store {
  folder_lock lock;
  std::shared_ptr<disk> files;
  std::unique_ptr<durable_names> env; // over `files`, for LevelDB
  commit_file commits;
  std::unique_ptr<const leveldb::FilterPolicy> filter;
  std::unique_ptr<leveldb::DB> database;
  std::uint64_t last_commit = 0;
  std::uint64_t last_journal_number = 0;
  pruning_progress pruned = {};
  std::optional<std::uint64_t> migrated_from = {}; // the schema version that it had; nothing: this program's
};

// Opens the store in this folder, or makes a new one; one with a lower schema version is migrated. Fails with in_use, unreadable, no_space, newer_schema or damaged.
[[nodiscard]] result<opened_store> open_store(const std::filesystem::path& folder, std::shared_ptr<disk> files);
// The same in a folder whose lock the caller has.
[[nodiscard]] result<opened_store> open_store(const std::filesystem::path& folder, folder_lock lock, std::shared_ptr<disk> files);

} // namespace alys::domain
