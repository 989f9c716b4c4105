// SPDX-License-Identifier: Apache-2.0
//
// The fate table by itself: its entries as written down here a second time, and the names that their tests must have.
#include <alys/actors/fate.hpp>

#include <catch2/catch.hpp>

#include <set>

using alys::fate;
using alys::fate_of;
using alys::message_role;
using alys::outcome;

namespace {

void check_row(message_role role, fate resume, fate restart, fate stop, fate escalate, fate breaker_open) {
  INFO(alys::to_string(role));
  CHECK(fate_of(role, outcome::resume) == resume);
  CHECK(fate_of(role, outcome::restart) == restart);
  CHECK(fate_of(role, outcome::stop) == stop);
  CHECK(fate_of(role, outcome::escalate) == escalate);
  CHECK(fate_of(role, outcome::breaker_open) == breaker_open);
}

} // namespace

TEST_CASE("the table says what becomes of each message") {
  using enum fate;
  const fate answered = error_reply_or_dead_letter;
  check_row(message_role::failing, answered, answered, answered, answered, answered);
  check_row(message_role::redeliverable, answered, to_front_of_queue, answered, answered, to_front_of_queue);
  check_row(message_role::poisonous, answered, quarantined, answered, answered, quarantined);
  check_row(message_role::queued, kept, kept, answered, kept, kept);
  check_row(message_role::arriving, queued_under_bound, queued_under_bound, rejected, queued_under_bound, rejected);
  check_row(message_role::owed_reply, kept, error_reply, error_reply, error_reply, error_reply);
  check_row(message_role::awaited_reply, kept, dead_letter, cancelled, cancelled, cancelled);
  check_row(message_role::timer, kept, dropped_and_counted, dropped_and_counted, dropped_and_counted, dropped_and_counted);
  check_row(message_role::stashed, kept, to_front_of_queue, answered, to_front_of_queue, to_front_of_queue);
  check_row(message_role::parked_send, kept, sent_or_dead_letter, fate::dead_letter, kept, kept);
  check_row(message_role::subscription, kept, kept, ended, kept, kept);
}

TEST_CASE("an actor that resumes loses nothing but what it failed on") {
  for (const auto role : alys::all_message_roles) {
    const fate end = fate_of(role, outcome::resume);
    INFO(alys::to_string(role));
    const bool failed = role == message_role::failing || role == message_role::redeliverable || role == message_role::poisonous;
    CHECK((failed || end == fate::kept || end == fate::queued_under_bound));
  }
}

TEST_CASE("every entry has a test name of its own that Catch can select") {
  const auto names = alys::fate_test_names();
  CHECK(names.size() == alys::all_message_roles.size() * alys::all_outcomes.size());
  CHECK(std::set<std::string>(names.begin(), names.end()).size() == names.size());
  CHECK(names.at(3 * alys::all_outcomes.size() + 1) == "fate: queued on restart is kept");
  for (const auto& name : names) CHECK(name.find_first_of(";[],*\"\\~") == std::string::npos);
}
