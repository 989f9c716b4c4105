// SPDX-License-Identifier: Apache-2.0
//
// What the store asks of the operating system: LevelDB's Env, and the few things that an Env has no word for. Tests put one under the store
// that fails, tears and forgets.
#pragma once

#include <leveldb/env.h>

#include <string>

namespace alys::domain {

class disk : public leveldb::EnvWrapper {
public:
  disk() : EnvWrapper(leveldb::Env::Default()) {}

  // Makes the names in a folder durable: those of files that were made, renamed or removed in it.
  [[nodiscard]] virtual leveldb::Status sync_folder(const std::string& folder);
  // Sets the first bytes of a file; makes the file if there is none. Not durable by itself. So few that they lie in one sector: a disk has all of
  // them or none.
  [[nodiscard]] virtual leveldb::Status overwrite(const std::string& file, const leveldb::Slice& data);
  [[nodiscard]] virtual leveldb::Status sync_file(const std::string& file);
};

} // namespace alys::domain
