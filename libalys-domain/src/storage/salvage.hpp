// SPDX-License-Identifier: Apache-2.0
//
// What can still be read of a damaged database: every record by its own checksum, whatever LevelDB says of the file that it lies in.
#pragma once

#include "folder_view.hpp"
#include "record_reader.hpp"

#include <leveldb/db.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace alys::domain {

// LevelDB's repair tool, on a view of the folder, makes a database of all tables and logs that it finds. It is trusted with little: it reads logs
// without their checksums, so it gets them without what fails these, and each record is checked against its own; and it may bring back what was
// removed or replaced, which is why whoever reads here takes blocks and state, whose keys say what they are, and makes everything else anew.
class salvage {
public:
  // `path`: the database, all of whose files are seen through `view`. Fails with damaged if there is nothing to read.
  [[nodiscard]] static result<salvage> open(const std::string& path, std::shared_ptr<folder_view> view);

  // Every record, in the order of keys; without its content if that fails its checks.
  void each(const std::function<void(bytes_view key, std::optional<bytes_view> content)>& visit) const;
  [[nodiscard]] record_reader reader() const noexcept { return record_reader{*database_}; }

  // The files of which something could not be read, in LevelDB's words.
  [[nodiscard]] const std::vector<std::string>& lost() const noexcept { return lost_; }
  // The progress record is as new as the number of the last commit: each commit writes the number first, then the progress. Otherwise what is
  // read is an older one, and the newest is lost.
  [[nodiscard]] bool progress_is_of_last_commit() const noexcept { return progress_is_newest_; }

private:
  salvage(std::shared_ptr<folder_view> view, std::unique_ptr<leveldb::DB> database, std::vector<std::string> lost, bool progress_is_newest)
      : view_(std::move(view)), database_(std::move(database)), lost_(std::move(lost)), progress_is_newest_(progress_is_newest) {}

  std::shared_ptr<folder_view> view_; // outlives the database
  std::unique_ptr<leveldb::DB> database_;
  std::vector<std::string> lost_;
  bool progress_is_newest_;
};

} // namespace alys::domain
