// SPDX-License-Identifier: Apache-2.0
//
// The number of the last commit that was durable, in a file beside the database.
#pragma once

#include "disk.hpp"

#include <alys/domain/storage/chain_store.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>

namespace alys::domain {

// To LevelDB, a log that lost its end looks like one that was never written so far. This number tells them apart: it is written after each
// commit became durable, in place and without an fsync of its own. So it survives the end of the process; after a power cut it may lag behind
// the database, which is harmless, and it can never be ahead of it unless the database lost something.
class commit_file {
public:
  // The file `commits` in this folder, which need not exist yet.
  commit_file(disk& under, const std::filesystem::path& folder) : under_(&under), path_((folder / "commits").string()) {}

  // Makes the file, with the number 0: whole and durable, or not there.
  [[nodiscard]] leveldb::Status make();

  // Nothing if there is no file, or an empty one. Fails with damaged or unreadable.
  [[nodiscard]] result<std::optional<std::uint64_t>> read() const;

  // Fails with io_failed or no_space.
  [[nodiscard]] result<void> write(std::uint64_t number);

private:
  disk* under_;
  std::string path_;
};

} // namespace alys::domain
