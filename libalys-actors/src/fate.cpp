// SPDX-License-Identifier: Apache-2.0
//
// The fate table in words.
#include <alys/actors/fate.hpp>

namespace alys {

std::string_view to_string(message_role role) noexcept {
  switch (role) {
    case message_role::failing: return "failing";
    case message_role::redeliverable: return "redeliverable";
    case message_role::poisonous: return "poisonous";
    case message_role::queued: return "queued";
    case message_role::arriving: return "arriving";
    case message_role::owed_reply: return "owed reply";
    case message_role::awaited_reply: return "awaited reply";
    case message_role::timer: return "timer";
    case message_role::stashed: return "stashed";
    case message_role::parked_send: return "parked send";
    case message_role::subscription: return "subscription";
  }
  return "unknown";
}

std::string_view to_string(outcome decided) noexcept {
  switch (decided) {
    case outcome::resume: return "resume";
    case outcome::restart: return "restart";
    case outcome::stop: return "stop";
    case outcome::escalate: return "escalate";
    case outcome::breaker_open: return "breaker open";
  }
  return "unknown";
}

std::string_view to_string(fate end) noexcept {
  switch (end) {
    case fate::kept: return "kept";
    case fate::error_reply_or_dead_letter: return "error reply or dead letter";
    case fate::queued_under_bound: return "queued under the bound";
    case fate::rejected: return "rejected";
    case fate::error_reply: return "error reply";
    case fate::dead_letter: return "dead letter";
    case fate::cancelled: return "cancelled";
    case fate::dropped_and_counted: return "dropped and counted";
    case fate::to_front_of_queue: return "to the front of the queue";
    case fate::sent_or_dead_letter: return "sent or dead letter";
    case fate::ended: return "ended";
    case fate::quarantined: return "quarantined";
  }
  return "unknown";
}

std::string fate_test_name(message_role role, outcome decided) {
  std::string name = "fate: ";
  name += to_string(role);
  name += " on ";
  name += to_string(decided);
  name += " is ";
  name += to_string(fate_of(role, decided));
  return name;
}

std::vector<std::string> fate_test_names() {
  std::vector<std::string> names;
  for (const message_role role : all_message_roles) {
    for (const outcome decided : all_outcomes) names.push_back(fate_test_name(role, decided));
  }
  return names;
}

} // namespace alys
