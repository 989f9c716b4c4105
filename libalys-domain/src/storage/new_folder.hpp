// SPDX-License-Identifier: Apache-2.0
//
// A folder that is there as a whole or not at all: it is made under another name and renamed when it is complete.
#pragma once

#include "disk.hpp"

#include <alys/domain/storage/chain_store.hpp>

#include <filesystem>
#include <utility>

namespace alys::domain {

class new_folder {
public:
  // Makes `FOLDER.unfinished`. Fails with occupied if that is there, or FOLDER and not empty, or with unreadable.
  [[nodiscard]] static result<new_folder> begin(const std::filesystem::path& folder);
  new_folder(new_folder&& other) noexcept : folder_(std::exchange(other.folder_, {})) {}
  new_folder& operator=(new_folder&&) = delete;
  // What was not finished is removed.
  ~new_folder();

  [[nodiscard]] std::filesystem::path path() const;
  // Gives it its name, which is durable then. All in it must be.
  [[nodiscard]] result<void> finish(disk& files);

private:
  explicit new_folder(std::filesystem::path folder) noexcept : folder_(std::move(folder)) {}

  std::filesystem::path folder_; // empty: finished, or moved from
};

} // namespace alys::domain
