// SPDX-License-Identifier: Apache-2.0
//
// Alerts: what somebody should know who does not look. A rule measures one number at every slot, which grows with the trouble; each of its
// two thresholds is raised once when the number reaches it, and cleared once when it has fallen well below. Sinks carry the news out, each
// on a thread of its own behind a bounded queue, so that one that hangs harms nothing.
//
// ```cpp
// inline alys::alert_options watch(alys::log_sink log) {
//   return {
//     .rules = {alys::alert_on_health(), alys::alert_on_queue({.warning = 0.5, .critical = 0.9}),
//               {.name = "restarts", .measure = [](const alys::tree_node& n) { return double(n.restarts); }, .limits = {.critical = 100}}},
//     .sinks = {alys::alerts_to_log(std::move(log))},
//   };
// }
// ```
#pragma once

#include <alys/actors/observer.hpp>
#include <alys/actors/problem.hpp>
#include <alys/actors/result.hpp>
#include <alys/actors/tree.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace alys {

enum class alert_level : std::uint8_t { warning, critical };
[[nodiscard]] std::string_view to_string(alert_level) noexcept;

struct alert {
  std::string name; // of the rule
  std::string path; // of the slot
  alert_level level{};
  bool raised = true; // or cleared
  double value = 0;   // what was measured
  double threshold = 0;
  std::string why;               // the slot's health, in words
  std::chrono::nanoseconds at{}; // since the system's start
};
// "critical: queue of /root/a is 0.97 (limit 0.95)", "cleared: ...".
[[nodiscard]] std::string to_string(const alert&);
// One object, with the fields above; at_ms for the time.
[[nodiscard]] std::string to_json(const alert&);

// Port: carries alerts out of the process. Called by one thread at a time, which may wait; that of no actor.
class alert_sink {
public:
  alert_sink() = default;
  alert_sink(const alert_sink&) = delete;
  alert_sink& operator=(const alert_sink&) = delete;
  virtual ~alert_sink() = default;
  // A failure is counted, and the alert is gone.
  [[nodiscard]] virtual result<void> deliver(const alert& what) = 0;
};

// A line each: critical as error, a warning as warning, what is cleared as info.
[[nodiscard]] std::shared_ptr<alert_sink> alerts_to_log(log_sink log);

// Where a number becomes a warning, and where critical. Infinite: never.
struct alert_limits {
  double warning = std::numeric_limits<double>::infinity();
  double critical = std::numeric_limits<double>::infinity(); // at least warning, if both are there
  double hysteresis = 0;                                     // cleared only below the threshold less this; at least 0
  std::uint32_t looks = 1;                                   // in a row that must agree, to raise as well as to clear; at least 1
};

struct alert_rule {
  std::string name; // none twice
  std::function<double(const tree_node&)>
      measure; // grows with the trouble; NaN: nothing to say, as when it throws. On the watchdog's thread
  alert_limits limits = {};
  std::string under = {}; // a path: only slots at it and below it; empty: all
};

// Degraded is 1 and a warning, unhealthy is 2 and critical.
[[nodiscard]] alert_rule alert_on_health(std::uint32_t looks = 1);
// The share of a mailbox that is full, 0 to 1, of the fuller priority.
[[nodiscard]] alert_rule alert_on_queue(alert_limits limits = {.warning = 0.7, .critical = 0.95, .hysteresis = 0.2});
// Restarts that count against a supervisor's budget now.
[[nodiscard]] alert_rule alert_on_restarts(alert_limits limits);
// What is missing in the health score, 0 to 1: 0.5 for a slot with score 0.5.
[[nodiscard]] alert_rule alert_on_score(alert_limits limits = {.warning = 0.3, .critical = 0.6, .hysteresis = 0.1});
// Seconds that a batch of work has been running.
[[nodiscard]] alert_rule alert_on_busy(alert_limits limits = {.warning = 10, .critical = 60, .hysteresis = 1});

struct alert_options {
  std::vector<alert_rule> rules = {};
  std::vector<std::shared_ptr<alert_sink>> sinks = {}; // get the alert "liveness" besides: critical while the pool does no work
  std::chrono::milliseconds period{5'000};             // between two looks at the whole tree, at most a day; not finer than the watchdog's
  std::size_t queue = 1'000;                           // alerts that may wait for a sink, at least 1; more are dropped and counted
};

void validate(const alert_options&, problem_list& problems);

// What became of alerts so far, over all sinks.
struct alert_counts {
  std::uint64_t delivered = 0;
  std::uint64_t failed = 0;  // the sink said so
  std::uint64_t dropped = 0; // its queue was full
};

// One threshold at one place: raised and cleared in turns, never twice the same. Not thread-safe.
class alert_latch {
public:
  enum class change : std::uint8_t { none, raised, cleared };
  alert_latch(double threshold, double hysteresis, std::uint32_t looks) noexcept
      : threshold_(threshold), clears_below_(threshold - hysteresis), looks_(looks) {}
  // NaN changes nothing and breaks a row.
  [[nodiscard]] change look(double value) noexcept;
  [[nodiscard]] bool raised() const noexcept { return raised_; }

private:
  double threshold_;
  double clears_below_;
  std::uint32_t looks_;
  std::uint32_t in_a_row_ = 0;
  bool raised_ = false;
};

} // namespace alys
