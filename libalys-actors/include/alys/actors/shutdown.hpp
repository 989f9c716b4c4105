// SPDX-License-Identifier: Apache-2.0
//
// The end of a tree, in phases: stop accepting, drain, stop children in the reverse order of their start, close resources. Each phase has
// a deadline and all of them one more, which holds whatever actors do; what was in the way is reported.
//
// ```cpp
// inline alys::resource journal_file(std::FILE* file) {
//   return {.name = "journal", .close = [file]() -> alys::result<void> {
//     if (std::fclose(file) != 0) return alys::fail(alys::fault::disk_full, "the journal's last lines are lost");
//     return {};
//   }};
// }
// inline const alys::shutdown_options brisk{.deadline = 5s, .drain = 1s, .close = 500ms};
// ```
#pragma once

#include <alys/actors/fault.hpp>
#include <alys/actors/result.hpp>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace alys {

enum class shutdown_phase : std::uint8_t { stop_accepting, drain, stop_children, close_resources };
[[nodiscard]] std::string_view to_string(shutdown_phase) noexcept;

// How long each phase may take, besides the deadline over all.
struct shutdown_options {
  std::chrono::milliseconds deadline{10'000};
  std::chrono::milliseconds drain{
      2'000}; // for what is queued to be handled; what is left then gets an error reply or becomes a dead letter
  std::chrono::milliseconds stop = std::chrono::milliseconds::max(); // for all children to stop; by default what the deadline leaves
  std::chrono::milliseconds close{2'000};                            // for all resources together
};

// Something to be closed when no actor can use it any more: a store, a socket, a log.
struct resource {
  std::string name;
  std::function<result<void>()> close;     // on a thread of its own, so that it may hang and harm nobody; what it throws is its failure
  std::chrono::milliseconds within{2'000}; // more than 0
  // A slot that was left behind may still use it: so it stays open then, unless it bears to be closed beneath its users.
  bool even_if_left_behind = false;
};

// What held a shutdown up: a slot, or a resource by its name.
struct blocker {
  std::string path;
  shutdown_phase phase = shutdown_phase::stop_children;
  std::string handling;                // the message type in hand, or what else it was at
  std::chrono::nanoseconds busy_for{}; // how long
  std::size_t queued = 0;              // what waited in its mailbox
};

struct phase_report {
  shutdown_phase phase{};
  std::chrono::nanoseconds took{};
  bool in_time = true;
};

struct resource_report {
  std::string name;
  bool closed = false;
  error problem = {}; // why not; or what closing it failed with
};

struct shutdown_report {
  bool in_time = true; // everything stopped; nothing was left behind or open
  std::chrono::nanoseconds took{};
  std::vector<blocker> blockers = {};
  std::vector<phase_report> phases = {};       // in order
  std::vector<resource_report> resources = {}; // in the order of closing: the last registered first
};
// "stopped in 12 ms", or one line a blocker and a resource that is not well closed.
[[nodiscard]] std::string to_string(const shutdown_report&);

// How far a shutdown has come.
struct shutdown_progress {
  std::optional<shutdown_phase> phase; // none: it has not begun, or is over
  std::chrono::nanoseconds in_phase_for{};
  std::size_t slots_left = 0; // that have not ended, supervisors included
};

} // namespace alys
