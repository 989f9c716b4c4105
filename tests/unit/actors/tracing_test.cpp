// SPDX-License-Identifier: Apache-2.0
//
// Spans: which work makes one, who is whose parent, when it ends and how it came out. In virtual time, by the real cells.
#include "traced_shop.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace std::chrono_literals;
using namespace tracing_test;

TEST_CASE("a request is a span and what follows from it are spans below") {
  traced_shop s;
  REQUIRE(s.t.ask(s.front, price{5}) == 5);
  REQUIRE(s.seen->all().size() == 3);
  const auto top = s.seen->one("price");
  const auto below = s.seen->one("look_up");
  const auto told = s.seen->one("note");
  CHECK(first(top));
  CHECK(child_of(below, top));
  CHECK(child_of(told, top)); // sent when the answer came
  CHECK(top.name == "tracing_test::price");
  CHECK(top.actor == "/bench/shop");
  CHECK(top.incarnation == 1);
  CHECK(top.kind == alys::span_kind::internal);
  CHECK(top.outcome == alys::span_outcome::handled);
  CHECK(top.context.sampled());
  CHECK_FALSE(top.failure);
  CHECK(top.start <= below.start);
  CHECK(below.end <= top.end);
  REQUIRE(top.events.size() == 1);
  CHECK(top.events[0].name == "looked up");
  CHECK(top.events[0].attributes == std::vector<alys::span_attribute>{{"found", true}});
  CHECK(s.tracer().counts().started == s.tracer().counts().ended);
}

TEST_CASE("two messages from outside are two traces") {
  traced_shop s;
  REQUIRE(s.t.ask(s.inside, look_up{1}));
  REQUIRE(s.t.ask(s.inside, look_up{1}));
  const auto both = s.seen->named("look_up");
  REQUIRE(both.size() == 2);
  CHECK(both[0].context.trace_id != both[1].context.trace_id);
  CHECK((first(both[0]) && first(both[1])));
}

TEST_CASE("a refusal and a failure say so with their code") {
  traced_shop s;
  CHECK(s.t.ask(s.inside, look_up{0}) == denied::unknown_item);
  CHECK(s.seen->one("look_up").outcome == alys::span_outcome::refused);
  CHECK(s.seen->one("look_up").failure == denied::unknown_item);
  s.seen->clear();
  CHECK(s.t.ask(s.inside, look_up{-1}).error().failed());
  CHECK(s.seen->one("look_up").outcome == alys::span_outcome::failed);
  CHECK(s.seen->one("look_up").failure.category() == alys::category::network);
}

TEST_CASE("a failure of a message that nobody asked is a failed span") {
  traced_shop s;
  send(s.inside, look_up{-1});
  s.t.run_until_idle();
  CHECK(s.seen->one("look_up").outcome == alys::span_outcome::failed);
  s.seen->clear();
  send(s.inside, look_up{0});
  s.t.run_until_idle();
  CHECK(s.seen->one("look_up").outcome == alys::span_outcome::refused);
  CHECK(s.seen->one("look_up").failure == denied::unknown_item);
}

TEST_CASE("the span of a promise ends when it is kept") {
  traced_shop s;
  REQUIRE(s.t.ask(s.front, later{250ms}, 1s) == 7);
  const auto asked = s.seen->one("later");
  CHECK(asked.end - asked.start == 250ms);
  CHECK(asked.outcome == alys::span_outcome::handled);
  CHECK(child_of(s.seen->one("note"), asked)); // the timer's message
}

TEST_CASE("the span of a promise whose actor restarts ends undelivered") {
  traced_shop s;
  const auto waiting = s.t.ask_later(s.front, later{250ms});
  s.t.run_until_idle();
  CHECK(s.seen->named("later").empty());
  REQUIRE(s.t.system().inject_fault("/bench/shop"));
  s.t.run_until_idle();
  CHECK(s.seen->one("later").outcome == alys::span_outcome::undelivered);
  CHECK(s.seen->one("later").failure == alys::errc::restarted);
}

TEST_CASE("a timer follows the trace that set it and one that sets itself again begins another") {
  traced_shop s;
  send(s.front, remind{1s});
  s.t.advance(10s);
  const auto expired = s.seen->named("again");
  REQUIRE(expired.size() == 3);
  CHECK(child_of(expired[0], s.seen->one("remind")));
  CHECK(first(expired[1]));
  CHECK(first(expired[2]));
  CHECK_FALSE(expired[0].queue_wait);
}

TEST_CASE("each expiry of a repeated timer is a trace of its own") {
  traced_shop s;
  send(s.front, ticking{1s});
  s.t.advance(3s);
  const auto expired = s.seen->named("tick");
  REQUIRE(expired.size() == 3);
  for (const auto& e : expired) CHECK(first(e));
  CHECK(expired[0].context.trace_id != expired[1].context.trace_id);
}

TEST_CASE("a restart belongs to the trace that failed and links to the span that did") {
  traced_shop s;
  CHECK(s.t.ask(s.inside, look_up{-1}).error().failed());
  s.t.run_until_idle();
  const auto failed = s.seen->one("look_up");
  const auto restart = s.seen->one("restart");
  CHECK(child_of(restart, failed));
  REQUIRE(restart.links.size() == 1);
  CHECK(restart.links[0].to == failed.context);
  CHECK(restart.actor == "/bench/store");
  CHECK(failed.incarnation == 1);
  CHECK(restart.incarnation == 2);
  CHECK(restart.outcome == alys::span_outcome::handled);
  const auto tree = s.t.system().tree();
  const auto* slot = find(tree, "/bench/store");
  REQUIRE(slot != nullptr);
  CHECK(slot->failures.back().trace == failed.context);
}

TEST_CASE("a failure while an answer is handled fails the span that asked") {
  const auto seen = std::make_shared<spans>();
  alys::testkit::bench t({.tracing = {.sink = seen}});
  const auto inside = t.child<store>();
  const auto outside = t.child<asker>({}, {}, inside);
  send(outside, again{});
  t.run_until_idle();
  REQUIRE(seen->one("restart").links.size() == 1);
  CHECK(seen->one("restart").links[0].to == seen->one("again").context);
}

TEST_CASE("siblings that are restarted along and a subtree after an escalation belong to the trace that failed") {
  const auto seen = std::make_shared<spans>();
  alys::supervisor_spec root{"root", alys::one_for_one{}};
  auto& group = root.supervisor("group", alys::rest_for_one{.restarts = 1, .within = 60s});
  const auto first_of_two = group.child<store>("first");
  (void)group.child<shop>("second", {}, {}, first_of_two);
  alys::testkit::bench t(std::move(root), {.tracing = {.sink = seen}});
  CHECK(t.ask(first_of_two, look_up{-1}).error().failed());
  t.run_until_idle();
  const auto restarts_of = [&](const alys::span_data& failed) {
    std::set<std::string> found;
    for (const auto& r : seen->named("restart")) {
      CHECK(child_of(r, failed));
      REQUIRE(r.links.size() == 1);
      CHECK(r.links[0].to == failed.context);
      found.insert(r.actor);
    }
    return found;
  };
  const std::set<std::string> both{"/root/group/first", "/root/group/second"};
  CHECK(restarts_of(seen->one("look_up")) == both);
  seen->clear();
  CHECK(t.ask(first_of_two, look_up{-1}).error().failed()); // more than the group may restart
  t.run_until_idle();
  CHECK(t.restarts(first_of_two) >= 1);
  CHECK(restarts_of(seen->one("look_up")) == both);
  seen->clear();
  REQUIRE(t.system().inject_fault("/root/group/second")); // by somebody who is not traced: nothing stays of the other trace
  t.run_until_idle();
  CHECK(restarts_of(seen->one("an injected fault")) == std::set<std::string>{"/root/group/second"});
}

TEST_CASE("the first life of a slot begins a trace") {
  const auto seen = std::make_shared<spans>();
  alys::testkit::bench t({.tracing = {.sink = seen}});
  (void)t.child<store>();
  (void)t.system();
  const auto began = seen->one("initialize");
  CHECK(first(began));
  CHECK(began.links.empty());
  CHECK(began.actor == "/bench/store");
}

TEST_CASE("queue wait is the time between sending and handling") {
  traced_shop s;
  const auto span = s.tracer().start("outside");
  const alys::trace_scope inside{span};
  s.t.advance(1s); // an instant of 0 says that there is none
  s.t.inject(s.inside, {.effect = alys::testkit::takes{30ms}});
  send(s.inside, note{1});
  send(s.inside, note{2});
  s.t.advance(30ms);
  const auto notes = s.seen->named("note");
  REQUIRE(notes.size() == 2);
  CHECK(notes[0].queue_wait == 0ms);
  CHECK(notes[1].queue_wait == 30ms);
}

TEST_CASE("the span of a request whose answer is lost ends with it") {
  traced_shop s;
  s.t.inject(s.inside, {.effect = alys::testkit::loses_reply{}});
  CHECK(s.t.ask(s.inside, look_up{3}, 1s) == alys::errc::deadline);
  CHECK(s.seen->one("look_up").outcome == alys::span_outcome::none);
}
