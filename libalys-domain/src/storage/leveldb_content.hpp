// SPDX-License-Identifier: Apache-2.0
//
// What the halves of the LevelDB adapter share.
#pragma once

#include "folder_lock.hpp"

#include <alys/domain/chain/canonical.hpp>
#include <alys/domain/storage/keys.hpp>
#include <alys/domain/storage/leveldb_store.hpp>
#include <alys/domain/storage/records.hpp>

#include <leveldb/db.h>
#include <leveldb/filter_policy.h>
#include <leveldb/write_batch.h>

namespace alys::domain {

[[nodiscard]] inline leveldb::Slice slice_of(bytes_view data) noexcept { return {reinterpret_cast<const char*>(data.data()), data.size()}; }

[[nodiscard]] inline leveldb::ReadOptions checked_reads() noexcept {
  leveldb::ReadOptions options;
  options.verify_checksums = true;
  return options;
}

[[nodiscard]] error error_of(const leveldb::Status& status, const std::filesystem::path& folder);

struct leveldb_store::content {
  content(std::filesystem::path f, folder_lock&& l) : folder(std::move(f)), lock(std::move(l)) {}

  [[nodiscard]] result<void> check_schema();
  [[nodiscard]] result<void> find_last_journal_number();
  [[nodiscard]] result<std::optional<bytes>> read(bytes_view key) const;
  [[nodiscard]] result<std::optional<block_id>> read_id(bytes_view key) const;
  template <class T>
  [[nodiscard]] result<std::optional<T>> read_as(bytes_view key, result<T> (*decode)(bytes_view)) const {
    const auto raw = read(key);
    if (!raw) return raw.error();
    if (!*raw) return std::optional<T>{};
    auto decoded = decode(**raw);
    if (!decoded) return fail(store_error::damaged, folder.string() + ": " + decoded.error().text());
    return std::optional{std::move(*decoded)};
  }

  void put(leveldb::WriteBatch& batch, bytes_view key, bytes_view value) const { batch.Put(slice_of(key), slice_of(seal_record(key, value))); }
  [[nodiscard]] result<void> add(leveldb::WriteBatch& batch, const import_batch& import, std::optional<chain_progress>& at);
  [[nodiscard]] result<void> remove_from_journal(leveldb::WriteBatch& batch, const hash256& transaction) const;
  [[nodiscard]] result<void> write(leveldb::WriteBatch& batch, bool durable);

  std::filesystem::path folder;
  folder_lock lock;
  std::unique_ptr<const leveldb::FilterPolicy> filter; // outlives the database
  std::unique_ptr<leveldb::DB> db;
  std::uint64_t last_journal_number = 0;
  error broken; // the first error of a write: nothing is written after it
};

} // namespace alys::domain
