// SPDX-License-Identifier: Apache-2.0
//
// The running system as the API's port sees it. Empty before the system has started and after its end.
#pragma once

#include "backup_watch.hpp"
#include "call_metrics.hpp"
#include "console.hpp"
#include "reloader.hpp"
#include "state_checks.hpp"

#include <alys/actors/chaos.hpp>
#include <alys/actors/otlp.hpp>
#include <alys/actors/system.hpp>
#include <alys/domain/api/http_listener.hpp>
#include <alys/domain/api/node_control.hpp>
#include <alys/domain/engine/fed_engine.hpp>
#include <alys/domain/storage/chain_store.hpp>

#include <mutex>

namespace alysd {

// What metrics are read from, beside the system itself. Not null unless it says so.
struct measured_parts {
  std::weak_ptr<alys::domain::http_listener> http;
  std::shared_ptr<const alys::domain::chain_store> store;
  std::shared_ptr<const alys::domain::feed_progress> feeding; // null: no execution client
  std::shared_ptr<const call_metrics> calls;
  std::shared_ptr<const backup_watch> backups;
  std::shared_ptr<const state_checks> checks;
  std::shared_ptr<const console> terminal;
  std::shared_ptr<const alys::otlp_exporter> spans; // null: nothing is traced
};

class system_control final : public alys::domain::node_control {
public:
  explicit system_control(measured_parts parts, std::weak_ptr<reloader> reloads) : parts_(std::move(parts)), reloads_(std::move(reloads)) {}

  // Lets trouble into this declaration, which is about to start: whatever rules come later, they reach all of it. Begins at once if rules are
  // configured.
  [[nodiscard]] alys::result<void> let_chaos_into(const alys::supervisor_spec& tree, const chaos_config& configured);
  // Ends it, and tells people what it did; nothing if it met no message.
  [[nodiscard]] std::string end_chaos();

  void attach(alys::system& system);
  void detach();

  [[nodiscard]] bool alive() const override;
  [[nodiscard]] alys::domain::node_readiness readiness() const override;
  [[nodiscard]] std::string tree() const override;
  [[nodiscard]] std::string ask_edges() const override;
  [[nodiscard]] std::string metrics() const override;
  [[nodiscard]] alys::result<void> inject_fault(const std::string& path, alys::domain::injected_failure how) override;
  [[nodiscard]] alys::result<void> inject_chaos(std::uint64_t seed,
                                                const std::optional<std::vector<alys::domain::json_value>>& rules) override;
  void stop_chaos() override;
  [[nodiscard]] std::string chaos() const override;
  [[nodiscard]] alys::result<void> reload_config() override;
  [[nodiscard]] std::string reloads() const override;

private:
  mutable std::mutex mutex_; // between the actors that ask and the main thread that starts and ends the system
  alys::system* system_ = nullptr;
  const measured_parts parts_;
  std::weak_ptr<reloader> reloads_;    // which declares trees that hold this
  std::optional<alys::chaos> trouble_; // from before the start on; nothing: this node was not started for it
  chaos_config configured_;
};

} // namespace alysd
