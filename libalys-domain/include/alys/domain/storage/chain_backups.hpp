// SPDX-License-Identifier: Apache-2.0
//
// Port: copies of the store, made beside the writer while the node works.
//
// ```cpp
// inline alys::result<std::unique_ptr<alys::domain::backup_in_work>> begin(alys::domain::chain_backups& backups) { return backups.begin(std::string{"weekly"}); }
// ```
#pragma once

#include <alys/domain/storage/backup.hpp>

#include <memory>
#include <optional>

namespace alys::domain {

// One that is being made. Its end stops it, waits until it has, which is soon, and leaves nothing of what was not finished.
class backup_in_work {
public:
  backup_in_work() = default;
  backup_in_work(const backup_in_work&) = delete;
  backup_in_work& operator=(const backup_in_work&) = delete;
  virtual ~backup_in_work() = default;

  // Nothing until it is done; then, once, what was made. Does not wait. Refuses with not_made or interrupted; fails with a store_error if the store
  // that was to be copied failed.
  [[nodiscard]] virtual std::optional<result<made_backup>> outcome() = 0;
};

class chain_backups {
public:
  chain_backups() = default;
  chain_backups(const chain_backups&) = delete;
  chain_backups& operator=(const chain_backups&) = delete;
  virtual ~chain_backups() = default;

  // Begins one, and does not wait for it. No name: one of the time. Refuses with bad_name.
  [[nodiscard]] virtual result<std::unique_ptr<backup_in_work>> begin(const std::optional<std::string>& name) = 0;
};

} // namespace alys::domain
