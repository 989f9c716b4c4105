// SPDX-License-Identifier: Apache-2.0
//
// What becomes of the backups that a node makes of itself: figures for /metrics, and a line in the log for each.
#pragma once

#include <alys/actors/observer.hpp>
#include <alys/domain/storage/chain_backups.hpp>

#include <memory>
#include <string>

namespace alysd {

class backup_watch {
public:
  explicit backup_watch(alys::log_sink log);
  ~backup_watch();
  backup_watch(const backup_watch&) = delete;
  backup_watch& operator=(const backup_watch&) = delete;

  // The same backups, watched, also after this has gone.
  [[nodiscard]] std::shared_ptr<alys::domain::chain_backups> watch(std::shared_ptr<alys::domain::chain_backups> backups);
  // In Prometheus' text format. Thread-safe.
  [[nodiscard]] std::string text() const;

private:
  struct series;
  class watched;
  class watched_work;
  std::shared_ptr<series> series_;
};

} // namespace alysd
