// SPDX-License-Identifier: Apache-2.0
//
// A new store that takes over the records of another one.
#pragma once

#include "new_folder.hpp"
#include "opening.hpp"

#include <alys/domain/storage/leveldb_store.hpp>

#include <leveldb/write_batch.h>

#include <optional>
#include <stop_token>

namespace alys::domain {

class store_copy {
public:
  // `stop` is looked at for every record.
  // Fails with occupied, unreadable or no_space.
  [[nodiscard]] static result<store_copy> begin(const std::filesystem::path& folder, std::stop_token stop = {});

  // Takes over a record. Fails with no_space, io_failed or interrupted.
  [[nodiscard]] result<void> add(bytes_view key, bytes_view content);
  // Makes all of it durable, reads it again from the disk, and gives the folder its name. Fails with damaged, too: if it is not what was written.
  [[nodiscard]] result<store_copied> finish();

private:
  store_copy(new_folder folder, opened_store store, std::stop_token stop)
      : folder_(std::move(folder)), store_(std::move(store)), stop_(std::move(stop)) {}
  [[nodiscard]] result<void> write(bool durable);
  [[nodiscard]] result<void> read_again() const;

  new_folder folder_;
  std::optional<opened_store> store_; // goes before its folder
  leveldb::WriteBatch batch_;
  std::stop_token stop_;
  store_copied copied_;
  std::uint64_t commit_ = 0;
};

} // namespace alys::domain
