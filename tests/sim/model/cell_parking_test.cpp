// SPDX-License-Identifier: Apache-2.0
//
// The reference model of messages that wait for room: right histories are right, and each wrong is found.
#include "cell_model.hpp"

#include <catch2/catch.hpp>

using namespace alys::sim;
using alys::dead_letter_cause;
using alys::outcome;
using Catch::Contains;
using namespace std::chrono_literals;

namespace {

// Two senders before a cell with one place, which is taken by `first`.
struct crowd {
  crowd() {
    for (const cell_number c : {to, from, other}) model.saw_started(c, 1);
    first = send(from);
  }
  message_number send(cell_number by, bool request = false, bool may_wait = true) {
    return deliver({.to = to, .request = request, .from = by, .may_wait = may_wait});
  }
  message_number deliver(const outgoing& what) {
    const auto m = model.send(what);
    verdict = model.expected_at_the_door(m);
    model.saw_at_the_door(m, verdict);
    return m;
  }
  void handle(message_number m) {
    model.saw_begin(m, 1);
    model.saw_end(m, ending::handled);
  }
  void restart(cell_number c) {
    model.saw_outcome(c, outcome::restart);
    model.saw_started(c, 2);
  }
  std::string found() const {
    std::string lines;
    for (const auto& p : model.problems()) lines += p + '\n';
    return lines;
  }

  cell_model model;
  cell_number to = model.add_cell({.capacity = 1, .urgent_capacity = 1, .overflow = alys::overflow::block, .block_for = 10ms});
  cell_number from = model.add_cell({});
  cell_number other = model.add_cell({});
  message_number first;
  door_verdict verdict;
};

constexpr auto full = dead_letter_cause::mailbox_full;

} // namespace

TEST_CASE("whoever waits for room is let in in the order of coming") {
  crowd c;
  const auto second = c.send(c.from), third = c.send(c.other);
  CHECK(c.verdict == door_verdict{.parked = true});
  CHECK(c.model.parked(c.to) == 2);
  CHECK(c.model.waiting(c.to) == std::vector{c.first, second, third});
  c.handle(c.first);
  CHECK(c.model.is_parked(third));
  c.handle(second);
  c.handle(third);
  CHECK(c.found().empty());
  CHECK(c.model.parking().let_in == 2);
}

TEST_CASE("whoever overtakes those that wait for room is found") {
  crowd c;
  const auto second = c.send(c.from), third = c.send(c.other);
  c.handle(c.first);
  c.handle(third);
  CHECK_THAT(c.found(), Contains("message " + std::to_string(third) + " was handled although it was not queued") &&
                            Contains("was handled before message " + std::to_string(second) + ", which came first"));
}

TEST_CASE("each priority has room of its own to wait for in the model") {
  crowd c;
  const auto urgent = c.deliver({.to = c.to, .urgent = true, .from = c.from, .may_wait = true});
  CHECK(c.verdict == door_verdict{});
  const auto waits = c.deliver({.to = c.to, .urgent = true, .from = c.from, .may_wait = true});
  CHECK(c.verdict.parked);
  c.handle(urgent);
  c.handle(waits);
  c.handle(c.first);
  CHECK(c.found().empty());
}

TEST_CASE("nobody waits who does not want to or who would wait for himself") {
  crowd c;
  const door_verdict rejected{.turned_away = ending::rejected};
  c.model.saw_dead_letter(c.send(c.other, false, false));
  CHECK(c.verdict == rejected);
  c.model.saw_dead_letter(c.send(c.to));
  CHECK(c.verdict == rejected);
  c.handle(c.first);
  CHECK(c.found().empty());
}

TEST_CASE("a sender that goes on while its message waits is found") {
  crowd c;
  const auto work = c.deliver({.to = c.from});
  const auto parked = c.send(c.from);
  CHECK(c.model.idle_with_work().size() == 1); // the receiver, but not the sender
  SECTION("and one that waits until it is in is right") {
    c.handle(c.first);
    c.handle(work);
    c.handle(parked);
    CHECK(c.found().empty());
  }
  SECTION("before it is in") {
    c.handle(work);
    CHECK_THAT(c.found(), Contains("handled message " + std::to_string(work) + " while 1 of its own wait"));
  }
}

TEST_CASE("a message waits for room as long as its receiver says") {
  crowd c;
  const auto parked = c.send(c.other);
  c.model.time_is(10ms - 1ns);
  CHECK(c.model.parked_in_vain().empty());
  SECTION("not longer") {
    c.model.time_is(10ms);
    CHECK_THAT(c.model.parked_in_vain().at(0), Contains("beyond its time"));
    c.model.saw_turned_away(parked, full);
    c.handle(c.first);
    CHECK(c.found().empty());
    CHECK(c.model.parking().expired == 1);
    CHECK(c.model.count(c.to, ending::rejected) == 1);
  }
  SECTION("not shorter") {
    c.model.saw_turned_away(parked, full);
    c.handle(c.first);
    CHECK_THAT(c.found(), Contains("before its time for no reason"));
  }
  SECTION("and does not disappear then") {
    c.model.time_is(10ms);
    c.model.saw_turned_away(parked, std::nullopt);
    c.handle(c.first);
    CHECK_THAT(c.found(), Contains("was lost without a dead letter"));
  }
}

TEST_CASE("what waits for room is turned away by a reason that shows") {
  crowd c;
  const auto told = c.send(c.other), asked = c.send(c.other, true);
  SECTION("the end of its receiver") {
    c.model.saw_dead_letter(c.first);
    c.model.saw_turned_away(told, dead_letter_cause::receiver_stopped);
    c.model.saw_turned_away(asked, std::nullopt);
    c.model.saw_outcome(c.to, outcome::stop);
    c.model.saw_answer(asked, answer::undelivered);
    CHECK(c.model.parking().turned_away_by_end == 2);
  }
  SECTION("a breaker") {
    c.model.saw_turned_away(told, dead_letter_cause::breaker_open);
    c.model.saw_turned_away(asked, std::nullopt);
    c.model.saw_door(c.to, 0);
    c.model.saw_answer(asked, answer::undelivered);
    c.handle(c.first);
    CHECK(c.model.parking().turned_away_by_breaker == 2);
  }
  SECTION("the end of its sender and then nobody is answered") {
    c.model.saw_turned_away(told, full);
    c.model.saw_turned_away(asked, full);
    c.model.saw_outcome(c.other, outcome::stop);
    c.handle(c.first);
    CHECK(c.model.parking().ended_with_sender == 2);
    CHECK_FALSE(c.model.is_request(asked));
  }
  CHECK(c.found().empty());
}

TEST_CASE("a reason to turn a waiting message away that does not show is missed") {
  crowd c;
  const auto parked = c.send(c.other, true);
  const auto turn_away = [&](std::optional<dead_letter_cause> letter) { c.model.saw_turned_away(parked, letter); };
  const auto is_missed = [&] {
    return c.found().find("message " + std::to_string(parked) + " waited for room, and was turned away before its time for no reason") !=
           std::string::npos;
  };
  SECTION("nobody ended") {
    turn_away(std::nullopt);
    c.handle(c.first);
    CHECK(is_missed());
  }
  SECTION("another one ended") {
    turn_away(full);
    c.model.saw_outcome(c.from, outcome::stop);
    CHECK(is_missed());
  }
  SECTION("its sender was only restarted") {
    turn_away(full);
    c.restart(c.other);
    CHECK(is_missed());
  }
  SECTION("another breaker opened") {
    turn_away(std::nullopt);
    c.model.saw_door(c.from, 0);
    CHECK(is_missed());
  }
  SECTION("its breaker only lets probes through") {
    turn_away(std::nullopt);
    c.model.saw_door(c.to, 1);
    CHECK(is_missed());
  }
}

TEST_CASE("a message that waits on past its receiver or its sender is found") {
  crowd c;
  (void)c.send(c.other);
  SECTION("past its receiver") {
    c.model.saw_outcome(c.to, outcome::stop);
    CHECK_THAT(c.found(), Contains("of cell 0, which has ended"));
  }
  SECTION("past the opening of its breaker") {
    c.model.saw_door(c.to, 0);
    CHECK_THAT(c.found(), Contains("which its breaker has narrowed"));
  }
  SECTION("past its sender") {
    c.model.saw_outcome(c.other, outcome::stop);
    CHECK_THAT(c.found(), Contains("cell 2 has ended and 1 of its messages still wait for room"));
  }
}

TEST_CASE("what a life has sent waits on when that life has ended") {
  crowd c;
  const auto how = GENERATE(outcome::restart, outcome::escalate, outcome::breaker_open);
  const auto asked = c.send(c.other, true);
  c.model.saw_outcome(c.other, how);
  SECTION("and is handled when room comes") {
    c.handle(c.first);
    c.handle(asked);
    CHECK(c.model.parking().let_in_for_nobody == 1);
    const std::uint64_t lost = how == outcome::restart ? 1 : 0;
    CHECK(c.model.lost_answers_expected(c.other) == std::pair{lost, lost});
    if (lost > 0) c.model.saw_orphaned_answer(c.other);
    CHECK(c.found().empty());
  }
  SECTION("and becomes a dead letter when its time is up") {
    c.model.time_is(10ms);
    c.model.saw_turned_away(asked, full);
    c.handle(c.first);
    CHECK(c.model.parking().expired_for_nobody == 1);
    CHECK(c.model.lost_answers_expected(c.other) == std::pair<std::uint64_t, std::uint64_t>{0, 0});
    CHECK(c.found().empty());
  }
  SECTION("and whoever is answered then is not there") {
    c.model.time_is(10ms);
    c.model.saw_turned_away(asked, full);
    c.handle(c.first);
    c.model.saw_answer(asked, answer::undelivered);
    CHECK_THAT(c.found(), Contains("became a dead letter and was answered"));
  }
}

TEST_CASE("an asker that lives is answered when the time of its parked question is up") {
  crowd c;
  const auto asked = c.send(c.other, true);
  c.model.time_is(10ms);
  SECTION("with an error") {
    c.model.saw_turned_away(asked, std::nullopt);
    c.model.saw_answer(asked, answer::undelivered);
    c.handle(c.first);
    CHECK(c.found().empty());
  }
  SECTION("and not passed over with a dead letter") {
    c.model.saw_turned_away(asked, full);
    c.handle(c.first);
    CHECK_THAT(c.found(), Contains("for no reason") && Contains("became a dead letter, and its asker lives"));
  }
}
