// SPDX-License-Identifier: Apache-2.0
//
// Adapter: backups of a LevelDB store, each made by a thread of its own: it reads for seconds or minutes, and no actor stands still for that.
//
// ```cpp
// inline std::shared_ptr<alys::domain::chain_backups> backups_of(std::shared_ptr<const alys::domain::leveldb_store> store) {
//   return std::make_shared<alys::domain::store_backups>(std::move(store), "/backup/alysd");
// }
// ```
#pragma once

#include <alys/domain/storage/chain_backups.hpp>
#include <alys/domain/storage/leveldb_store.hpp>

namespace alys::domain {

class store_backups final : public chain_backups {
public:
  // All of them go below `folder`, which is there.
  store_backups(std::shared_ptr<const leveldb_store> store, std::filesystem::path folder) noexcept
      : store_(std::move(store)), folder_(std::move(folder)) {}

  [[nodiscard]] result<std::unique_ptr<backup_in_work>> begin(const std::optional<std::string>& name) override;

private:
  std::shared_ptr<const leveldb_store> store_;
  std::filesystem::path folder_;
};

} // namespace alys::domain
