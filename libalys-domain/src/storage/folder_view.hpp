// SPDX-License-Identifier: Apache-2.0
//
// A folder that is looked at and stays as it is. LevelDB cannot open a database without writing to it, and drops files of a damaged one.
#pragma once

#include "disk.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

namespace alys::domain {

// What is written is kept in memory and read back from there, what is removed is only hidden, and the disk below is never asked to change.
// LevelDB writes as much as its logs hold when it opens a database, and then begins to merge tables in the background; that is refused, and
// does not hinder reading.
class folder_view final : public disk {
public:
  leveldb::Status NewSequentialFile(const std::string& path, leveldb::SequentialFile** opened) override;
  leveldb::Status NewRandomAccessFile(const std::string& path, leveldb::RandomAccessFile** opened) override;
  leveldb::Status NewWritableFile(const std::string& path, leveldb::WritableFile** made) override;
  leveldb::Status NewAppendableFile(const std::string& path, leveldb::WritableFile** made) override;
  bool FileExists(const std::string& path) override;
  leveldb::Status GetChildren(const std::string& folder, std::vector<std::string>* names) override;
  leveldb::Status GetFileSize(const std::string& path, std::uint64_t* size) override;
  leveldb::Status RemoveFile(const std::string& path) override;
  leveldb::Status RenameFile(const std::string& from, const std::string& to) override;
  leveldb::Status CreateDir(const std::string&) override { return {}; }
  leveldb::Status RemoveDir(const std::string&) override { return {}; }
  leveldb::Status LockFile(const std::string& path, leveldb::FileLock** lock) override;
  leveldb::Status UnlockFile(leveldb::FileLock* lock) override;
  void Schedule(void (*work)(void*), void* argument) override;
  leveldb::Status NewLogger(const std::string& path, leveldb::Logger** made) override;

  leveldb::Status sync_folder(const std::string&) override { return {}; }
  leveldb::Status sync_file(const std::string&) override { return {}; }
  leveldb::Status overwrite(const std::string& path, const leveldb::Slice& data) override;

private:
  using content = std::shared_ptr<std::string>;
  // What was written under this name; null: nothing was.
  [[nodiscard]] content written(const std::string& path) const;
  [[nodiscard]] bool hidden(const std::string& path) const;
  [[nodiscard]] leveldb::Status write_anew(const std::string& path, leveldb::WritableFile** made);

  mutable std::mutex mutex_; // LevelDB's thread for merging uses it, too
  std::map<std::string, content> written_;
  std::set<std::string> hidden_;
  bool merging_ = false;
};

} // namespace alys::domain
