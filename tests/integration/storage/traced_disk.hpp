// SPDX-License-Identifier: Apache-2.0
//
// A disk under a store that keeps a record of all that is asked of it, and fails at a chosen step. From the record, crash_image.hpp makes the
// folders that a machine which stopped after any step may find when it starts again.
#pragma once

#include <storage/disk.hpp>

#include <condition_variable>
#include <filesystem>
#include <limits>
#include <mutex>
#include <string>
#include <vector>

namespace alys::test {

// Something that changes the disk. Paths are relative to the disk's folder.
struct disk_step {
  enum class kind : std::uint8_t { make_folder, remove_folder, make_file, remove_file, rename, append, overwrite, sync_file, sync_folder };
  kind what;
  std::string path;
  std::string target = {}; // of a renaming
  std::string data = {};   // that is written
};

class traced_disk final : public domain::disk {
public:
  // How a step fails.
  enum class fault : std::uint8_t {
    refused, // nothing of it happens
    half,    // half of what is appended is; anything else happens as a whole, and is reported as failed
    full,    // nothing of it happens, nor of any later write: the disk is full
  };
  static constexpr std::size_t never = std::numeric_limits<std::size_t>::max();

  // Everything happens below this folder. Nothing waits for a real disk: a sync is a word in the record.
  explicit traced_disk(std::filesystem::path folder) : folder_(std::move(folder)) {}

  // The step of this number fails, counted from 0; with `full`, all that need room from then on.
  void fail_at(std::size_t step, fault how);
  [[nodiscard]] bool has_failed() const;
  // What was done, in order.
  [[nodiscard]] std::vector<disk_step> steps() const;
  [[nodiscard]] std::size_t count() const;
  // Until LevelDB has merged tables since its last start, or a step has failed. False if neither comes.
  [[nodiscard]] bool wait_for_merge() const;

  leveldb::Status NewWritableFile(const std::string& path, leveldb::WritableFile** made) override;
  leveldb::Status RemoveFile(const std::string& path) override;
  leveldb::Status CreateDir(const std::string& path) override;
  leveldb::Status RemoveDir(const std::string& path) override;
  leveldb::Status RenameFile(const std::string& from, const std::string& to) override;
  leveldb::Status sync_folder(const std::string& path) override;
  leveldb::Status overwrite(const std::string& path, const leveldb::Slice& data) override;
  leveldb::Status sync_file(const std::string& path) override;

private:
  class file;

  // Does it through `call`, records it, or fails in its place.
  template <class Call>
  leveldb::Status step(disk_step what, Call&& call);
  [[nodiscard]] std::string named(const std::string& path) const;

  std::filesystem::path folder_;
  mutable std::mutex mutex_; // LevelDB's thread for compactions writes, too
  mutable std::condition_variable changed_;
  std::vector<disk_step> steps_;
  std::size_t asked_ = 0; // failed steps among them
  std::size_t fail_at_ = never;
  fault how_ = fault::refused;
  bool failed_ = false;
  int list_syncs_ = 0; // of LevelDB's list of tables, since it was made
};

} // namespace alys::test
