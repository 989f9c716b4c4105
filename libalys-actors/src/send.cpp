// SPDX-License-Identifier: Apache-2.0
//
// The way out: header of a message from the turn that sends it.
#include "turn.hpp"

#include <alys/actors/ref.hpp>

#include <stdexcept>

namespace alys::detail {

namespace {

void fill_header(data_envelope& message) noexcept {
  const turn* t = current_turn();
  if (t == nullptr) return;
  message.header.id = {t->slot, t->incarnation, ++*t->sequence};
  if (t->handling != nullptr) {
    message.header.correlation = t->handling->correlation;
    message.header.trace = t->handling->trace;
  }
  // A conversation is named after the message that began it.
  if (message.header.correlation == 0)
    message.header.correlation = (std::uint64_t{t->slot} << 40) ^ (std::uint64_t{t->incarnation} << 32) ^ message.header.id.sequence;
}

} // namespace

void send_envelope(process& to, data_ptr message) {
  fill_header(*message);
  if (const admission got = to.push(message); got != admission::queued) to.bounce(std::move(message), got);
}

result<void> try_send_envelope(process& to, data_ptr message) {
  fill_header(*message);
  errc why = errc::none;
  switch (to.push(message)) {
    case admission::queued: return {};
    case admission::full: why = errc::mailbox_full; break;
    case admission::dropped: why = errc::dropped; break;
    case admission::stopped: why = errc::stopped; break;
  }
  return error{error_kind::undelivered, why, category::unknown, std::nullopt, to.path()};
}

void throw_empty_handle() { throw std::logic_error("alys: an empty handle was used"); }

} // namespace alys::detail
