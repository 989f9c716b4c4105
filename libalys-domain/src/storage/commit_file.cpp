// SPDX-License-Identifier: Apache-2.0
//
// The number of the last commit.
#include "commit_file.hpp"

#include "record_reader.hpp"

#include <alys/domain/storage/keys.hpp>
#include <alys/domain/storage/records.hpp>

namespace alys::domain {
namespace {

[[nodiscard]] bytes record_of(std::uint64_t number) { return seal_record(key_of(store_table::commit), encode_number(number)); }

} // namespace

leveldb::Status commit_file::make() {
  const std::string unfinished = path_ + ".new";
  auto status = under_->overwrite(unfinished, slice_of(record_of(0)));
  if (status.ok()) status = under_->sync_file(unfinished);
  if (status.ok()) status = under_->RenameFile(unfinished, path_);
  if (status.ok()) status = under_->sync_folder(std::filesystem::path{path_}.parent_path().string());
  return status;
}

result<std::optional<std::uint64_t>> commit_file::read() const {
  std::string data;
  const leveldb::Status status = leveldb::ReadFileToString(under_, path_, &data);
  if (!status.ok() && !status.IsNotFound()) return fail(store_error::unreadable, status.ToString());
  if (data.empty()) return std::optional<std::uint64_t>{};
  const auto content = open_record(key_of(store_table::commit), bytes_of(data));
  if (!content) return fail(store_error::damaged, "the file `commits` fails its checksum");
  const auto number = decode_number(*content);
  if (!number) return number.error();
  return std::optional{*number};
}

result<void> commit_file::write(std::uint64_t number) {
  if (const auto status = under_->overwrite(path_, slice_of(record_of(number))); !status.ok()) return error_of(status);
  return {};
}

} // namespace alys::domain
