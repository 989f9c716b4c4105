// SPDX-License-Identifier: Apache-2.0
//
// Checked reads.
#include "record_reader.hpp"

#include <alys/domain/chain/block_proto.hpp>
#include <alys/domain/primitives/digest.hpp>
#include <alys/domain/storage/keys.hpp>
#include <alys/domain/storage/records.hpp>

#include <cerrno>
#include <memory>
#include <system_error>

namespace alys::domain {
namespace {

// LevelDB passes the operating system's word on as text only.
[[nodiscard]] bool says(const leveldb::Status& status, int os_error) {
  return status.IsIOError() && status.ToString().ends_with(std::generic_category().message(os_error));
}

} // namespace

result<bytes_view> content_of(bytes_view key, bytes_view record) {
  if (key[0] != static_cast<std::uint8_t>(store_table::node)) return open_record(key, record);
  if (!equal(keccak256(record).view(), key.subspan(1))) return damaged("a state node does not hash to its key " + to_hex(key.subspan(1)));
  return record;
}

error error_of(const leveldb::Status& status) {
  const std::string text = status.ToString();
  // A table that is shorter than its own index says: LevelDB refuses to read beyond its end with EINVAL and calls that an IO error.
  if (status.IsCorruption() || says(status, EINVAL)) return fail(store_error::damaged, text);
  const bool full = says(status, ENOSPC) || says(status, EDQUOT) || says(status, EFBIG);
  return fail(full ? store_error::no_space : store_error::io_failed, text);
}

leveldb::ReadOptions record_reader::checked() const {
  leveldb::ReadOptions options;
  options.verify_checksums = true;
  options.snapshot = at_;
  return options;
}

leveldb::ReadOptions record_reader::checked_scan() const {
  leveldb::ReadOptions options = checked();
  options.fill_cache = false;
  return options;
}

result<std::optional<std::string>> record_reader::stored(bytes_view key) const {
  std::string record;
  const leveldb::Status status = database_->Get(checked(), slice_of(key), &record);
  if (status.IsNotFound()) return std::optional<std::string>{};
  if (!status.ok()) return error_of(status);
  return std::optional{std::move(record)};
}

result<bool> record_reader::contains(bytes_view key) const {
  const auto record = stored(key);
  if (!record) return record.error();
  return record->has_value();
}

result<std::optional<bytes>> record_reader::read(bytes_view key) const {
  const auto record = stored(key);
  if (!record) return record.error();
  if (!*record) return std::optional<bytes>{};
  const auto content = content_of(key, bytes_of(**record));
  if (!content) return content.error();
  return std::optional{to_bytes(*content)};
}

result<std::optional<block>> record_reader::read_block(const block_id& id) const {
  return read(key_of(store_table::block, id.view()), block_from_protobuf);
}

result<std::optional<bytes>> record_reader::read_node(const hash256& hash) const { return read(key_of(store_table::node, hash.view())); }

result<void> record_reader::each(bytes_view prefix, const std::function<result<void>(bytes_view key, bytes_view content)>& visit) const {
  return each_from(prefix, prefix, [&visit](bytes_view key, bytes_view content) -> result<bool> {
    if (auto done = visit(key, content); !done) return done.error();
    return true;
  });
}

result<void> record_reader::each_from(bytes_view from, bytes_view prefix,
                                      const std::function<result<bool>(bytes_view key, bytes_view content)>& visit) const {
  const std::unique_ptr<leveldb::Iterator> at{database_->NewIterator(checked_scan())};
  for (at->Seek(slice_of(from)); at->Valid() && at->key().starts_with(slice_of(prefix)); at->Next()) {
    const bytes_view key = view_of(at->key());
    const auto content = content_of(key, view_of(at->value()));
    if (!content) return content.error();
    const auto go_on = visit(key, *content);
    if (!go_on) return go_on.error();
    if (!*go_on) return {};
  }
  // An iterator that met damage ends as if there were no more records.
  if (!at->status().ok()) return error_of(at->status());
  return {};
}

result<std::optional<bytes>> record_reader::last_key(std::uint8_t prefix) const {
  const std::unique_ptr<leveldb::Iterator> at{database_->NewIterator(checked_scan())};
  const bytes after{static_cast<std::uint8_t>(prefix + 1)};
  at->Seek(slice_of(after));
  if (at->Valid()) at->Prev();
  else if (at->status().ok()) at->SeekToLast();
  if (!at->status().ok()) return error_of(at->status());
  if (!at->Valid() || view_of(at->key())[0] != prefix) return std::optional<bytes>{};
  return std::optional{to_bytes(view_of(at->key()))};
}

} // namespace alys::domain
