// SPDX-License-Identifier: Apache-2.0
//
// The number of the last commit that was durable, in a file beside the database.
#pragma once

#include "../posix/file_descriptor.hpp"

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
  // Opens `commits` in this folder; makes it if there is none. Fails with unreadable.
  [[nodiscard]] static result<commit_file> open(const std::filesystem::path& folder);

  // Nothing in a file that was just made. Fails with damaged or io_failed.
  [[nodiscard]] result<std::optional<std::uint64_t>> read() const;

  // Fails with io_failed.
  [[nodiscard]] result<void> write(std::uint64_t number);

  // Makes it durable: once, so that there is a number to overwrite. Fails with io_failed.
  [[nodiscard]] result<void> sync();

private:
  explicit commit_file(file_descriptor file) noexcept : file_(std::move(file)) {}

  file_descriptor file_;
};

} // namespace alys::domain
