// SPDX-License-Identifier: Apache-2.0
#include <alys/domain/storage/backup_actor.hpp>

namespace alys::domain {

namespace {

constexpr std::chrono::milliseconds look_every{50};

} // namespace

task<made_backup, reentrant> backup_actor::handle(const create_backup& m) {
  if (in_work_) co_return refuse(backup_refusal::in_work, "a backup is being made; ask again when it is done");
  const auto begun = backups_->begin(m.name);
  if (!begun) co_return begun.error();
  in_work_ = true;
  auto made = (*begun)->outcome();
  for (; !made; made = (*begun)->outcome()) co_await sleep(look_every);
  in_work_ = false;
  co_return *std::move(made);
}

} // namespace alys::domain
