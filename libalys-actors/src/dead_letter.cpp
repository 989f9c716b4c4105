// SPDX-License-Identifier: Apache-2.0
//
// Dead letters in words.
#include <alys/actors/dead_letter.hpp>

namespace alys {

std::string_view to_string(dead_letter_cause cause) noexcept {
  switch (cause) {
    case dead_letter_cause::mailbox_full: return "mailbox full";
    case dead_letter_cause::dropped_oldest: return "dropped as the oldest";
    case dead_letter_cause::dropped_newest: return "dropped as the newest";
    case dead_letter_cause::failed: return "its handler failed";
    case dead_letter_cause::receiver_stopped: return "receiver stopped";
    case dead_letter_cause::breaker_open: return "breaker open";
    case dead_letter_cause::not_accepted: return "not accepted";
    case dead_letter_cause::no_receiver: return "no receiver";
    case dead_letter_cause::old_incarnation: return "for an old incarnation";
    case dead_letter_cause::late_answer: return "late answer";
    case dead_letter_cause::stash_full: return "stash full";
    case dead_letter_cause::quarantine_full: return "quarantine full";
    case dead_letter_cause::discarded: return "discarded from quarantine";
    case dead_letter_cause::interrupted: return "interrupted";
  }
  return "unknown";
}

std::string to_string(const dead_letter& lost) {
  std::string text{lost.message};
  text += " from ";
  text += lost.sender.empty() ? "unknown" : lost.sender;
  text += " to ";
  text += lost.receiver;
  text += " (" + to_string(lost.header.id) + "): ";
  text += to_string(lost.cause);
  return text;
}

} // namespace alys
