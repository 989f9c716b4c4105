// SPDX-License-Identifier: Apache-2.0
//
// The way out: header of a message from the turn that sends it.
#include "cell.hpp"
#include "runtime.hpp"

#include <alys/actors/ref.hpp>
#include <alys/actors/tracing.hpp>

#include <stdexcept>

namespace alys::detail {

bool fill_header(data_envelope& message) noexcept {
  const turn* t = current_turn();
  message_header& header = message.header;
  if (t == nullptr) {
    header.trace = current_context();
    return false;
  }
  header.id = {t->slot, t->incarnation, ++*t->sequence};
  // A conversation is named after the first message of an actor in it.
  if (t->handling->correlation == 0)
    t->handling->correlation = (std::uint64_t{t->slot} << 40) ^ (std::uint64_t{t->incarnation} << 32) ^ header.id.sequence;
  header.correlation = t->handling->correlation;
  header.trace = t->handling->trace;
  if (header.trace.sampled()) [[unlikely]]
    header.enqueued_at = t->world->now();
  return true;
}

admission hand_over(process& to, data_ptr& message) noexcept {
  return fill_header(*message) ? to.push(message) : to.push_from_outside(message);
}

void send_envelope(process& to, data_ptr message) {
  const admission got = hand_over(to, message);
  if (got == admission::queued) return;
  if (got != admission::blocked) return to.bounce(std::move(message), got);
  if (const turn* t = current_turn()) t->self->send_when_there_is_room(to, std::move(message));
  else to.wait_for_room(std::move(message));
}

result<void> try_send_envelope(process& to, data_ptr message) {
  errc why = errc::none;
  switch (hand_over(to, message)) {
    case admission::queued: return {};
    case admission::full: why = errc::mailbox_full; break;
    case admission::blocked:
      to.refuse_to_wait();
      why = errc::mailbox_full;
      break;
    case admission::dropped: why = errc::dropped; break;
    case admission::stopped: why = errc::stopped; break;
    case admission::breaker_open: why = errc::breaker_open; break;
    case admission::unavailable: why = errc::unavailable; break;
    case admission::too_large: why = errc::out_of_range; break;
  }
  return error{error_kind::undelivered, why, category::unknown, std::nullopt, to.path()};
}

void throw_empty_handle() { throw std::logic_error("alys: an empty handle was used"); }

} // namespace alys::detail
