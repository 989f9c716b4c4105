// SPDX-License-Identifier: Apache-2.0
//
// Looks at a tree by the rules of alerts, and carries what changed to the sinks.
#pragma once

#include <alys/actors/alerts.hpp>

#include <atomic>
#include <map>
#include <set>

namespace alys::detail {

// One sink with its queue and its thread. Destroyed while the sink hangs, it leaves the two behind.
class alert_outbox {
public:
  // `at_once`: no thread and no queue, for virtual time.
  alert_outbox(std::shared_ptr<alert_sink> to, std::size_t most_queued, bool at_once, log_sink log);
  ~alert_outbox();
  alert_outbox(const alert_outbox&) = delete;
  alert_outbox& operator=(const alert_outbox&) = delete;

  void put(const alert& what);
  [[nodiscard]] alert_counts counts() const noexcept;

private:
  struct shared;
  std::shared_ptr<shared> shared_;
};

class alert_monitor {
public:
  alert_monitor(alert_options options, bool at_once, log_sink log);

  // Whether it is time for a look.
  [[nodiscard]] bool due(std::chrono::nanoseconds now) noexcept;
  // By one thread at a time.
  void look(const tree_node& root, bool alive, std::chrono::nanoseconds now);

  // Any thread.
  [[nodiscard]] std::vector<alert> raised() const;
  [[nodiscard]] alert_counts counts() const noexcept;

private:
  using place = std::pair<std::size_t, std::string>; // the rule's number, and the path
  struct latches {
    alert_latch warning;
    alert_latch critical;
    std::uint64_t seen_at = 0; // the number of the look
  };
  void look_at(const tree_node& node, std::chrono::nanoseconds now);
  [[nodiscard]] double measured(std::size_t rule, const tree_node& node);
  void look_at(latches& l, const alert_rule& rule, const std::string& path, double value, const std::string& why,
               std::chrono::nanoseconds now);
  void change(alert_latch& latch, alert what, double value);

  const alert_options options_;
  const alert_rule liveness_;
  const log_sink log_;
  std::set<std::size_t> failed_;     // rules that threw
  std::map<place, latches> latches_; // of places with a number that was not 0 once
  std::uint64_t looks_ = 0;
  std::chrono::nanoseconds next_{};
  mutable std::mutex mutex_; // of what others ask for
  std::vector<alert> raised_;
  std::vector<std::unique_ptr<alert_outbox>> outboxes_;
};

} // namespace alys::detail
