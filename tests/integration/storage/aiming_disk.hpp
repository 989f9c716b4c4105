// SPDX-License-Identifier: Apache-2.0
//
// A disk that stops the process at a chosen step: it says `stopped PHASE STEP` on standard output and waits to be killed.
#pragma once

#include "kill_aim.hpp"

#include <storage/disk.hpp>

#include <functional>
#include <mutex>
#include <thread>

namespace alys::test {

class aiming_disk final : public domain::disk {
public:
  explicit aiming_disk(const kill_aim& aim) : aim_(aim) {}

  // What the thread that made this disk does from now on. All others belong to LevelDB, which merges tables there.
  void enter(life_phase phase);
  // Imports that this process has made.
  void count_import();

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

  // `half`: does half of it.
  leveldb::Status step(const char* what, const std::function<leveldb::Status()>& take, const std::function<void()>& half = {});
  [[nodiscard]] bool is_reached();

  std::mutex mutex_;
  kill_aim aim_;
  std::thread::id worker_ = std::this_thread::get_id();
  life_phase phase_ = life_phase::opening;
  std::size_t imports_ = 0;
  std::size_t steps_ = 0; // in the phase that is aimed at
};

} // namespace alys::test
