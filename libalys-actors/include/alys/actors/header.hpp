// SPDX-License-Identifier: Apache-2.0
//
// What travels beside every message: who sent it, as which of its messages, in which conversation and trace, and, for a sample, when.
//
// The author of an actor never fills it in. It is plain data of fixed size, so that it costs a copy and no allocation; the sender's path is
// looked up by its slot's number when somebody wants to read it.
//
// ```cpp
// constexpr alys::message_header nothing{};
// static_assert(!nothing.id.known() && !nothing.trace.valid());
// ```
#pragma once

#include <alys/actors/trace_context.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <type_traits>

namespace alys {

// A message's own number: the `sequence`-th message that this life of this slot sent. Unique within a process. All zero: unknown sender,
// such as a plain CAF actor.
struct message_id {
  std::uint32_t slot = 0;        // of the sender, from 1
  std::uint32_t incarnation = 0; // of the sender, from 1
  std::uint64_t sequence = 0;    // from 1, per incarnation

  [[nodiscard]] constexpr bool known() const noexcept { return slot != 0; }
  friend constexpr auto operator<=>(const message_id&, const message_id&) = default;
};

// "7.2.1041": slot, incarnation, sequence; "-" if unknown.
[[nodiscard]] inline std::string to_string(const message_id& id) {
  if (!id.known()) return "-";
  return std::to_string(id.slot) + '.' + std::to_string(id.incarnation) + '.' + std::to_string(id.sequence);
}

struct message_header {
  message_id id = {};
  std::uint64_t correlation = 0;           // the same for all messages of one conversation; 0: none
  std::chrono::nanoseconds enqueued_at{0}; // on the system's clock, for sampled messages; else 0
  trace_context trace = {};
  friend constexpr bool operator==(const message_header&, const message_header&) = default;
};

static_assert(std::is_trivially_copyable_v<message_header>);
static_assert(sizeof(message_header) <= 64, "one cache line beside a message is what we pay");

} // namespace alys
