// SPDX-License-Identifier: Apache-2.0
//
// What the background check of the states has come to: for metrics, and in the log.
#pragma once

#include <alys/actors/observer.hpp>
#include <alys/domain/storage/state_database_actor.hpp>

#include <memory>
#include <string>

namespace alysd {

class state_checks {
public:
  state_checks();
  ~state_checks();
  state_checks(const state_checks&) = delete;
  state_checks& operator=(const state_checks&) = delete;

  // Thread-safe, also after this has gone.
  [[nodiscard]] alys::domain::state_check_listener listener(alys::log_sink log);
  // In Prometheus' text format. Thread-safe.
  [[nodiscard]] std::string text() const;

private:
  struct series;
  std::shared_ptr<series> series_;
};

} // namespace alysd
