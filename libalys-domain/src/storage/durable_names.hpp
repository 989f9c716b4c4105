// SPDX-License-Identifier: Apache-2.0
//
// LevelDB's view of the disk. LevelDB synchronises what it writes, and trusts the file system with the names of its files: POSIX promises a
// new name only once its folder was synchronised, too. A log whose records are all on disk is lost with its name, and its commits with it.
#pragma once

#include "disk.hpp"

#include <atomic>

namespace alys::domain {

// Synchronises the folder with the first sync of a new file, and after each renaming. That is once a file, not once a commit. Once a renaming
// has failed, nothing is removed any more: LevelDB takes it for not done, and would remove the very file that CURRENT may name by then.
class durable_names final : public leveldb::EnvWrapper {
public:
  explicit durable_names(disk& under) : EnvWrapper(&under), under_(under) {}

  leveldb::Status NewWritableFile(const std::string& path, leveldb::WritableFile** made) override;
  leveldb::Status RenameFile(const std::string& from, const std::string& to) override;
  leveldb::Status RemoveFile(const std::string& path) override;

private:
  disk& under_;
  std::atomic<bool> renaming_failed_ = false; // LevelDB's thread for compactions removes files, too
};

} // namespace alys::domain
