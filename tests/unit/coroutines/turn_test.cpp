// SPDX-License-Identifier: Apache-2.0
//
// What an actor does while one of its handlers waits: which messages, timers and orders come through.
#include "unit/coroutines/desk.hpp"

using namespace office;
using alys::errc;
using alys::lifecycle_state;

TEST_CASE("while a handler waits no other message is handled") {
  desk d;
  for (int i = 0; i < 3; ++i) {
    d.t.send(d.who, rest{1s});
    d.t.send(d.who, mark{i});
  }
  d.t.run_until_idle();
  CHECK(d.said->empty());
  CHECK(d.counts().queued == 5);
  d.t.advance(3s);
  CHECK(*d.said == lines{"rested", "rest left", "mark 0", "rested", "rest left", "mark 1", "rested", "rest left", "mark 2"});
}

TEST_CASE("a reentrant handler lets the others in and several of it wait at once") {
  desk d;
  auto oak = d.asked(browse{"oak"});
  auto elm = d.asked(browse{"elm"});
  CHECK(d.t.ask(d.who, ask_mark{3}) == 3);
  auto first = d.papers->asked<look_up>();
  auto second = d.papers->asked<look_up>();
  second.answer(2);
  d.t.run_until_idle();
  CHECK(elm.take() == 2);
  first.answer(1);
  d.t.run_until_idle();
  CHECK(oak.take() == 1);
  CHECK(*d.said == lines{"browsed elm", "browse left", "browsed oak", "browse left"});
}

TEST_CASE("a reentrant handler goes on while another one that is not waits") {
  desk d;
  auto oak = d.asked(browse{"oak"});
  auto elm = d.asked(fetch{"elm"});
  auto mark = d.asked(ask_mark{3});
  d.answer(1);
  CHECK(oak.take() == 1);
  CHECK_FALSE(mark.arrived());
  d.answer(2);
  CHECK(elm.take() == 2);
  CHECK(mark.take() == 3);
}

TEST_CASE("a turnstile lets reentrant handlers through one at a time and in their order") {
  desk d;
  auto oak = d.asked(queue_up{"oak"});
  auto elm = d.asked(queue_up{"elm"});
  auto ash = d.asked(queue_up{"ash"});
  CHECK(d.t.ask(d.who, ask_mark{3}) == 3);
  d.answer(1);
  CHECK(oak.take() == 1);
  d.answer(alys::refuse(denied::not_today)); // an error leaves the line like anything else
  CHECK(elm.take() == denied::not_today);
  d.answer(4);
  CHECK(ash.take() == 4);
  CHECK(*d.said ==
        lines{"at the counter with oak", "queue left", "at the counter with elm", "queue left", "at the counter with ash", "queue left"});
  auto last = d.asked(queue_up{"fir"}); // nobody is left in it
  d.answer(8);
  CHECK(last.take() == 8);
}

TEST_CASE("timers that fall due while a handler waits come when it is over") {
  desk d;
  d.t.send(d.who, set_mark{.after = 1s});
  d.t.send(d.who, set_mark{.period = 700ms}); // three of these are due, and come as one
  auto sum = d.asked(fetch{"oak"});
  d.t.advance(2500ms);
  CHECK(d.said->empty());
  d.answer(1);
  CHECK(sum.take() == 1);
  CHECK(*d.said == lines{"fetched oak", "fetch left", "mark 7", "mark 7"});
  d.t.advance(299ms);
  CHECK(d.said->size() == 4);
  d.t.advance(1ms);
  CHECK(d.said->size() == 5);
  CHECK(d.counts().timers_fired == 3);
}

TEST_CASE("a timer's message may have a handler that waits") {
  desk d;
  d.t.send(d.who, set_rest{});
  d.t.advance(1s);
  CHECK(d.said->empty());
  d.t.advance(1s);
  CHECK(*d.said == lines{"rested", "rest left"});
  CHECK(d.counts().timers_fired == 1);
  CHECK(d.counts().handled == 1);
}

TEST_CASE("an actor whose handler waits says how it is") {
  desk d{{}, {.health_period = 1s}};
  auto sum = d.asked(fetch{"oak"});
  d.t.advance(3s);
  CHECK(*d.said == lines{"health", "health", "health"});
  CHECK(d.t.node(d.who).health.state == alys::health_state::healthy);
  CHECK(d.t.node(d.who).awaiting == "office::fetch");
  CHECK(d.t.node(d.who).handling.empty());
  d.answer(1);
  CHECK(d.t.node(d.who).awaiting.empty());
}

TEST_CASE("an actor that finishes in the middle of a handler ends after it") {
  desk d{{.kind = alys::child_kind::transient}};
  auto sum = d.asked(finish_then_fetch{});
  CHECK(d.t.state(d.who) == lifecycle_state::stopping);
  auto late = d.asked(ask_mark{3});
  d.answer(1);
  CHECK(sum.take() == 1);
  CHECK(*d.said == lines{"fetched the last", "stopping", "gone"});
  CHECK(late.take() == errc::stopped);
}

TEST_CASE("what a handler sends after it has waited belongs to the same conversation and trace") {
  alys::testkit::bench t;
  auto papers = t.stand_in<archive>();
  const auto said = std::make_shared<lines>();
  const auto gone = t.root().child<clerk>("gone", {}, {.kind = alys::child_kind::temporary}, papers.get(), said);
  const auto who = t.child<clerk>({}, {}, papers.get(), said, gone);
  t.send(gone, go_home{});
  t.run_until_idle();
  auto message = alys::detail::make_envelope(pass_on{});
  message->header.trace.trace_id[3] = 7;
  message->header.trace.span_id[0] = 1;
  REQUIRE(alys::detail::require_process(who).push_from_outside(message) == alys::detail::admission::queued);
  t.run_until_idle();
  papers.asked<look_up>().answer(1);
  t.run_until_idle();
  const auto lost = t.seen().dead_letters();
  REQUIRE(lost.size() == 2); // before it waited, and after
  for (const auto& letter : lost) {
    CHECK(letter.header.correlation == lost[0].header.correlation);
    CHECK(letter.header.correlation != 0);
    CHECK(letter.header.trace.trace_id[3] == 7);
  }
}
