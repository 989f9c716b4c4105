// SPDX-License-Identifier: Apache-2.0
//
// The reference model of cells itself: it has nothing to say about a history that is right, and finds each wrong that is planted in one.
#include "cell_model.hpp"

#include <alys/actors/random.hpp>

#include <catch2/catch.hpp>

#include <deque>

using namespace alys::sim;
using alys::outcome;
using Catch::Contains;

namespace {

// A model with one running cell, and the shortest ways to say what happens to it.
struct history {
  explicit history(alys::mailbox_options mailbox = {.capacity = 4, .urgent_capacity = 2}) : cell(model.add_cell(mailbox)) {
    model.saw_started(cell, 1);
  }

  message_number send(bool request, bool urgent = false) {
    const auto m = model.send({.to = cell, .request = request, .urgent = urgent});
    model.saw_at_the_door(m, model.expected_at_the_door(m));
    return m;
  }
  message_number request() { return send(true); }
  message_number note() { return send(false); }
  void handle(message_number m, ending how, std::uint32_t incarnation = 1) {
    model.saw_begin(m, incarnation);
    model.saw_end(m, how);
  }
  void restart(std::uint32_t next) {
    model.saw_outcome(cell, outcome::restart);
    model.saw_started(cell, next);
  }
  std::string found() const {
    std::string lines;
    for (const auto& p : model.problems()) lines += p + '\n';
    return lines;
  }

  cell_model model;
  cell_number cell;
};

} // namespace

TEST_CASE("a history in which everything is handled and answered is right") {
  history h;
  const auto ask = h.request();
  const auto tell = h.note();
  h.handle(ask, ending::handled);
  h.model.saw_answer(ask, answer::value);
  h.handle(tell, ending::handled);
  CHECK(h.found().empty());
  CHECK(h.model.account().count(ending::handled) == 2);
}

TEST_CASE("a history with a failure and a restart in which each message has its fate is right") {
  history h;
  const auto failing = h.request();
  const auto queued = h.request();
  h.handle(failing, ending::failed);
  h.model.saw_answer(failing, answer::failure);
  const auto arriving = h.note();
  CHECK(h.model.queued(h.cell) == 2);
  h.restart(2);
  h.handle(queued, ending::handled, 2);
  h.model.saw_answer(queued, answer::value);
  h.handle(arriving, ending::handled, 2);
  CHECK(h.found().empty());
}

TEST_CASE("a history with a stop in which each message has its fate is right") {
  history h;
  const auto ask = h.request();
  const auto tell = h.note();
  h.model.saw_outcome(h.cell, outcome::stop);
  h.model.saw_answer(ask, answer::undelivered);
  h.model.saw_dead_letter(tell);
  const auto late = h.note();
  h.model.saw_dead_letter(late);
  CHECK(h.found().empty());
  CHECK(h.model.account().count(ending::undelivered) == 2);
  CHECK(h.model.account().count(ending::rejected) == 1);
}

TEST_CASE("what may become of a message follows from what was done so far") {
  history h{{.capacity = 1, .urgent_capacity = 1, .overflow = alys::overflow::drop_oldest}};
  const auto first = h.note();
  CHECK(h.model.allowed(first) == std::set{ending::handled, ending::refused, ending::failed, ending::undelivered, ending::dropped});
  const auto second = h.model.send({.to = h.cell});
  CHECK(h.model.expected_at_the_door(second) == door_verdict{.displaced = first});
  h.model.saw_at_the_door(second, {.displaced = first});
  CHECK(h.model.allowed(first) == std::set{ending::dropped});
  h.model.saw_begin(second, 1);
  CHECK(h.model.allowed(second) == std::set{ending::handled, ending::refused, ending::failed});
  h.model.saw_end(second, ending::handled);
  h.model.saw_outcome(h.cell, outcome::stop);
  const auto late = h.model.send({.to = h.cell});
  CHECK(h.model.allowed(late) == std::set{ending::rejected});
}

TEST_CASE("the model knows each overflow policy at the door") {
  for (const auto policy : {alys::overflow::reject, alys::overflow::drop_newest, alys::overflow::drop_oldest}) {
    history h{{.capacity = 1, .urgent_capacity = 1, .overflow = policy}};
    const auto first = h.note();
    const auto second = h.model.send({.to = h.cell});
    const auto expected = h.model.expected_at_the_door(second);
    INFO(alys::to_string(policy));
    if (policy == alys::overflow::reject) CHECK(expected == door_verdict{.turned_away = ending::rejected});
    if (policy == alys::overflow::drop_newest) CHECK(expected == door_verdict{.turned_away = ending::dropped});
    if (policy == alys::overflow::drop_oldest) CHECK(expected == door_verdict{.displaced = first});
    const auto urgent = h.model.send({.to = h.cell, .urgent = true}); // has a bound of its own
    CHECK(h.model.expected_at_the_door(urgent) == door_verdict{});
  }
}

// ---- planted wrongs: messages ----

TEST_CASE("a message that disappears on a restart is found") {
  history h;
  const auto queued = h.note();
  h.restart(2);
  h.model.saw_outcome(h.cell, outcome::escalate);
  CHECK(h.found().empty()); // it waits
  h.restart(3);
  CHECK_THAT(h.found(), Contains("rests with 1 messages"));
  h.handle(queued, ending::handled, 3);
  CHECK(h.found().empty());
}

TEST_CASE("a lost wake-up is found") {
  history h;
  h.note();
  CHECK_THAT(h.found(), Contains("cell 0 runs and rests with 1 messages in its mailbox"));
}

TEST_CASE("a message that is handled twice is found") {
  history h;
  const auto m = h.note();
  h.handle(m, ending::handled);
  h.handle(m, ending::handled);
  CHECK_THAT(h.found(), Contains("message 0 ended more than once: handled and handled"));
  CHECK_THAT(h.found(), Contains("handled although it was not queued"));
}

TEST_CASE("a message that overtakes another is found and an urgent one may") {
  history h;
  const auto first = h.note();
  const auto second = h.note();
  const auto urgent = h.send(false, true);
  h.handle(urgent, ending::handled);
  CHECK_THAT(h.found(), !Contains("before"));
  h.handle(second, ending::handled);
  h.handle(first, ending::handled);
  CHECK_THAT(h.found(), Contains("message 1 was handled before message 0, which came first"));
}

TEST_CASE("a message that is handled while its cell is suspended is found") {
  history h;
  const auto failing = h.note();
  const auto next = h.note();
  h.handle(failing, ending::failed);
  h.model.saw_dead_letter(failing);
  h.handle(next, ending::handled);
  CHECK_THAT(h.found(), Contains("cell 0 handled message 1 while it was not running"));
}

TEST_CASE("a message that is handled by an old incarnation is found") {
  history h;
  const auto m = h.note();
  h.restart(2);
  h.handle(m, ending::handled, 1);
  CHECK_THAT(h.found(), Contains("message 0 was handled by incarnation 1 in the life of 2"));
}

TEST_CASE("two incarnations alive at once are found") {
  history h;
  h.model.saw_started(h.cell, 2);
  CHECK_THAT(h.found(), Contains("cell 0 started a second incarnation while one was alive"));
}

TEST_CASE("an incarnation number that does not grow and a start after the end are found") {
  history h;
  h.restart(1);
  CHECK_THAT(h.found(), Contains("started as incarnation 1 after 1"));
  h.model.saw_outcome(h.cell, outcome::stop);
  h.model.saw_started(h.cell, 2);
  CHECK_THAT(h.found(), Contains("cell 0 started after its end"));
}

TEST_CASE("a door that takes in more than its bound is found and so is one that refuses below it") {
  history h{{.capacity = 1, .urgent_capacity = 1}};
  h.note();
  const auto over = h.model.send({.to = h.cell});
  h.model.saw_at_the_door(over, {});
  CHECK_THAT(h.found(), Contains("message 1 was taken in where it should have been rejected"));
  const auto below = h.model.send({.to = h.cell, .urgent = true});
  h.model.saw_at_the_door(below, {.turned_away = ending::rejected});
  CHECK_THAT(h.found(), Contains("message 2 was rejected where it should have been taken in"));
}

TEST_CASE("a door that displaces the wrong message is found") {
  history h{{.capacity = 2, .urgent_capacity = 1, .overflow = alys::overflow::drop_oldest}};
  h.note();
  const auto second = h.note();
  const auto third = h.model.send({.to = h.cell});
  h.model.saw_at_the_door(third, {.displaced = second});
  CHECK_THAT(h.found(), Contains("message 2 was taken in place of message 1 where it should have been taken in place of message 0"));
}

TEST_CASE("a message that nobody accounted for at the door or after its turn is found") {
  history h;
  h.model.send({.to = h.cell});
  const auto m = h.note();
  h.model.saw_begin(m, 1);
  CHECK_THAT(h.found(), Contains("message 0 was sent and nobody said what the door did with it"));
  CHECK_THAT(h.found(), Contains("message 1 began a turn that never ended"));
}

// ---- planted wrongs: answers ----

TEST_CASE("a request that is never answered is found whatever its end") {
  for (const auto end : {ending::handled, ending::refused, ending::failed}) {
    history h;
    h.handle(h.request(), end);
    CHECK_THAT(h.found(), Contains("message 0 is a request and was never answered"));
  }
  history stopped;
  stopped.request();
  stopped.model.saw_outcome(stopped.cell, outcome::stop);
  CHECK_THAT(stopped.found(), Contains("message 0 is a request and was never answered"));
}

TEST_CASE("a request that is answered twice or wrongly is found") {
  history h;
  const auto m = h.request();
  h.handle(m, ending::refused);
  h.model.saw_answer(m, answer::value);
  CHECK_THAT(h.found(), Contains("message 0 ended as refused and was answered with a value"));
  h.model.saw_answer(m, answer::refusal);
  CHECK_THAT(h.found(), Contains("message 0 was answered more than once"));
}

TEST_CASE("an answer before its handler ran is found and a deadline is none") {
  history h;
  const auto early = h.request();
  const auto slow = h.request();
  h.model.saw_answer(early, answer::value);
  h.model.saw_answer(slow, answer::deadline);
  CHECK_THAT(h.found(), Contains("message 0 was answered with a value before it was handled"));
  CHECK_THAT(h.found(), !Contains("message 1 was"));
}

TEST_CASE("a promised answer may come later and is demanded when its incarnation ends") {
  history h;
  const auto m = h.request();
  h.model.saw_begin(m, 1);
  h.model.saw_promise(m);
  CHECK(h.found().empty());
  h.restart(2);
  CHECK_THAT(h.found(), Contains("message 0 is a request and was never answered"));
  h.model.saw_answer(m, answer::undelivered);
  CHECK(h.found().empty());
}

TEST_CASE("a promised answer outlives a resume") {
  history h;
  const auto m = h.request();
  h.model.saw_begin(m, 1);
  h.model.saw_promise(m);
  h.model.saw_failure(h.cell);
  h.model.saw_outcome(h.cell, outcome::resume);
  CHECK(h.found().empty());
}

TEST_CASE("an answer that reaches an incarnation that did not ask is found") {
  history h;
  const auto asker = h.model.add_cell({});
  h.model.saw_started(asker, 1);
  const auto m = h.model.send({.to = h.cell, .request = true, .from = asker});
  h.model.saw_at_the_door(m, {});
  h.handle(m, ending::handled);
  h.model.saw_outcome(asker, outcome::restart);
  h.model.saw_started(asker, 2);
  CHECK(h.found().empty()); // nobody is there to be told
  h.model.saw_orphaned_answer(asker);
  CHECK(h.found().empty());
  h.model.saw_answer(m, answer::value);
  CHECK_THAT(h.found(), Contains("the answer to message 0 reached an incarnation of cell 1 that had not asked"));
}

TEST_CASE("a dead letter of an answer that nobody waited for is found") {
  history h;
  h.model.saw_orphaned_answer(h.cell);
  CHECK_THAT(h.found(), Contains("cell 0 made a dead letter of an answer"));
}

TEST_CASE("an answer that a stopped asker waited for is cancelled and no dead letter") {
  history h;
  const auto asker = h.model.add_cell({});
  h.model.saw_started(asker, 1);
  const auto m = h.model.send({.to = h.cell, .request = true, .from = asker});
  h.model.saw_at_the_door(m, {});
  h.model.saw_outcome(asker, outcome::stop);
  h.handle(m, ending::handled);
  CHECK(h.found().empty());
  CHECK(h.model.orphans_expected_at_most(asker) == 0);
  h.model.saw_orphaned_answer(asker);
  CHECK_FALSE(h.found().empty());
}

// ---- planted wrongs: dead letters and timers ----

TEST_CASE("a notification that is lost in silence is found whatever its end") {
  history failed;
  failed.handle(failed.note(), ending::failed);
  CHECK_THAT(failed.found(), Contains("message 0 was lost without a dead letter: failed"));

  history full{{.capacity = 1, .urgent_capacity = 1}};
  full.note();
  full.note();
  CHECK_THAT(full.found(), Contains("message 1 was lost without a dead letter: rejected"));

  history stopped;
  stopped.note();
  stopped.model.saw_outcome(stopped.cell, outcome::stop);
  CHECK_THAT(stopped.found(), Contains("message 0 was lost without a dead letter: undelivered"));
}

TEST_CASE("a dead letter of what was handled or of a request or twice or beside a told sender is found") {
  history h{{.capacity = 2, .urgent_capacity = 1}};
  const auto handled = h.note();
  h.handle(handled, ending::handled);
  h.model.saw_dead_letter(handled);
  CHECK_THAT(h.found(), Contains("message 0 became a dead letter although it was handled"));

  const auto request = h.request();
  h.handle(request, ending::failed);
  h.model.saw_answer(request, answer::failure);
  h.model.saw_dead_letter(request);
  CHECK_THAT(h.found(), Contains("message 1 is a request and became a dead letter"));

  h.restart(2);
  const auto failing = h.note();
  h.handle(failing, ending::failed, 2);
  h.model.saw_dead_letter(failing);
  h.model.saw_dead_letter(failing);
  CHECK_THAT(h.found(), Contains("message 2 became a dead letter more than once"));

  h.note();
  h.note();
  const auto told = h.model.send({.to = h.cell});
  h.model.saw_at_the_door(told, {.turned_away = ending::rejected}, true);
  CHECK_THAT(h.found(), !Contains("message 5"));
  h.model.saw_dead_letter(told);
  CHECK_THAT(h.found(), Contains("message 5 became a dead letter although its sender was told at once"));
}

TEST_CASE("a timer of an ended incarnation that fires is found and those dropped are counted") {
  history h;
  h.model.saw_timer_set(h.cell, 1);
  h.model.saw_timer_set(h.cell, 2);
  h.model.saw_timer_fired(h.cell, 1, 1);
  h.restart(2);
  CHECK(h.found().empty());
  CHECK(h.model.timers_dropped(h.cell) == 1);
  h.model.saw_timer_fired(h.cell, 2, 2);
  CHECK_THAT(h.found(), Contains("cell 0 had timer 2 fire, which its incarnation had not set"));
}

TEST_CASE("a timer outlives a resume and does not fire while its cell is suspended") {
  history h;
  h.model.saw_timer_set(h.cell, 1);
  h.model.saw_failure(h.cell);
  h.model.saw_outcome(h.cell, outcome::resume);
  h.model.saw_timer_fired(h.cell, 1, 1);
  CHECK(h.found().empty());
  h.model.saw_timer_set(h.cell, 2);
  h.model.saw_failure(h.cell);
  h.model.saw_timer_fired(h.cell, 2, 1);
  CHECK_THAT(h.found(), Contains("had a timer fire while it was not running"));
}

TEST_CASE("something that became of a message that nobody sent is found") {
  account books;
  books.ended(7, ending::handled);
  REQUIRE(books.audit().size() == 1);
  CHECK(books.audit().front() == "message 7 was never sent, but something became of it");
}

// ---- the whole, at random ----

// A toy of a cell that keeps to the rules, driven at random; `flaw` makes it break one of them now and then.
TEST_CASE("random histories of a cell that keeps the rules are right and flaws in them are found") {
  enum class flaw { none, loses_on_restart, forgets_the_answer, forgets_the_dead_letter };
  for (const auto planted : {flaw::none, flaw::loses_on_restart, flaw::forgets_the_answer, flaw::forgets_the_dead_letter}) {
    int seeds_with_findings = 0;
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
      alys::splitmix64 random{seed};
      history h{{.capacity = 3, .urgent_capacity = 1, .overflow = static_cast<alys::overflow>(random.below(3))}};
      std::deque<message_number> waiting;
      std::vector<bool> is_request;
      std::uint32_t life = 1;
      const auto tell = [&](message_number m, answer given) {
        if (is_request[m] && !(planted == flaw::forgets_the_answer && random.below(4) == 0)) h.model.saw_answer(m, given);
        if (!is_request[m] && given != answer::value && !(planted == flaw::forgets_the_dead_letter && random.below(4) == 0))
          h.model.saw_dead_letter(m);
      };
      for (int step = 0; step < 60; ++step) {
        if (random.below(2) == 0) {
          is_request.push_back(random.below(2) == 0);
          const auto m = h.model.send({.to = h.cell, .request = is_request.back()});
          const auto verdict = h.model.expected_at_the_door(m);
          h.model.saw_at_the_door(m, verdict);
          if (verdict.displaced) {
            tell(*verdict.displaced, answer::undelivered);
            waiting.pop_front();
          }
          if (verdict.turned_away) tell(m, answer::undelivered);
          else waiting.push_back(m);
        } else if (!waiting.empty()) {
          const auto m = waiting.front();
          waiting.pop_front();
          const bool fails = random.below(5) == 0;
          h.handle(m, fails ? ending::failed : ending::handled, life);
          tell(m, fails ? answer::failure : answer::value);
          if (!fails) continue;
          h.restart(++life);
          if (planted == flaw::loses_on_restart && !waiting.empty()) waiting.pop_front();
        }
      }
      for (const auto m : waiting) {
        h.handle(m, ending::handled, life);
        tell(m, answer::value);
      }
      if (!h.found().empty()) ++seeds_with_findings;
    }
    if (planted == flaw::none) CHECK(seeds_with_findings == 0);
    else CHECK(seeds_with_findings > 100);
  }
}
