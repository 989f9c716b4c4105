// SPDX-License-Identifier: Apache-2.0
//
// Names that are durable with their files.
#include "durable_names.hpp"

#include <filesystem>
#include <memory>
#include <utility>

namespace alys::domain {
namespace {

[[nodiscard]] std::string folder_of(const std::string& path) { return std::filesystem::path{path}.parent_path().string(); }

// One thread at a time uses it, as LevelDB uses all its files.
class named_file final : public leveldb::WritableFile {
public:
  named_file(disk& under, std::string folder, leveldb::WritableFile* file) : under_(under), folder_(std::move(folder)), file_(file) {}

  leveldb::Status Append(const leveldb::Slice& data) override { return file_->Append(data); }
  leveldb::Status Close() override { return file_->Close(); }
  leveldb::Status Flush() override { return file_->Flush(); }
  leveldb::Status Sync() override {
    auto status = file_->Sync();
#ifndef ALYS_PLANTED_LOST_NAMES
    if (!status.ok() || name_is_durable_) return status;
    status = under_.sync_folder(folder_);
    name_is_durable_ = status.ok();
#endif
    return status;
  }

private:
  disk& under_;
  std::string folder_;
  std::unique_ptr<leveldb::WritableFile> file_;
  bool name_is_durable_ = false;
};

} // namespace

leveldb::Status durable_names::NewWritableFile(const std::string& path, leveldb::WritableFile** made) {
  leveldb::WritableFile* file = nullptr;
  auto status = under_.NewWritableFile(path, &file);
  *made = status.ok() ? new named_file(under_, folder_of(path), file) : nullptr;
  return status;
}

leveldb::Status durable_names::RenameFile(const std::string& from, const std::string& to) {
  auto status = under_.RenameFile(from, to);
  if (status.ok()) status = under_.sync_folder(folder_of(to));
  if (!status.ok() && !status.IsNotFound()) renaming_failed_ = true; // LevelDB renames a log for people that need not be there
  return status;
}

leveldb::Status durable_names::RemoveFile(const std::string& path) {
  if (renaming_failed_) return leveldb::Status::IOError(path, "kept, since it is unknown what is named how");
  return under_.RemoveFile(path);
}

} // namespace alys::domain
