// SPDX-License-Identifier: Apache-2.0
//
// How a supervisor treats one child: when it is restarted, what its mailbox holds, how long its hooks may take. Every option has a
// default, so that a declaration names only what is special.
//
// ```cpp
// inline const alys::child_options patient{
//   .restart = alys::backoff{.initial = 10ms, .cap = 1s},
//   .mailbox = {.capacity = 100, .overflow = alys::overflow::drop_oldest},
//   .kind = alys::child_kind::transient,
// };
// ```
#pragma once

#include <alys/actors/breaker.hpp>
#include <alys/actors/decision.hpp>
#include <alys/actors/health_rules.hpp>
#include <alys/actors/mailbox_options.hpp>
#include <alys/actors/redelivery.hpp>
#include <alys/actors/restart.hpp>

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace alys {

// When a child that has ended is started again. As in OTP's supervisor.
enum class child_kind : std::uint8_t {
  permanent, // always
  transient, // only after a failure
  temporary, // never; it leaves the tree when it ends
};

[[nodiscard]] std::string_view to_string(child_kind) noexcept;

// How a child takes a new configuration; see reload.hpp.
enum class reload_by : std::uint8_t {
  hooks,   // its prepare() and apply(); without them it takes none
  restart, // in order: stopping(), and a new incarnation that begins with it. No failure, and nothing that a budget counts
};

[[nodiscard]] std::string_view to_string(reload_by) noexcept;

struct child_options {
  restart_policy restart = immediate{};      // when, after a decision to restart
  std::optional<restart_limit> limit = {};   // a tighter budget than its supervisor's
  std::optional<alys::breaker> breaker = {}; // leaves it down for a while after failures in a row, which then cost no budget
  mailbox_options mailbox = {};
  redelivery redeliver = {}; // whether a message that its handler failed on is handled again, by the next incarnation
  child_kind kind = child_kind::permanent;
  bool significant = false;            // its end by itself ends its supervisor (see auto_shutdown); never of a permanent child
  bool critical = true;                // its health counts fully for its supervisor's
  decision_table decisions = {};       // its own decision table; asked before its supervisor's; must outlive the tree
  bool resume_after_throw = false;     // a decision to resume holds after a throw too: the handlers leave no half-changed state
  std::vector<std::string> after = {}; // names of siblings that must run before this one starts
  std::chrono::milliseconds initialize_within{5'000}; // construction and initialize(), more than 0, at most a year
  std::chrono::milliseconds stop_within{5'000};       // stopping() and stopped(), likewise
  alys::reload_by reload_by = alys::reload_by::hooks; // how it takes a new configuration while the tree runs
  health_options health = {};                         // what is expected of it
  bool own_thread = false;                            // runs on a thread of its own: for handlers that block
  friend bool operator==(const child_options&, const child_options&) = default;
};

// Appends what is wrong, by the name of the option.
void validate(const child_options&, problem_list& problems);

// "permanent, immediate, mailbox 10000/1000 reject, ...": the effective policy in one line.
[[nodiscard]] std::string to_string(const child_options&);

} // namespace alys
