// SPDX-License-Identifier: Apache-2.0
//
// What becomes of each message when its actor fails or stops: one table.
//
// The runtime looks it up, the guide's page is printed from it, each entry has a test of its name, and the model that the seeded runs are
// compared with asks it too. So there is no second opinion on what happens to a message. Adding a row or a column without filling all of
// its entries does not compile.
//
// ```cpp
// static_assert(alys::fate_of(alys::message_role::queued, alys::outcome::restart) == alys::fate::kept);
// static_assert(alys::fate_of(alys::message_role::arriving, alys::outcome::stop) == alys::fate::rejected);
// ```
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace alys {

// What a message was to the actor at the moment of its failure or stop.
enum class message_role : std::uint8_t {
  failing,       // its handler failed
  redeliverable, // ... where the actor's options let it be handled again
  poisonous,     // ... and it has now failed as many incarnations in a row as they allow
  queued,        // accepted before, not handled yet; also the rest of a batch that the actor had taken out of its queue
  arriving,      // sent to it while it is suspended
  owed_reply,    // a request that this incarnation accepted and has not answered
  awaited_reply, // an answer that this incarnation waits for
  timer,         // a timer that this incarnation set
  stashed,       // set aside by this incarnation
  parked_send,   // its own message, which waits for room in a mailbox that blocks
  subscription,  // to a topic: not a message, but what brings some
};

// What was decided about the actor.
enum class outcome : std::uint8_t {
  resume,       // the same object goes on
  restart,      // a new object takes over; also for a sibling that is restarted with the one that failed
  stop,         // the end; also when a budget is exhausted and the actor goes down with its supervisor
  escalate,     // handed to the next supervisor up, which has not decided yet
  breaker_open, // left down until its circuit breaker lets probes through
};

// The end of a message, or its staying.
enum class fate : std::uint8_t {
  kept,                       // nothing happens to it: it stays where it is, in its order
  error_reply_or_dead_letter, // a request is answered with an error; what is no request becomes a dead letter
  queued_under_bound,         // taken in as always: queued if the mailbox has room, else its overflow policy decides
  rejected,                   // not taken: the sender is told, else it becomes a dead letter
  error_reply,                // answered with an error
  dead_letter,                // recognised as meant for an ended incarnation, and put with the dead letters
  cancelled,                  // its continuation never runs; the answer, should one come, is ignored
  dropped_and_counted,        // never fires
  to_front_of_queue,          // handled before all that waits, in the order of arrival
  sent_or_dead_letter,        // sent if room comes in time, else a dead letter
  ended,                      // nothing comes of it any more
  quarantined,                // set aside for people to look at; a request is answered with an error
};

inline constexpr std::array all_message_roles{message_role::failing,       message_role::redeliverable, message_role::poisonous,
                                              message_role::queued,        message_role::arriving,      message_role::owed_reply,
                                              message_role::awaited_reply, message_role::timer,         message_role::stashed,
                                              message_role::parked_send,   message_role::subscription};
inline constexpr std::array all_outcomes{outcome::resume, outcome::restart, outcome::stop, outcome::escalate, outcome::breaker_open};

namespace detail {

struct fate_row {
  message_role role;
  std::array<fate, all_outcomes.size()> by_outcome; // in the order of all_outcomes
};

// clang-format off
inline constexpr std::array fate_table = [] {
  using enum message_role;
  using enum fate;
  constexpr fate answered = error_reply_or_dead_letter;
  return std::array{
    //                      resume              restart              stop                 escalate             breaker_open
    fate_row{failing,       {answered,           answered,            answered,            answered,            answered}},
    fate_row{redeliverable, {answered,           to_front_of_queue,   answered,            answered,            to_front_of_queue}},
    fate_row{poisonous,     {answered,           quarantined,         answered,            answered,            quarantined}},
    fate_row{queued,        {kept,               kept,                answered,            kept,                kept}},
    fate_row{arriving,      {queued_under_bound, queued_under_bound,  rejected,            queued_under_bound,  rejected}},
    fate_row{owed_reply,    {kept,               error_reply,         error_reply,         error_reply,         error_reply}},
    fate_row{awaited_reply, {kept,               dead_letter,         cancelled,           cancelled,           cancelled}},
    fate_row{timer,         {kept,               dropped_and_counted, dropped_and_counted, dropped_and_counted, dropped_and_counted}},
    fate_row{stashed,       {kept,               to_front_of_queue,   answered,            to_front_of_queue,   to_front_of_queue}},
    fate_row{parked_send,   {kept,               sent_or_dead_letter, dead_letter,         kept,                kept}},
    fate_row{subscription,  {kept,               kept,                ended,               kept,                kept}},
  };
}();
// clang-format on

// Every role once, in the order of its values, so that a lookup is an index.
[[nodiscard]] constexpr bool complete() noexcept {
  if (fate_table.size() != all_message_roles.size()) return false;
  for (std::size_t i = 0; i < fate_table.size(); ++i) {
    if (fate_table[i].role != all_message_roles[i] || static_cast<std::size_t>(all_message_roles[i]) != i) return false;
  }
  for (std::size_t i = 0; i < all_outcomes.size(); ++i) {
    if (static_cast<std::size_t>(all_outcomes[i]) != i) return false;
  }
  return true;
}
static_assert(complete(), "the fate table must have one row per message role, in their order");

} // namespace detail

// The table's entry. One load.
[[nodiscard]] constexpr fate fate_of(message_role role, outcome decided) noexcept {
  return detail::fate_table[static_cast<std::size_t>(role)].by_outcome[static_cast<std::size_t>(decided)];
}

// In words, for names of tests and the guide: "owed reply", "error reply or dead letter".
[[nodiscard]] std::string_view to_string(message_role) noexcept;
[[nodiscard]] std::string_view to_string(outcome) noexcept;
[[nodiscard]] std::string_view to_string(fate) noexcept;

// The name of the test that an entry must have: "fate: queued on restart is kept".
[[nodiscard]] std::string fate_test_name(message_role, outcome);
// All of them, row by row.
[[nodiscard]] std::vector<std::string> fate_test_names();

} // namespace alys
