// SPDX-License-Identifier: Apache-2.0
//
// Backups while the node works, one at a time. The copy is made elsewhere; this actor looks whether it is done, so that it goes on answering
// others and stops in time, and the copy with it.
//
// ```cpp
// inline alys::ref<alys::domain::backup_actor> declare(alys::supervisor_spec& storage, std::shared_ptr<alys::domain::chain_backups> backups) {
//   return storage.child<alys::domain::backup_actor>("backup", {}, {}, std::move(backups));
// }
// ```
#pragma once

#include <alys/actors.hpp>
#include <alys/domain/storage/chain_backups.hpp>

#include <memory>

namespace alys::domain {

// Answered when the copy is whole, checked and durable. Refuses with a backup_refusal; fails with a store_error if the store did. A copy whose
// asker does not wait any longer goes on.
struct create_backup {
  using reply = made_backup;
  std::optional<std::string> name; // of a folder; nothing: one of the time
};
ALYS_MESSAGE(create_backup, name)

class backup_actor final : public actor<backup_actor> {
public:
  using messages = accepts<create_backup>;

  explicit backup_actor(std::shared_ptr<chain_backups> backups) : backups_(std::move(backups)) {}

  task<made_backup, reentrant> handle(const create_backup& m);

private:
  std::shared_ptr<chain_backups> backups_;
  bool in_work_ = false;
};

} // namespace alys::domain
