// SPDX-License-Identifier: Apache-2.0
//
// A look at a running tree: states, incarnations, restarts, queues, counters, health and the last failures of every slot. It is taken
// from outside, without waiting for any actor, so that a stuck one is shown as well.
//
// ```cpp
// inline bool all_run(const alys::tree_node& node) {
//   for (const auto& child : node.children) {
//     if (!all_run(child)) return false;
//   }
//   return node.state == alys::lifecycle_state::running;
// }
// ```
#pragma once

#include <alys/actors/breaker.hpp>
#include <alys/actors/health.hpp>
#include <alys/actors/lifecycle.hpp>
#include <alys/actors/trace_context.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace alys {

// What became of the messages of one slot since its start. For every instant at which nothing is in motion:
// sent = handled + refused + failed + undelivered + rejected + dropped + queued + parked + stashed + quarantined.
struct message_counts {
  std::uint64_t handled = 0; // answered, or nothing to answer; also if the answer comes later
  std::uint64_t refused = 0;
  std::uint64_t failed = 0; // their handler failed
  std::uint64_t undelivered =
      0; // accepted, but the slot stopped, had no handler or no room in its stash, cut off its handler while that waited,
         // or lost it from quarantine
  std::uint64_t rejected = 0;       // turned away at the door: full, or stopped
  std::uint64_t dropped = 0;        // by drop_newest at the door, or displaced by drop_oldest
  std::uint64_t queued = 0;         // now
  std::uint64_t parked = 0;         // wait for room at its door, now
  std::uint64_t stashed = 0;        // set aside by the actor, now
  std::uint64_t quarantined = 0;    // set aside because they kill the actor, now
  std::uint64_t redelivered = 0;    // how often a message was handled again after a restart: apart from the sum
  std::uint64_t timers_fired = 0;   // handled too, but never sent
  std::uint64_t timers_dropped = 0; // ended with their incarnation
};

// Adds what can be added: of slots together, or of one over time.
message_counts& operator+=(message_counts& sum, const message_counts& more) noexcept;

struct mailbox_view {
  std::size_t depth = 0;
  std::size_t high_water = 0;
  std::size_t capacity = 0;
};

// One failure of a slot.
struct failure_note {
  std::chrono::nanoseconds at{};
  std::uint32_t incarnation = 0;
  error what = {};
  trace_context trace = {}; // of the work that failed, with the id of its span; not valid if it was not traced
};

// A slot's circuit breaker.
struct breaker_view {
  breaker_state state = breaker_state::closed;
  std::uint32_t failures = 0;           // in a row
  std::uint64_t openings = 0;           // ever
  std::chrono::nanoseconds probes_in{}; // while it is open: until the first probes; else 0
};

// The children of a template that have left a supervisor: what they did stays counted.
struct departed_children {
  std::string pattern; // "peer-{}"
  std::uint64_t ended = 0;
  std::uint64_t restarts = 0;
  message_counts messages;
};

// One slot.
struct tree_node {
  std::string path;
  std::string name;
  std::string type;    // of the actor; of a supervisor its strategy
  std::string policy;  // in words
  std::string pattern; // of a child that came at run time: its template, "peer-{}"
  bool supervisor = false;
  bool critical = true;
  lifecycle_state state = lifecycle_state::initializing;
  std::uint32_t incarnation = 0;
  std::chrono::nanoseconds seen_at{};   // by the clock of the tree
  std::chrono::nanoseconds uptime{};    // since this incarnation runs; 0 if it does not
  std::uint64_t restarts = 0;           // ever
  std::uint32_t restarts_in_window = 0; // supervisors: what counts against the budget now
  std::uint64_t escalations = 0;        // supervisors: failures below that it could not heal, ever
  health_report health;
  std::optional<breaker_view> breaker = {}; // of a slot that has one
  message_counts messages;
  mailbox_view normal;
  mailbox_view urgent;
  std::chrono::nanoseconds busy_for{}; // how long the current batch of work has been running; 0 if idle
  std::string handling;                // the message type in hand, or the name of a hook; empty if idle
  std::string awaiting;                // of an idle one: the message type whose handler waits and lets no other in; empty if none does
  std::optional<std::chrono::nanoseconds> last_progress; // how long ago the last batch of work that handled a message began
  bool stuck = false;                                    // the watchdog found its handler to run longer than it may, and it still does
  bool stalled = false;                                  // the watchdog found that it makes no progress with what waits, see health_options
  double score = 1;                                      // from 0 to 1, see health_score.hpp
  std::vector<health_verdict> verdicts;                  // of health(), the last 100
  std::vector<lifecycle_event> history;
  std::vector<failure_note> failures; // the last ones
  std::vector<tree_node> children;
  std::vector<departed_children> departed; // supervisors: by template
};

// The tree as text for people, one slot a line.
[[nodiscard]] std::string to_string(const tree_node& root);
// The same as JSON, one object a slot with its children inside.
[[nodiscard]] std::string to_json(const tree_node& root);

// How many messages a slot came to an end with in a second, between two looks at it: handled, refused or failed. 0 if `later` is not later.
[[nodiscard]] double messages_per_second(const tree_node& earlier, const tree_node& later) noexcept;

// The slot at `path` in this tree; null if there is none.
[[nodiscard]] const tree_node* find(const tree_node& root, std::string_view path) noexcept;

} // namespace alys
