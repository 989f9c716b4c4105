// SPDX-License-Identifier: Apache-2.0
//
// What goes with a message or waits for one: header, mailbox options, dead letters, the rate of their log lines, durations in text.
#include <alys/actors/dead_letter.hpp>
#include <alys/actors/duration_text.hpp>
#include <alys/actors/mailbox_options.hpp>
#include <alys/actors/rate_limit.hpp>

#include <catch2/catch.hpp>

#include <set>

using namespace std::chrono_literals;
using alys::duration_error;

TEST_CASE("a header that nobody filled in is all zero") {
  constexpr alys::message_header nothing{};
  CHECK_FALSE(nothing.id.known());
  CHECK_FALSE(nothing.trace.valid());
  CHECK(nothing.correlation == 0);
  CHECK(nothing.enqueued_at == 0ns);
  CHECK(alys::to_string(nothing.id) == "-");
  CHECK(alys::to_string(alys::message_id{.slot = 7, .incarnation = 2, .sequence = 1041}) == "7.2.1041");
}

TEST_CASE("a mailbox is bounded by default and its bounds are checked") {
  alys::problem_list problems;
  alys::validate(alys::mailbox_options{}, problems);
  CHECK(problems.empty());
  CHECK(alys::mailbox_options{}.capacity == 10'000);
  CHECK(alys::mailbox_options{}.overflow == alys::overflow::reject);
  alys::validate(alys::mailbox_options{.capacity = 0, .urgent_capacity = 100'000'001}, problems);
  CHECK(alys::to_string(problems) == "capacity: must be from 1 to 100000000\nurgent_capacity: must be from 1 to 100000000");
}

TEST_CASE("a dead letter says what was lost and why") {
  const alys::dead_letter lost{
      .cause = alys::dead_letter_cause::mailbox_full,
      .message = "deposit",
      .sender = "/teller",
      .receiver = "/bank/ledger",
      .header = {.id = {.slot = 7, .incarnation = 2, .sequence = 9}, .correlation = 0, .enqueued_at = {}, .trace = {}}};
  CHECK(alys::to_string(lost) == "deposit from /teller to /bank/ledger (7.2.9): mailbox full");
  CHECK(alys::to_string(alys::dead_letter{.cause = {}, .message = "m", .sender = {}, .receiver = "/r", .header = {}}) ==
        "m from unknown to /r (-): mailbox full");
}

TEST_CASE("every cause of a dead letter has a word of its own") {
  std::set<std::string_view> words;
  for (const auto cause : alys::all_dead_letter_causes) words.insert(alys::to_string(cause));
  CHECK(words.size() == alys::all_dead_letter_causes.size());
  CHECK_FALSE(words.contains("unknown"));
}

TEST_CASE("a burst passes and what follows is held back until its time") {
  alys::rate_limit limit{3, 1s};
  CHECK(limit.admit(10s) == 0u);
  CHECK(limit.admit(10s) == 0u);
  CHECK(limit.admit(10s) == 0u);
  CHECK_FALSE(limit.admit(10s));
  CHECK_FALSE(limit.admit(10'999ms));
  CHECK(limit.admit(11s) == 2u);
  CHECK_FALSE(limit.admit(11s));
  CHECK(limit.take_held_back() == 1);
  CHECK(limit.take_held_back() == 0);
}

TEST_CASE("after a long silence no more than the burst passes at once") {
  alys::rate_limit limit{2, 1s};
  CHECK(limit.admit(0s));
  CHECK(limit.admit(1h));
  CHECK(limit.admit(1h));
  CHECK_FALSE(limit.admit(1h));
}

TEST_CASE("a clock that goes back lets nothing more through") {
  alys::rate_limit limit{1, 1s};
  CHECK(limit.admit(5s));
  CHECK_FALSE(limit.admit(1s));
  CHECK_FALSE(limit.admit(5s));
  CHECK(limit.admit(6s) == 2u);
}

TEST_CASE("a duration is read with its units from large to small") {
  CHECK(alys::parse_duration("250ms") == std::chrono::nanoseconds{250ms});
  CHECK(alys::parse_duration("1h30m") == std::chrono::nanoseconds{90min});
  CHECK(alys::parse_duration("0s") == 0ns);
  CHECK(alys::parse_duration("-1s500ms") == std::chrono::nanoseconds{-1500ms});
  CHECK(alys::parse_duration("1h1m1s1ms1us1ns") == std::chrono::nanoseconds{1h + 1min + 1s + 1ms + 1us + 1ns});
  CHECK(alys::parse_duration("9223372036854775807ns") == std::chrono::nanoseconds::max());
}

TEST_CASE("what is no duration is refused with the reason") {
  CHECK(alys::parse_duration("") == duration_error::empty);
  CHECK(alys::parse_duration("30") == duration_error::no_unit);
  CHECK(alys::parse_duration("1s5") == duration_error::no_unit);
  CHECK(alys::parse_duration("30sec") == duration_error::unknown_unit);
  CHECK(alys::parse_duration("1.5s") == duration_error::unknown_unit);
  CHECK(alys::parse_duration("1s 2ms") == duration_error::unknown_unit);
  CHECK(alys::parse_duration("s") == duration_error::malformed);
  CHECK(alys::parse_duration("-") == duration_error::malformed);
  CHECK(alys::parse_duration("+1s") == duration_error::malformed);
  CHECK(alys::parse_duration("1s1s") == duration_error::malformed);
  CHECK(alys::parse_duration("1ms1s") == duration_error::malformed);
  CHECK(alys::parse_duration("9223372036854775808ns") == duration_error::too_large);
  CHECK(alys::parse_duration("99999999999999999999999h") == duration_error::too_large);
  CHECK(alys::parse_duration("2562047h47m16s854ms775us808ns") == duration_error::too_large);
  CHECK_THAT(alys::parse_duration("30").error().text(), Catch::Contains("250ms"));
}

TEST_CASE("a duration is written as shortly as it can be read") {
  CHECK(alys::to_text(0ns) == "0s");
  CHECK(alys::to_text(250ms) == "250ms");
  CHECK(alys::to_text(90s) == "1m30s");
  CHECK(alys::to_text(-1500ms) == "-1s500ms");
  CHECK(alys::to_text(std::chrono::nanoseconds::min()) == "-2562047h47m16s854ms775us808ns");
}
