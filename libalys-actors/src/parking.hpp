// SPDX-License-Identifier: Apache-2.0
//
// The sends of one actor that wait at somebody's door, as their sender sees them. The messages themselves are with the receiver.
#pragma once

#include <alys/actors/detail/process.hpp>

#include <chrono>
#include <vector>

namespace alys::detail {

struct parked_send {
  std::uint64_t ticket = 0;
  process_ptr at;
  priority which = priority::normal;
  std::chrono::nanoseconds until{};
  std::uint32_t incarnation = 0; // of the sender
};

// Tells a cell, in its own turn, that one of its sends waits no more.
struct room_made final : envelope {
  explicit room_made(std::uint64_t t) noexcept : envelope(envelope_kind::room), ticket(t) {}
  std::uint64_t ticket;
};

} // namespace alys::detail
