// SPDX-License-Identifier: Apache-2.0
//
// Files in memory above files on the disk.
#include "folder_view.hpp"

#include <algorithm>
#include <cstring>
#include <filesystem>

namespace alys::domain {
namespace {

[[nodiscard]] leveldb::Status refused(const std::string& path) { return leveldb::Status::IOError(path, "is only looked at"); }
[[nodiscard]] leveldb::Status missing(const std::string& path) { return leveldb::Status::NotFound(path, "removed"); }

class memory_sequence final : public leveldb::SequentialFile {
public:
  explicit memory_sequence(std::shared_ptr<const std::string> from) : from_(std::move(from)) {}

  leveldb::Status Read(std::size_t count, leveldb::Slice* read, char*) override {
    const std::size_t most = std::min(count, from_->size() - at_);
    *read = {from_->data() + at_, most};
    at_ += most;
    return {};
  }
  leveldb::Status Skip(std::uint64_t count) override {
    at_ += std::min<std::uint64_t>(count, from_->size() - at_);
    return {};
  }

private:
  std::shared_ptr<const std::string> from_;
  std::size_t at_ = 0;
};

class memory_file final : public leveldb::RandomAccessFile {
public:
  explicit memory_file(std::shared_ptr<const std::string> from) : from_(std::move(from)) {}

  leveldb::Status Read(std::uint64_t offset, std::size_t count, leveldb::Slice* read, char*) const override {
    const std::size_t from = std::min<std::uint64_t>(offset, from_->size());
    *read = {from_->data() + from, std::min(count, from_->size() - from)};
    return {};
  }

private:
  std::shared_ptr<const std::string> from_;
};

class written_file final : public leveldb::WritableFile {
public:
  explicit written_file(std::shared_ptr<std::string> to) : to_(std::move(to)) {}

  leveldb::Status Append(const leveldb::Slice& data) override {
    to_->append(data.data(), data.size());
    return {};
  }
  leveldb::Status Close() override { return {}; }
  leveldb::Status Flush() override { return {}; }
  leveldb::Status Sync() override { return {}; }

private:
  std::shared_ptr<std::string> to_;
};

class no_lock final : public leveldb::FileLock {};

class no_log final : public leveldb::Logger {
public:
  void Logv(const char*, std::va_list) override {}
};

} // namespace

folder_view::content folder_view::written(const std::string& path) const {
  const std::lock_guard guard(mutex_);
  const auto found = written_.find(path);
  return found == written_.end() ? nullptr : found->second;
}

bool folder_view::hidden(const std::string& path) const {
  const std::lock_guard guard(mutex_);
  return hidden_.contains(path);
}

leveldb::Status folder_view::NewSequentialFile(const std::string& path, leveldb::SequentialFile** opened) {
  *opened = nullptr;
  if (auto ours = written(path)) {
    *opened = new memory_sequence(std::move(ours));
    return {};
  }
  return hidden(path) ? missing(path) : disk::NewSequentialFile(path, opened);
}

leveldb::Status folder_view::NewRandomAccessFile(const std::string& path, leveldb::RandomAccessFile** opened) {
  *opened = nullptr;
  if (auto ours = written(path)) {
    *opened = new memory_file(std::move(ours));
    return {};
  }
  return hidden(path) ? missing(path) : disk::NewRandomAccessFile(path, opened);
}

leveldb::Status folder_view::write_anew(const std::string& path, leveldb::WritableFile** made) {
  *made = nullptr;
  const std::lock_guard guard(mutex_);
  if (merging_) return refused(path);
  auto file = std::make_shared<std::string>();
  written_.insert_or_assign(path, file);
  *made = new written_file(std::move(file));
  return {};
}

leveldb::Status folder_view::NewWritableFile(const std::string& path, leveldb::WritableFile** made) { return write_anew(path, made); }

leveldb::Status folder_view::NewAppendableFile(const std::string& path, leveldb::WritableFile** made) {
  *made = nullptr;
  return refused(path);
}

bool folder_view::FileExists(const std::string& path) { return written(path) || (!hidden(path) && disk::FileExists(path)); }

leveldb::Status folder_view::GetChildren(const std::string& folder, std::vector<std::string>* names) {
  auto status = disk::GetChildren(folder, names);
  const std::lock_guard guard(mutex_);
  std::erase_if(*names, [&](const std::string& name) { return hidden_.contains(folder + "/" + name); });
  for (const auto& [path, file] : written_) {
    const std::filesystem::path ours{path};
    const std::string name = ours.filename().string();
    if (ours.parent_path() == folder && std::ranges::find(*names, name) == names->end()) names->push_back(name);
  }
  return status;
}

leveldb::Status folder_view::GetFileSize(const std::string& path, std::uint64_t* size) {
  *size = 0;
  if (const auto ours = written(path)) {
    *size = ours->size();
    return {};
  }
  return hidden(path) ? missing(path) : disk::GetFileSize(path, size);
}

leveldb::Status folder_view::RemoveFile(const std::string& path) {
  const std::lock_guard guard(mutex_);
  written_.erase(path);
  hidden_.insert(path);
  return {};
}

// What is not ours is only renamed to be out of the way.
leveldb::Status folder_view::RenameFile(const std::string& from, const std::string& to) {
  const std::lock_guard guard(mutex_);
  if (auto ours = written_.extract(from)) written_.insert_or_assign(to, std::move(ours.mapped()));
  hidden_.insert(from);
  return {};
}

leveldb::Status folder_view::LockFile(const std::string&, leveldb::FileLock** lock) {
  *lock = new no_lock;
  return {};
}

leveldb::Status folder_view::UnlockFile(leveldb::FileLock* lock) {
  delete lock;
  return {};
}

void folder_view::Schedule(void (*work)(void*), void* argument) {
  {
    const std::lock_guard guard(mutex_);
    merging_ = true;
  }
  disk::Schedule(work, argument);
}

leveldb::Status folder_view::NewLogger(const std::string&, leveldb::Logger** made) {
  *made = new no_log;
  return {};
}

leveldb::Status folder_view::overwrite(const std::string& path, const leveldb::Slice& data) {
  const std::lock_guard guard(mutex_);
  written_.insert_or_assign(path, std::make_shared<std::string>(data.data(), data.size()));
  return {};
}

} // namespace alys::domain
