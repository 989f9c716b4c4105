// SPDX-License-Identifier: Apache-2.0
//
// What a supervisor says to a child, and what a child reports. Each word names the incarnation that it is about: one that comes late or
// twice changes nothing.
#pragma once

#include <alys/actors/decision.hpp>
#include <alys/actors/detail/envelope.hpp>
#include <alys/actors/health.hpp>

namespace alys::detail {

enum class command_kind : std::uint8_t {
  start,          // build the next incarnation
  resume,         // go on after a failure with the same object
  release,        // end the failed incarnation; its queue waits for a start
  hold,           // the same; its breaker is open
  escalate,       // end the failed incarnation; somebody further up decides
  halt,           // end the running incarnation in order; its queue waits for a start
  stop,           // end in order, for good
  give_up,        // the hook that is running has used up its time
  check,          // say how you are
  overran,        // the turn that has just ended took too long: fail with the cause
  fault_thrown,   // throw, for the sake of a test
  fault_returned, // return a failure, likewise
};

struct command final : envelope {
  command(command_kind what, std::uint32_t of_incarnation, std::chrono::nanoseconds until = std::chrono::nanoseconds::max()) noexcept
      : envelope(envelope_kind::command), kind(what), incarnation(of_incarnation), deadline(until) {}
  command_kind kind;
  std::uint32_t incarnation;         // 0: whichever it is
  std::chrono::nanoseconds deadline; // absolute; for stop
  std::uint32_t probes_to_tell = 0;  // for start: how many messages, once handled, to report
  trace_context trace = {};          // that it belongs to: of a fault, or of the failure that a start is the answer to
  error cause = {};                  // for overran
};

enum class report_kind : std::uint8_t {
  started,
  failed,        // suspended, waits for a decision
  halted,        // after halt, release, hold and escalate: down, its queue waits
  finished,      // ended by itself, in order
  terminated,    // after stop: gone for good
  probe_handled, // one of the messages that start asked to be told of
  outdated,      // runs, and wants to be restarted in order: only so can it take its new configuration
};

struct report final : envelope {
  report(report_kind what, std::uint32_t which_child, std::uint32_t of_incarnation) noexcept
      : envelope(envelope_kind::event), kind(what), child(which_child), incarnation(of_incarnation) {}
  report_kind kind;
  std::uint32_t child; // the child's slot
  std::uint32_t incarnation;
  error cause; // failed
  failure_source source = failure_source::returned;
  trace_context trace = {}; // of what failed
};

// Who hears of a child: its supervisor, or for the root the system.
class report_sink {
public:
  virtual ~report_sink() = default;
  virtual void take_report(std::unique_ptr<report> r) noexcept = 0;
};

} // namespace alys::detail
