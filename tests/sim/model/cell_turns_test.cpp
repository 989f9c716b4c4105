// SPDX-License-Identifier: Apache-2.0
//
// The reference model of handlers that wait: right histories are right, and each wrong is found.
#include "cell_model.hpp"

#include <catch2/catch.hpp>

using namespace alys::sim;
using alys::outcome;
using Catch::Contains;
using namespace std::chrono_literals;

namespace {

// A cell that waits, and one that it may ask.
struct wait_history {
  wait_history() {
    model.saw_started(cell, 1);
    model.saw_started(asked, 1);
  }
  message_number send(bool request = false) { return deliver({.to = cell, .request = request}); }
  message_number deliver(const outgoing& what) {
    const auto m = model.send(what);
    model.saw_at_the_door(m, {});
    return m;
  }
  message_number begin(bool request = false) {
    const auto m = send(request);
    model.saw_begin(m, 1);
    return m;
  }
  void nap(message_number m, bool exclusive = true) { model.saw_wait(m, {.exclusive = exclusive, .until = 5ms, .asleep = true}); }
  // One that waits for an answer which would end it, were it an error.
  message_number ask(message_number m) {
    const auto question = deliver({.to = asked, .request = true, .from = cell});
    model.saw_wait(m, {.exclusive = true, .until = 5ms, .asked = question, .or_return = true});
    return question;
  }
  void end_life(outcome how) {
    for (const auto m : model.turns(cell)) model.saw_cut(m);
    model.saw_outcome(cell, how);
  }
  std::string found() const {
    std::string lines;
    for (const auto& p : model.problems()) lines += p + '\n';
    return lines;
  }

  cell_model model;
  cell_number cell = model.add_cell({.capacity = 8, .stash_capacity = 1}, {}, 10ms);
  cell_number asked = model.add_cell({});
};

} // namespace

TEST_CASE("a handler that waits and goes on and ends is right and holds up what comes meanwhile") {
  wait_history h;
  const auto first = h.begin();
  h.nap(first);
  h.send();
  CHECK(h.model.is_busy(h.cell));
  CHECK(h.found().empty()); // the second rests in its mailbox
  h.model.time_is(5ms);
  CHECK_THAT(h.found(), Contains("the handler of message 0 waits for what has come"));
  h.model.saw_resume(first, 1);
  h.model.saw_end(first, ending::handled);
  CHECK_FALSE(h.model.is_busy(h.cell));
  CHECK_THAT(h.found(), Contains("rests with 1 messages"));
}

TEST_CASE("a message or a timer that an exclusive wait lets in is found and a reentrant one may let them in") {
  wait_history h;
  h.model.saw_timer_set(h.cell, 1);
  h.model.saw_timer_set(h.cell, 2);
  const auto open = h.begin();
  h.nap(open, false);
  h.model.saw_timer_fired(h.cell, 1, 1);
  const auto alone = h.begin();
  CHECK(h.found() == "message 1 began a turn that never ended\nmessage 1 disappeared: it neither ended nor is it queued\n");
  h.nap(alone);
  h.model.saw_timer_fired(h.cell, 2, 1);
  CHECK_THAT(h.found(), Contains("had a timer fire while the handler of message 1 waited"));
  h.begin();
  CHECK_THAT(h.found(), Contains("handled message 2 while the handler of message 1 waited"));
  CHECK(h.model.turns().overlapped == 2);
}

TEST_CASE("a handler that goes on too early or twice or in another life or undecided is found") {
  wait_history early;
  const auto m = early.begin();
  early.nap(m);
  early.model.saw_resume(m, 1);
  CHECK_THAT(early.found(), Contains("message 0 went on before its time"));
  early.model.saw_resume(m, 1);
  CHECK_THAT(early.found(), Contains("message 0 went on although its handler did not wait"));

  wait_history later;
  const auto lost = later.begin(true);
  later.nap(lost);
  later.end_life(outcome::restart);
  later.model.saw_started(later.cell, 2);
  later.model.saw_answer(lost, answer::undelivered);
  CHECK(later.found().empty());
  later.model.saw_resume(lost, 2);
  CHECK_THAT(later.found(), Contains("message 0 went on although its handler did not wait"));

  wait_history undecided;
  const auto waits = undecided.begin();
  undecided.nap(waits);
  undecided.model.saw_failure(undecided.cell);
  undecided.model.time_is(5ms);
  undecided.model.saw_resume(waits, 1);
  CHECK_THAT(undecided.found(), Contains("went on in incarnation 1 of cell 0, which is not alive, or waits for a decision"));
}

TEST_CASE("who is cut off has to be told and what was set aside is in the stash as far as there is room") {
  wait_history h;
  const auto request = h.begin(true), note = h.begin(), kept = h.begin(true), too_many = h.begin();
  for (const auto m : {kept, too_many}) h.model.saw_set_aside(m);
  for (const auto m : {request, note, kept, too_many}) h.nap(m, false);
  CHECK(h.model.would_be_interrupted(h.cell) == std::vector{note});
  CHECK(h.model.would_find_no_room(h.cell) == std::vector{too_many});
  h.end_life(outcome::restart);
  CHECK_THAT(h.found(), Contains("message 0 is a request and was never answered"));
  CHECK_THAT(h.found(), Contains("message 1 was lost without a dead letter: undelivered"));
  CHECK_THAT(h.found(), Contains("message 3 was lost without a dead letter: undelivered"));
  CHECK(h.model.queued(h.cell) == 1);
  h.model.saw_answer(request, answer::undelivered);
  h.model.saw_dead_letter(note);
  h.model.saw_dead_letter(too_many);
  CHECK(h.found().empty());
  CHECK(h.model.turns().cut_by_restart == 4);
  CHECK(h.model.turns().cut_aside == 2);
}

TEST_CASE("a frame that outlives its incarnation is found and so is one that is destroyed while it runs") {
  wait_history h;
  const auto m = h.begin();
  h.model.saw_cut(m);
  CHECK_THAT(h.found(), Contains("message 0 had its frame destroyed while it did not wait"));
  h.nap(h.begin());
  h.model.saw_outcome(h.cell, outcome::restart);
  CHECK_THAT(h.found(), Contains("the frame of message 1 outlives its incarnation"));
}

TEST_CASE("a failure of something else that is resumed leaves who waits where it is") {
  wait_history h;
  const auto m = h.begin();
  h.nap(m);
  h.model.saw_failure(h.cell);
  h.model.saw_outcome(h.cell, outcome::resume);
  CHECK(h.model.is_busy(h.cell));
  h.model.time_is(5ms);
  h.model.saw_resume(m, 1);
  h.model.saw_end(m, ending::handled);
  CHECK(h.found().empty());
  CHECK(h.model.turns().outlived_failure == 1);
}

TEST_CASE("a stop has to leave the call in hand its time and a failure or a restart in a hurry has not") {
  for (const bool hurried : {false, true}) {
    for (const auto at : {9ms, 10ms}) {
      wait_history h;
      const auto m = h.begin();
      h.model.saw_wait(m, {.exclusive = true, .until = 1s, .asleep = true});
      if (hurried) h.model.saw_hurry();
      h.model.saw_stopping(h.cell);
      h.model.time_is(at);
      h.end_life(outcome::stop);
      h.model.saw_dead_letter(m);
      if (at == 9ms && !hurried) CHECK_THAT(h.found(), Contains("cell 0 stopped with message 0 in hand, which had time left"));
      else CHECK(h.found().empty());
    }
  }
}

TEST_CASE("an error that is handed on ends the handler and is an answer of any kind but a value") {
  wait_history h;
  const auto m = h.begin(true);
  const auto question = h.ask(m);
  h.model.saw_begin(question, 1);
  h.model.saw_end(question, ending::failed);
  CHECK_THAT(h.found(), Contains("the handler of message 0 waits for what has come"));
  h.model.saw_handed_on(m);
  h.model.saw_outcome(h.asked, outcome::resume);
  CHECK_THAT(h.found(), Contains("message 0 is a request and was never answered"));
  h.model.saw_answer(m, answer::failure);
  CHECK(h.found().empty());
  CHECK(h.model.count(h.cell, ending::refused) == 1);
  h.model.saw_answer(question, answer::failure);
  CHECK_THAT(h.found(), Contains("message 1 was answered more than once"));

  wait_history told_otherwise;
  const auto n = told_otherwise.begin(true);
  told_otherwise.ask(n);
  told_otherwise.model.saw_handed_on(n);
  CHECK_THAT(told_otherwise.found(), Contains("the answer to message 1 ended a handler before there was any"));
  told_otherwise.model.saw_answer(n, answer::value);
  CHECK_THAT(told_otherwise.found(), Contains("message 0 ended as refused and was answered with a value"));
}

TEST_CASE("a handler that ends where it waits for nothing that could end it is found") {
  wait_history h;
  const auto m = h.begin();
  h.nap(m);
  h.model.saw_handed_on(m);
  CHECK_THAT(h.found(), Contains("message 0 ended where it waited, which is for no answer that could end it"));
}

TEST_CASE("a turnstile that lets two through at once or one before its turn is found") {
  wait_history h;
  const auto first = h.begin(), second = h.begin(), third = h.begin();
  for (const auto m : {first, second, third}) h.model.saw_line_up(m);
  h.model.saw_pass(first);
  h.model.saw_pass(second);
  CHECK_THAT(h.found(), Contains("message 1 went through a turnstile where message 0 still was"));
  h.model.saw_leave_line(first);
  h.model.saw_leave_line(second);
  CHECK_THAT(h.found(), !Contains("before its turn\nmessage 2"));
  const auto fourth = h.begin();
  h.model.saw_line_up(fourth);
  h.model.saw_pass(fourth);
  CHECK_THAT(h.found(), Contains("message 3 went through a turnstile before its turn"));
}
