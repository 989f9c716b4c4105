// SPDX-License-Identifier: Apache-2.0
//
// Reads records with every check there is: LevelDB's checksums of its blocks, ours of records, the encoding of the contents.
#pragma once

#include <alys/domain/primitives/bytes.hpp>
#include <alys/domain/storage/chain_store.hpp>

#include <leveldb/db.h>

#include <functional>
#include <optional>
#include <string>

namespace alys::domain {

[[nodiscard]] inline leveldb::Slice slice_of(bytes_view data) {
  if (data.empty()) return {}; // LevelDB compares from where it points, which must not be nowhere
  const std::string_view text = text_of(data);
  return {text.data(), text.size()};
}

[[nodiscard]] inline bytes_view view_of(const leveldb::Slice& slice) { return bytes_of({slice.data(), slice.size()}); }

// What a status other than ok means: damaged, no_space or io_failed.
[[nodiscard]] error error_of(const leveldb::Status&);

[[nodiscard]] inline error damaged(std::string text) { return fail(store_error::damaged, std::move(text)); }

// What is stored under a key, if it passes its check: a state node's key is its checksum; other records carry one. `key` is not empty.
// Fails with damaged.
[[nodiscard]] result<bytes_view> content_of(bytes_view key, bytes_view record);

class record_reader {
public:
  // `at`: what was there then; null: what is there now, by each call anew.
  explicit record_reader(leveldb::DB& database, const leveldb::Snapshot* at = nullptr) noexcept : database_(&database), at_(at) {}

  // The record under this key; nothing if there is none. Fails with damaged or io_failed.
  [[nodiscard]] result<std::optional<bytes>> read(bytes_view key) const;

  // Whether there is one; it is not looked at. Fails likewise.
  [[nodiscard]] result<bool> contains(bytes_view key) const;

  // The same as read, decoded.
  template <class T>
  [[nodiscard]] result<std::optional<T>> read(bytes_view key, result<T> (*decode)(bytes_view)) const {
    const auto content = read(key);
    if (!content) return content.error();
    if (!*content) return std::optional<T>{};
    auto decoded = decode(**content);
    if (!decoded) return damaged(decoded.error().message());
    return std::optional<T>{*std::move(decoded)};
  }

  [[nodiscard]] result<std::optional<block>> read_block(const block_id& id) const;

  // What hashes to this.
  [[nodiscard]] result<std::optional<bytes>> read_node(const hash256& hash) const;

  // Calls `visit` with each record whose key begins so, in the order of keys, until it gives an error.
  [[nodiscard]] result<void> each(bytes_view prefix, const std::function<result<void>(bytes_view key, bytes_view content)>& visit) const;

  // The same from this key on, which begins so, until `visit` says false.
  [[nodiscard]] result<void> each_from(bytes_view from, bytes_view prefix,
                                       const std::function<result<bool>(bytes_view key, bytes_view content)>& visit) const;

  // The last key that begins with this byte.
  [[nodiscard]] result<std::optional<bytes>> last_key(std::uint8_t prefix) const;

private:
  [[nodiscard]] result<std::optional<std::string>> stored(bytes_view key) const;

  [[nodiscard]] leveldb::ReadOptions checked() const;
  [[nodiscard]] leveldb::ReadOptions checked_scan() const;

  leveldb::DB* database_;
  const leveldb::Snapshot* at_;
};

} // namespace alys::domain
