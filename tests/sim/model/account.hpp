// SPDX-License-Identifier: Apache-2.0
//
// The accountant of the seeded runs: every message ends exactly once, and whoever must be told is told exactly once.
//
//   sent = handled + refused + failed + undelivered + rejected + dropped + quarantined + queued (also stashed)
//
// Redeliveries are apart: a message that is handled again has not ended.
//
// It believes nobody: it is given single facts about single messages, in any order, and adds them up itself.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace alys::sim {

using message_number = std::uint32_t;

// How a message ended.
enum class ending : std::uint8_t {
  handled,     // its handler ran, also if the answer comes later
  refused,     // its handler said no
  failed,      // its handler failed
  undelivered, // accepted, but the receiver stopped before it came to it
  rejected,    // turned away at the door
  dropped,     // gave way to another message, by the mailbox's policy
  quarantined, // it killed one incarnation after another, and was set aside
};

inline constexpr std::array all_endings{ending::handled,  ending::refused, ending::failed,     ending::undelivered,
                                        ending::rejected, ending::dropped, ending::quarantined};

[[nodiscard]] std::string_view to_string(ending) noexcept;

// What the asker of a request was told.
enum class answer : std::uint8_t {
  value,
  refusal,
  failure,
  undelivered, // an error that says that no handler will answer
  deadline,    // an error that the asker's own deadline made; the message itself may still be on its way
};

[[nodiscard]] std::string_view to_string(answer) noexcept;

class account {
public:
  void sent(message_number, bool request);
  void ended(message_number, ending);
  void answered(message_number, answer);
  // With an error, of which nobody knows which.
  void answered_with_error(message_number);
  // Its end was the error of somebody else, of whatever kind.
  void handed_on(message_number);
  void dead_lettered(message_number);
  // It comes out of quarantine: it has no end yet, and one more to come, of which its asker is not told.
  void released(message_number);
  // Its end is nobody's answer: whoever asked has ended while it was not even in.
  void disowned(message_number);
  // The sender was told by the result of the send itself.
  void told_at_once(message_number);
  // The asker's incarnation ended: nobody is there to be told.
  void asker_gone(message_number);
  // Its handler has run, and its answer is still owed by a living actor.
  void owed(message_number, bool still);
  // It waits in the mailbox of a living actor.
  void queued(message_number, bool still);

  [[nodiscard]] std::uint64_t count(ending) const;
  [[nodiscard]] std::uint64_t sent_in_all() const noexcept { return entries_.size(); }
  [[nodiscard]] std::uint64_t queued_now() const;

  // Everything that does not add up, one line each; empty if all is well. For a moment at which nothing is in motion.
  [[nodiscard]] std::vector<std::string> audit() const;

private:
  struct entry {
    bool known = false; // it was sent
    bool request = false;
    bool queued = false;
    bool owed = false;
    bool told_at_once = false;
    bool asker_gone = false;
    bool released = false; // from quarantine
    bool disowned = false;
    std::vector<ending> ends;
    std::vector<answer> answers;
    std::uint32_t errors = 0; // of an unknown kind, likewise answers
    bool handed_on = false;
    std::uint32_t dead_letters = 0;
  };
  static void audit_end(const std::string& name, const entry&, std::vector<std::string>& found);
  static void audit_request(const std::string& name, const entry&, std::vector<std::string>& found);
  static void audit_answered_before(const std::string& name, const entry&, std::vector<std::string>& found);
  static void audit_disowned(const std::string& name, const entry&, std::vector<std::string>& found);
  static void audit_notification(const std::string& name, const entry&, std::vector<std::string>& found);
  static void audit_loss(const std::string& name, const entry&, std::vector<std::string>& found);

  std::map<message_number, entry> entries_;
};

} // namespace alys::sim
