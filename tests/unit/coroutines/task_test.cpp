// SPDX-License-Identifier: Apache-2.0
//
// What a handler that is a coroutine answers, and what it leaves behind.
#include "unit/coroutines/desk.hpp"

using namespace office;
using alys::errc;

TEST_CASE("a handler waits for an answer and goes on in the next line") {
  desk d;
  auto sum = d.asked(fetch{"oak"});
  CHECK_FALSE(sum.arrived());
  CHECK(d.said->empty());
  d.answer(5);
  CHECK(sum.take() == 5);
  CHECK(*d.said == lines{"fetched oak", "fetch left"});
  CHECK(d.t.node(d.who).messages.handled == 1);
}

TEST_CASE("a handler hears the error of an answer as a value") {
  desk d;
  auto sum = d.asked(fetch{"oak"});
  d.answer(alys::refuse(denied::not_today));
  CHECK(sum.take() == denied::not_today);
  CHECK(d.t.node(d.who).messages.refused == 1);
}

TEST_CASE("a failure that a handler returns as its own fails its actor") {
  desk d;
  auto sum = d.asked(fetch{"oak"});
  d.answer(alys::fail(alys::category::resource, "no shelf"));
  CHECK(sum.take().error().failed());
  CHECK(d.t.restarts(d.who) == 1);
  CHECK(d.t.node(d.who).messages.failed == 1);
}

TEST_CASE("an error that is handed on is an answer and no failure") {
  for (const alys::error& met : {alys::refuse(denied::not_today), alys::fail(alys::category::resource, "no shelf")}) {
    desk d;
    auto sum = d.asked(relay{"oak"});
    d.answer(met);
    const auto got = sum.take();
    CHECK(got.error().kind() == met.kind());
    CHECK(got.error().text() == met.text());
    CHECK(d.t.restarts(d.who) == 0);
    CHECK(*d.said == lines{"relay left"});
    CHECK(d.t.node(d.who).messages.refused == 1);
  }
}

TEST_CASE("a nested task gives its value and what it hands on ends the handler too") {
  desk d;
  auto sum = d.asked(add_up{{"oak", "elm", "ash"}});
  d.answer(1);
  d.answer(2);
  d.answer(4);
  CHECK(sum.take() == 7);
  CHECK(*d.said == lines{"value left", "value left", "value left", "sum left"});
  d.said->clear();
  sum = d.asked(add_up{{"oak", "elm", "ash"}});
  d.answer(1);
  d.answer(alys::refuse(denied::not_today));
  CHECK(sum.take() == denied::not_today);
  CHECK(*d.said == lines{"value left", "value left", "sum left"});
  CHECK(d.t.restarts(d.who) == 0);
}

TEST_CASE("every end of a handler before and after it has waited and in a task of its own") {
  const bool after = GENERATE(false, true);
  const bool nested = GENERATE(false, true);
  const ending how = GENERATE(ending::value, ending::refusal, ending::failure, ending::exception);
  CAPTURE(after, nested, static_cast<int>(how));
  {
    desk d;
    auto got = d.asked(end_with{how, after, nested});
    if (after) d.answer(0);
    REQUIRE(got.arrived());
    const auto r = got.take();
    CHECK(r.has_value() == (how == ending::value));
    CHECK(r.error().refused() == (how == ending::refusal));
    CHECK(r.error().failed() == (how == ending::failure || how == ending::exception));
    if (how == ending::exception) CHECK(r.error().text() == "the desk broke");
    CHECK(d.t.restarts(d.who) == (r.error().failed() ? 1u : 0u));
    CHECK(d.t.ask(d.who, ask_mark{3}) == 3);
    const auto m = d.t.node(d.who).messages;
    CHECK(m.handled == (how == ending::value ? 2u : 1u));
    CHECK(m.refused == (how == ending::refusal ? 1u : 0u));
    CHECK(m.failed == (r.error().failed() ? 1u : 0u));
  }
  CHECK(token::alive == 0);
}

TEST_CASE("the frame is gone before its answer is there") {
  desk d;
  lines at_answer;
  struct box final : alys::detail::reply_port {
    box(desk& from, lines& to) : d(from), seen(to) {}
    void deliver(alys::detail::reply_ptr) noexcept override { seen = *d.said; }
    desk& d;
    lines& seen;
  };
  auto question = alys::detail::make_envelope(fetch{"oak"});
  question->reply = {std::make_shared<box>(d, at_answer), {}};
  d.t.start();
  alys::detail::send_envelope(alys::detail::require_process(d.who), std::move(question));
  d.t.run_until_idle();
  d.answer(1);
  CHECK(at_answer == lines{"fetched oak", "fetch left"});
}

TEST_CASE("a sleep lasts as long as it should") {
  desk d;
  d.t.send(d.who, rest{1500ms});
  d.t.advance(1499ms);
  CHECK(d.said->empty());
  d.t.advance(1ms);
  CHECK(*d.said == lines{"rested", "rest left"});
  CHECK(d.t.node(d.who).messages.handled == 1);
  d.t.send(d.who, rest{0ns});
  d.t.run_until_idle();
  CHECK(d.t.node(d.who).messages.handled == 2);
}

TEST_CASE("a task without a value may refuse") {
  desk d;
  CHECK(d.t.ask(d.who, stamp{false}, 2s));
  CHECK(d.t.ask(d.who, stamp{true}, 2s) == denied::not_today);
}

TEST_CASE("the deadline of an ask that a handler awaits passes as always") {
  desk d;
  auto own = d.asked(fetch{"oak"});
  auto passed_on = d.asked(relay{"elm"});
  d.t.advance(10s);
  CHECK(own.take() == errc::deadline);
  d.t.advance(10s);
  CHECK(passed_on.take() == errc::deadline);
  CHECK(d.t.restarts(d.who) == 0);
  CHECK(*d.said == lines{"fetched oak", "fetch left", "relay left"});
  d.answer(1); // too late
  CHECK(d.t.seen().dead_letters(alys::dead_letter_cause::late_answer) == 1);
}

TEST_CASE("a broken promise is an error of the ask") {
  desk d;
  auto sum = d.asked(relay{"oak"});
  (void)d.papers->expect<look_up>();
  d.t.run_until_idle();
  CHECK(sum.take() == errc::broken_promise);
}

TEST_CASE("a long loop costs no stack") {
  desk d;
  auto sum = d.asked(add_up{lines(20'000, "oak")});
  d.papers->answers<look_up>([](const look_up&) { return 1; });
  d.answer(1);
  CHECK(sum.take() == 20'000);
}
