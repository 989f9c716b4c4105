// SPDX-License-Identifier: Apache-2.0
//
// What runs on this thread right now: the sender, the conversation and the trace that its messages belong to.
#pragma once

#include <alys/actors/detail/process.hpp>

namespace alys::detail {

class cell;
class runtime;

struct turn {
  const runtime* world = nullptr;
  std::uint32_t slot = 0;
  std::uint32_t incarnation = 0;
  std::uint64_t* sequence = nullptr;     // of the incarnation
  message_header* handling = nullptr;    // gets its conversation's name with the first message sent in this turn, if it has none
  const message_type* expired = nullptr; // of the timer's message in hand
  data_envelope* in_hand = nullptr;      // the message from the mailbox that is being handled; null in everything else
  cell* self = nullptr;                  // who handles it
  bool keeps_message = false;            // its handler leaves it whole
  bool stashed = false;                  // its handler has set it aside
};

// Null outside of an actor's turn.
[[nodiscard]] turn*& current_turn() noexcept;

// Addresses a message as sent by the turn on this thread; outside of any it stays from nobody. False then.
bool fill_header(data_envelope& message) noexcept;

// Addresses a message and offers it to a mailbox, which takes it only if it says `queued`.
[[nodiscard]] admission hand_over(process& to, data_ptr& message) noexcept;

class turn_scope {
public:
  explicit turn_scope(turn& t) noexcept : outer_(current_turn()) { current_turn() = &t; }
  ~turn_scope() { current_turn() = outer_; }
  turn_scope(const turn_scope&) = delete;
  turn_scope& operator=(const turn_scope&) = delete;

private:
  turn* outer_;
};

} // namespace alys::detail
