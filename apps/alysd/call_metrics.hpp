// SPDX-License-Identifier: Apache-2.0
//
// How long imports take, and the calls to the execution engine and the store, as histograms.
#pragma once

#include <alys/domain/chain/chain_listener.hpp>
#include <alys/domain/node/call_observer.hpp>

#include <memory>
#include <string>

namespace alysd {

class call_metrics {
public:
  call_metrics();
  ~call_metrics();
  call_metrics(const call_metrics&) = delete;
  call_metrics& operator=(const call_metrics&) = delete;

  // Thread-safe, also after this has gone.
  [[nodiscard]] alys::domain::call_observer observer();
  // Hears of imports, and passes all that it hears on. Thread-safe, also after this has gone.
  [[nodiscard]] std::shared_ptr<alys::domain::chain_listener> listener(std::shared_ptr<alys::domain::chain_listener> next);
  // In Prometheus' text format. Thread-safe.
  [[nodiscard]] std::string text() const;

private:
  struct series;
  class import_stages;
  std::shared_ptr<series> series_;
};

} // namespace alysd
