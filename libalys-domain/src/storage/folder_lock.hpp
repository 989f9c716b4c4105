// SPDX-License-Identifier: Apache-2.0
//
// One process a folder, and a mark that says whether a process ended within an import.
#pragma once

#include "../posix/file_descriptor.hpp"

#include <alys/domain/storage/chain_store.hpp>

#include <filesystem>

namespace alys::domain {

// Holds `lock` in the folder with flock(2), which ends with the process however it ends. LevelDB's own lock is lost when anything in the
// process closes another descriptor of its file; nobody else opens this one. The byte in the file says whether an import is being written: it
// is never synchronised, because it must only outlive the process, not the machine.
class folder_lock {
public:
  [[nodiscard]] static result<folder_lock> take(const std::filesystem::path& folder);

  // The same lock once more: the folder is free when both have gone.
  [[nodiscard]] result<folder_lock> share() const;

  // The last process to hold the folder ended between these two.
  [[nodiscard]] bool was_importing() const noexcept { return was_importing_; }
  void begin_import() noexcept { mark('1'); }
  void end_import() noexcept { mark('0'); }

private:
  folder_lock(file_descriptor file, bool was_importing) noexcept : file_(std::move(file)), was_importing_(was_importing) {}
  void mark(char byte) noexcept;

  file_descriptor file_;
  bool was_importing_;
};

// Marks the folder from the first step of an import to its last.
class import_mark {
public:
  explicit import_mark(folder_lock& lock) noexcept : lock_(lock) { lock_.begin_import(); }
  ~import_mark() { lock_.end_import(); }
  import_mark(const import_mark&) = delete;
  import_mark& operator=(const import_mark&) = delete;

private:
  folder_lock& lock_;
};

} // namespace alys::domain
