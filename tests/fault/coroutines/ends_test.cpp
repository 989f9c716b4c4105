// SPDX-License-Identifier: Apache-2.0
//
// Whatever ends a life, at whichever point its handlers wait: every frame is destroyed once and before its object, every request is answered
// once, every message is counted once, and nothing of it stays alive. And what ends nothing lets them go on.
#include "unit/coroutines/clerk.hpp"

#include <alys/testkit.hpp>

#include <catch2/catch.hpp>

#include <algorithm>

using namespace office;
using alys::action;
using alys::errc;
using alys::lifecycle_state;

namespace {

using lines = std::vector<std::string>;

// Where a handler waits.
enum class point : std::uint8_t {
  ask,
  handed_on_ask,
  nested_ask,
  second_nested_ask,
  nested_end,
  sleep,
  notified_sleep,
  timed_sleep,
  reentrant_ask,
  turnstile
};
constexpr point all_points[] = {point::ask,   point::handed_on_ask,  point::nested_ask,  point::second_nested_ask, point::nested_end,
                                point::sleep, point::notified_sleep, point::timed_sleep, point::reentrant_ask,     point::turnstile};

// What happens then.
enum class event : std::uint8_t {
  nothing,
  resume,
  restart,
  stop,
  escalate,
  breaker_opens,
  siblings_restart,
  siblings_escalation,
  deadline,
  broken_promise,
  asked_one_fails,
  shutdown_with_drain,
  shutdown_without_drain,
  destruction,
};
constexpr event all_events[] = {event::nothing,
                                event::resume,
                                event::restart,
                                event::stop,
                                event::escalate,
                                event::breaker_opens,
                                event::siblings_restart,
                                event::siblings_escalation,
                                event::deadline,
                                event::broken_promise,
                                event::asked_one_fails,
                                event::shutdown_with_drain,
                                event::shutdown_without_drain,
                                event::destruction};

constexpr alys::row resume_all[] = {{alys::category::unknown, action::resume}};
constexpr alys::row restart_all[] = {{alys::category::unknown, action::restart}};
constexpr alys::row stop_all[] = {{alys::category::unknown, action::stop}};
constexpr alys::row escalate_all[] = {{alys::category::unknown, action::escalate}};

[[nodiscard]] std::span<const alys::row> table_for(event e) {
  switch (e) {
    case event::resume: return resume_all;
    case event::stop: return stop_all;
    case event::escalate: return escalate_all;
    default: return restart_all;
  }
}
[[nodiscard]] std::span<const alys::row> table_for_sibling(event e) {
  return e == event::siblings_escalation ? std::span<const alys::row>{escalate_all} : std::span<const alys::row>{restart_all};
}
[[nodiscard]] alys::child_options options_for(event e) {
  alys::child_options options{.decisions = table_for(e), .resume_after_throw = true};
  if (e == event::breaker_opens) options.breaker = {.failures = 1, .open_for = 30s};
  return options;
}
[[nodiscard]] bool waits_for_answer(point p) { return p != point::sleep && p != point::notified_sleep && p != point::timed_sleep; }

struct office_fault {
  office_fault(point p, event e)
      : at(p),
        what(e),
        papers(t.stand_in<archive>()),
        team(t.root().supervisor("team", alys::one_for_all{})),
        who(team.child<clerk>("who", {}, options_for(e), papers.get(), said)),
        sibling(team.child<clerk>("sibling", {}, {.decisions = table_for_sibling(e)}, papers.get(), std::make_shared<lines>())) {
    t.start();
  }

  // Brings a handler to the point.
  void reach() {
    switch (at) {
      case point::ask: answer.emplace(t.ask_later(who, fetch{"oak"})); break;
      case point::handed_on_ask: answer.emplace(t.ask_later(who, relay{"oak"})); break;
      case point::nested_ask:
      case point::second_nested_ask: answer.emplace(t.ask_later(who, add_up{{"oak", "elm"}})); break;
      case point::nested_end: answer.emplace(t.ask_later(who, end_with{ending::value, true, true})); break;
      case point::sleep: stamped.emplace(t.ask_later(who, stamp{})); break;
      case point::notified_sleep: t.send(who, rest{1s}); break;
      case point::timed_sleep:
        t.send(who, set_rest{});
        t.advance(1s);
        break;
      case point::reentrant_ask:
        answer.emplace(t.ask_later(who, browse{"oak"}));
        other.emplace(t.ask_later(who, browse{"elm"}));
        break;
      case point::turnstile:
        answer.emplace(t.ask_later(who, queue_up{"oak"}));
        other.emplace(t.ask_later(who, queue_up{"elm"}));
        break;
    }
    t.run_until_idle();
    if (at == point::second_nested_ask) reply(1);
    REQUIRE_FALSE(over());
    REQUIRE(token::alive > 0);
  }
  [[nodiscard]] bool two() const { return at == point::reentrant_ask || at == point::turnstile; }
  void reply(int with) {
    papers.asked<look_up>().answer(with);
    t.run_until_idle();
  }
  // Lets it go on to its end.
  void complete() {
    if (!waits_for_answer(at)) return t.advance(1s);
    reply(1);
    if (at == point::nested_ask || two()) reply(1);
  }
  [[nodiscard]] bool over() const {
    if (answer && answer->arrived()) return true;
    if (stamped && stamped->arrived()) return true;
    return std::find(said->begin(), said->end(), "rest left") != said->end();
  }
  void fault(const alys::ref<clerk>& whom) {
    REQUIRE(t.system().inject_fault(whom.path(), alys::injected_fault::exception));
    t.run_until_idle();
  }
  // What its askers hear in the end; no error where there is none.
  void expect(alys::code why) {
    for (auto* each : {&answer, &other}) {
      if (!*each) continue;
      REQUIRE((*each)->arrived());
      const auto got = (*each)->take();
      if (why) CHECK(got == why);
      else CHECK(got.has_value());
    }
    if (!stamped) return;
    REQUIRE(stamped->arrived());
    const auto got = stamped->take();
    if (why) CHECK(got == why);
    else CHECK(got.has_value());
  }
  [[nodiscard]] std::size_t interrupted() { return t.seen().dead_letters(alys::dead_letter_cause::interrupted); }
  void expect_cut(alys::code why, std::uint32_t life) {
    expect(why);
    const bool nobody_to_answer = at == point::notified_sleep || at == point::timed_sleep;
    CHECK(interrupted() == (nobody_to_answer ? 1u : 0u));
    // The frames went before the object that they worked on.
    const auto gone = std::find(said->begin(), said->end(), "gone");
    REQUIRE(gone != said->end());
    CHECK(std::find_if(gone, said->end(), [](const std::string& l) { return l.find("left") != std::string::npos; }) == said->end());
    if (at != point::sleep)
      CHECK(std::any_of(said->begin(), gone, [](const std::string& l) { return l.find("left") != std::string::npos; }));
    const auto counts = t.node(who).messages;
    CHECK(counts.handled == (at == point::timed_sleep ? 1u : 0u)); // the order to set the timer
    CHECK(counts.undelivered == (two() ? 2u : at == point::timed_sleep ? 0u : 1u));
    if (life == 0) return;
    CHECK(t.incarnation(who) == life);
    CHECK(t.ask(who, ask_mark{3}) == 3);                         // nothing holds the new life up
    if (waits_for_answer(at)) papers.asked<look_up>().answer(1); // comes for nobody
    t.advance(2s);
    CHECK(std::count(said->begin(), said->end(), "gone") == 1);
  }

  point at;
  event what;
  journal said = std::make_shared<lines>();
  alys::testkit::bench t;
  alys::testkit::probe<archive> papers;
  alys::supervisor_spec& team;
  alys::ref<clerk> who;
  alys::ref<clerk> sibling;
  std::optional<alys::testkit::pending_answer<int>> answer;
  std::optional<alys::testkit::pending_answer<int>> other;
  std::optional<alys::testkit::pending_answer<void>> stamped;
};

void happens(office_fault& f) {
  const bool asked = waits_for_answer(f.at);
  switch (f.what) {
    case event::nothing: f.complete(); return f.expect({});
    case event::resume:
      f.fault(f.who);
      REQUIRE(f.t.seen().decisions_about(f.who.path()) == std::vector{action::resume});
      CHECK_FALSE(f.over());
      f.complete();
      CHECK(f.t.incarnation(f.who) == 1);
      return f.expect({});
    case event::restart: f.fault(f.who); return f.expect_cut(errc::restarted, 2);
    case event::stop:
      f.fault(f.who);
      CHECK(f.t.state(f.who) == lifecycle_state::terminated);
      return f.expect_cut(errc::stopped, 0);
    case event::escalate: f.fault(f.who); return f.expect_cut(errc::restarted, 2);
    case event::breaker_opens:
      f.fault(f.who);
      f.expect_cut(errc::restarted, 0);
      CHECK(f.t.ask(f.who, ask_mark{3}) == errc::breaker_open);
      if (asked) f.papers.asked<look_up>().answer(1); // comes for nobody
      f.t.advance(30s);
      CHECK(f.t.incarnation(f.who) == 2);
      CHECK(f.t.ask(f.who, ask_mark{3}) == 3);
      CHECK(std::count(f.said->begin(), f.said->end(), "gone") == 1);
      return;
    case event::siblings_restart:
    case event::siblings_escalation:
      f.fault(f.sibling);
      CHECK(f.t.incarnation(f.sibling) == 2);
      return f.expect_cut(errc::restarted, 2);
    case event::deadline:
      if (!asked) return;
      f.t.advance(f.at == point::turnstile ? 20s : 10s);
      CHECK(f.t.incarnation(f.who) == 1);
      CHECK(f.interrupted() == 0);
      return f.expect(errc::deadline);
    case event::broken_promise:
      if (!asked) return;
      (void)f.papers.expect<look_up>();
      if (f.at == point::turnstile) f.t.run_until_idle();
      if (f.two()) (void)f.papers.expect<look_up>();
      f.t.run_until_idle();
      return f.expect(errc::broken_promise);
    case event::asked_one_fails:
      if (!asked) return;
      for (int i = f.at == point::turnstile ? 2 : 1; i > 0; --i) {
        REQUIRE(f.t.system().inject_fault(f.papers.get().path(), alys::injected_fault::exception));
        f.t.run_until_idle();
      }
      CHECK(f.t.incarnation(f.who) == 1);
      return f.expect(errc::restarted);
    case event::shutdown_with_drain: // what is under way comes to its end
      CHECK(f.t.shutdown({.deadline = 60s, .drain = 30s}).in_time);
      return f.expect(asked ? alys::code{errc::deadline} : alys::code{});
    case event::shutdown_without_drain: {
      const auto before = f.t.now();
      const auto report = f.t.shutdown({.deadline = 30s, .drain = 0ms});
      CHECK(report.in_time);
      // The call in hand has as long as stopping() would; a sleep of 1 s comes to its end within that, an answer in 10 s does not.
      const bool in_hand = !f.two();
      CHECK(f.t.now() - before == (!in_hand ? 0s : asked ? 5s : 1s));
      if (in_hand && !asked) return f.expect({});
      return f.expect_cut(errc::stopped, 0);
    }
    case event::destruction: return;
  }
}

} // namespace

TEST_CASE("every end at every point at which a handler waits") {
  for (const point p : all_points) {
    for (const event e : all_events) {
      CAPTURE(static_cast<int>(p), static_cast<int>(e));
      {
        std::optional<alys::testkit::pending_answer<int>> kept;
        {
          office_fault f{p, e};
          f.reach();
          happens(f);
          if (e == event::destruction) kept = f.answer;
        }
        if (kept) CHECK(kept->take().error().undelivered());
      }
      CHECK(token::alive == 0);
    }
  }
}
