// SPDX-License-Identifier: Apache-2.0
//
// Dead letters: the messages that reached no handler, each with its reason.
//
// A lost message that nobody can see is the hardest fault to find. So each one is counted by cause, shown to whoever watches, and logged
// at a bounded rate.
//
// ```cpp
// inline std::string line(const alys::dead_letter& lost) {
//   return "dead letter: " + alys::to_string(lost);  // "deposit from /teller to /bank/ledger (7.2.1041): mailbox full"
// }
// ```
#pragma once

#include <alys/actors/header.hpp>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace alys {

// Why a message reached no handler, or its answer no asker.
enum class dead_letter_cause : std::uint8_t {
  mailbox_full,     // rejected by the receiver's bound
  dropped_oldest,   // made room for a newer one
  dropped_newest,   // dropped at a full mailbox
  failed,           // its handler failed, and there was nobody to answer
  receiver_stopped, // the receiver stopped, or was stopped before it came to this message
  breaker_open,     // turned away by the receiver's circuit breaker
  not_accepted,     // the receiver has no handler for it
  no_receiver,      // the handle leads nowhere
  old_incarnation,  // an answer for an incarnation that has ended
  late_answer,      // an answer after its deadline
  stash_full,       // the receiver wanted to set it aside and had no room
  quarantine_full,  // made room in quarantine for a newer one, or would not have fitted
  discarded,        // taken out of quarantine by hand
  interrupted,      // its handler, a coroutine, waited when its incarnation ended, and there was nobody to answer
};

inline constexpr std::array all_dead_letter_causes{
    dead_letter_cause::mailbox_full, dead_letter_cause::dropped_oldest,   dead_letter_cause::dropped_newest,
    dead_letter_cause::failed,       dead_letter_cause::receiver_stopped, dead_letter_cause::breaker_open,
    dead_letter_cause::not_accepted, dead_letter_cause::no_receiver,      dead_letter_cause::old_incarnation,
    dead_letter_cause::late_answer,  dead_letter_cause::stash_full,       dead_letter_cause::quarantine_full,
    dead_letter_cause::discarded,    dead_letter_cause::interrupted,
};

[[nodiscard]] std::string_view to_string(dead_letter_cause) noexcept;

// One of them, as it is shown to a watcher. The views live as long as that call: copy what you keep. The message itself is not shown:
// it may hold secrets.
struct dead_letter {
  dead_letter_cause cause{};
  std::string_view message = {};  // the name of its type
  std::string_view sender = {};   // a path; empty if unknown
  std::string_view receiver = {}; // a path; "outside" for who asked through system::ask
  message_header header = {};
};

// For logs: "deposit from /teller to /bank/ledger (7.2.1041): mailbox full".
[[nodiscard]] std::string to_string(const dead_letter&);

} // namespace alys
