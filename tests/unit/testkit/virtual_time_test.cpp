// SPDX-License-Identifier: Apache-2.0
//
// Everything that has to do with time, to the millisecond and without waiting for it.
#include <alys/testkit.hpp>

#include <catch2/catch.hpp>

using namespace std::chrono_literals;
using alys::lifecycle_state;
using alys::testkit::bench;
using alys::testkit::bench_options;

namespace {

struct hello {
  using reply = int;
};
struct tick {};
struct start_ticking {
  std::chrono::nanoseconds period{};
  bool once = false;
};
ALYS_MESSAGE(hello)
ALYS_MESSAGE(tick)
ALYS_MESSAGE(start_ticking, period, once)

class clockwork final : public alys::actor<clockwork> {
public:
  using messages = alys::accepts<hello, tick, start_ticking>;
  explicit clockwork(std::vector<std::chrono::nanoseconds>& ticks) : ticks_(&ticks) {}
  int handle(const hello&) { return static_cast<int>(incarnation()); }
  void handle(const tick&) { ticks_->push_back(now()); }
  void handle(const start_ticking& s) {
    if (s.once) after(s.period, tick{});
    else every(s.period, tick{});
  }

private:
  std::vector<std::chrono::nanoseconds>* ticks_;
};

struct question {
  using reply = int;
  std::chrono::milliseconds within{};
};
ALYS_MESSAGE(question, within)

class asker final : public alys::actor<asker> {
public:
  using messages = alys::accepts<question>;
  using asks = alys::to<hello>;
  explicit asker(alys::ref_to<hello> to) : to_(std::move(to)) {}
  alys::promise<int> handle(const question& q) {
    alys::promise<int> answer;
    auto asked = ask(to_, hello{}, q.within);
    asked.then([answer](alys::result<int> r) { answer.deliver(std::move(r)); });
    return answer;
  }

private:
  alys::ref_to<hello> to_;
};

// Its initialize() and stopping() never answer.
class never_ready final : public alys::actor<never_ready> {
public:
  using messages = alys::accepts<hello>;
  never_ready(std::uint32_t from, bool at_the_end) : from_(from), at_the_end_(at_the_end) {}
  int handle(const hello&) { return 1; }
  alys::promise<void> initialize() {
    if (incarnation() >= from_) return open_;
    alys::promise<void> done;
    done.deliver();
    return done;
  }
  alys::promise<void> stopping() {
    if (at_the_end_) return open_;
    alys::promise<void> done;
    done.deliver();
    return done;
  }

private:
  std::uint32_t from_;
  bool at_the_end_;
  alys::promise<void> open_;
};

// Leaves as soon as it is greeted, and its stopping() never answers.
class slow_leaver final : public alys::actor<slow_leaver> {
public:
  using messages = alys::accepts<hello>;
  int handle(const hello&) {
    finish();
    return 1;
  }
  alys::promise<void> stopping() { return open_; }

private:
  alys::promise<void> open_;
};

constexpr alys::backoff doubling{.initial = 1s, .cap = 60s, .multiplier = 2.0, .jitter = alys::jitter::none};

class restless final : public alys::actor<restless> {
public:
  using messages = alys::accepts<tick>;
  explicit restless(std::uint64_t* fired) : fired_(fired) {}
  void started() { after(0ns, tick{}); }
  void handle(const tick&) {
    ++*fired_;
    after(0ns, tick{});
  }

private:
  std::uint64_t* fired_;
};

} // namespace

TEST_CASE("five restarts with exponential backoff take 31 seconds to the millisecond") {
  bench t{bench_options{.how = alys::one_for_one{.restarts = 10, .within = 60s}}};
  std::vector<std::chrono::nanoseconds> ticks;
  const auto c = t.child<clockwork>({}, {.restart = doubling}, std::ref(ticks));
  std::vector<std::chrono::nanoseconds> restarted;
  for (const auto delay : {1s, 2s, 4s, 8s, 16s}) {
    t.fail_next(c);
    CHECK(t.ask(c, hello{}).error().failed());
    t.advance(delay - 1ms);
    CHECK(t.state(c) == lifecycle_state::failed);
    CHECK(t.ask(c, hello{}) == alys::errc::deadline);
    t.advance(1ms);
    CHECK(t.state(c) == lifecycle_state::running);
    restarted.push_back(t.now());
  }
  CHECK(restarted == std::vector<std::chrono::nanoseconds>{1s, 3s, 7s, 15s, 31s});
  CHECK(t.restarts(c) == 5);
}

TEST_CASE("a healthy period ends the streak of a backoff") {
  bench t{bench_options{.how = alys::one_for_one{.restarts = 10, .within = 60s}}};
  std::vector<std::chrono::nanoseconds> ticks;
  const auto c = t.child<clockwork>({}, {.restart = doubling}, std::ref(ticks));
  const auto time_to_come_back = [&] {
    t.fail_next(c);
    CHECK(t.ask(c, hello{}).error().failed());
    const auto failed_at = t.now();
    CHECK(t.run_until([&] { return t.state(c) == lifecycle_state::running; }, 1min));
    return t.now() - failed_at;
  };
  CHECK(time_to_come_back() == 1s);
  CHECK(time_to_come_back() == 2s);
  t.advance(10s); // healthy_after
  CHECK(time_to_come_back() == 1s);
}

TEST_CASE("the time that a child needs to stop by itself does not make its life a healthy one") {
  bench t{bench_options{.how = alys::one_for_one{.restarts = 10, .within = 10min}}};
  const auto c = t.child<slow_leaver>({}, {.restart = doubling, .stop_within = 15s}); // more than healthy_after
  for (const auto delay : {1s, 2s, 4s}) {
    CHECK(t.ask(c, hello{}) == 1);
    t.advance(15s + delay - 1ms);
    CHECK(t.state(c) == lifecycle_state::failed);
    t.advance(1ms);
    CHECK(t.state(c) == lifecycle_state::running);
  }
}

TEST_CASE("restarts count against the budget for as long as its window and no longer") {
  bench t{bench_options{.how = alys::one_for_one{.restarts = 1, .within = 10s}}};
  std::vector<std::chrono::nanoseconds> ticks;
  const auto c = t.child<clockwork>({}, {}, std::ref(ticks));
  const auto fail = [&] {
    t.fail_next(c);
    CHECK(t.ask(c, hello{}).error().failed());
  };
  fail();
  t.advance(10s + 1ms);
  fail();
  CHECK(t.state(c) == lifecycle_state::running);
  t.advance(9s);
  fail();
  CHECK(t.system().wait_for(1s) == alys::end_reason::budget_exhausted);
}

TEST_CASE("a supervisor that was restarted has its whole budget again") {
  bench t;
  std::vector<std::chrono::nanoseconds> ticks;
  auto& below = t.root().supervisor("below", alys::one_for_one{.restarts = 1, .within = 10s});
  const auto c = below.child<clockwork>("c", {}, {}, std::ref(ticks));
  const auto restarts_of_below = [&] { return find(t.tree(), "/bench/below")->restarts; };
  const auto fail = [&] {
    t.fail_next(c);
    CHECK(t.ask(c, hello{}).error().failed());
  };
  fail();
  CHECK(restarts_of_below() == 0);
  fail();
  CHECK(restarts_of_below() == 1);
  fail();
  CHECK(restarts_of_below() == 1);
  CHECK(t.state(c) == lifecycle_state::running);
  fail();
  CHECK(restarts_of_below() == 2);
}

TEST_CASE("an ask ends at its deadline and not before") {
  bench t;
  std::vector<std::chrono::nanoseconds> ticks;
  const auto c = t.child<clockwork>({}, {.restart = doubling}, std::ref(ticks));
  const auto a = t.child<asker>({}, {}, c);
  t.fail_next(c);
  CHECK(t.ask(c, hello{}).error().failed()); // away for 1 s now
  CHECK(t.ask(a, question{300ms}, 10s) == alys::errc::deadline);
  CHECK(t.now() == 300ms);
  CHECK(t.ask(a, question{701ms}, 10s) == 2); // back at 1 s
  CHECK(t.now() == 1s);
}

TEST_CASE("an answer that comes after the deadline is a dead letter") {
  bench t;
  std::vector<std::chrono::nanoseconds> ticks;
  const auto c = t.child<clockwork>({}, {.restart = doubling}, std::ref(ticks));
  const auto a = t.child<asker>({}, {}, c);
  t.fail_next(c);
  CHECK(t.ask(c, hello{}).error().failed());
  CHECK(t.ask(a, question{300ms}, 10s) == alys::errc::deadline);
  CHECK(t.seen().dead_letters(alys::dead_letter_cause::late_answer) == 0);
  t.advance(700ms);
  CHECK(t.seen().dead_letters(alys::dead_letter_cause::late_answer) == 1);
}

TEST_CASE("a periodic timer fires at each of its instants") {
  bench t;
  std::vector<std::chrono::nanoseconds> ticks;
  const auto c = t.child<clockwork>({}, {}, std::ref(ticks));
  t.send(c, start_ticking{250ms});
  t.advance(999ms);
  CHECK(ticks == std::vector<std::chrono::nanoseconds>{250ms, 500ms, 750ms});
  t.advance(1ms);
  CHECK(ticks.size() == 4);
}

TEST_CASE("a handler that sets a timer without delay again and again gives up its turn") {
  std::uint64_t fired = 0;
  bench t;
  const auto a = t.child<restless>({}, {}, &fired);
  t.start();
  CHECK(fired < 10);
  CHECK(t.run_until([&] { return fired >= 100; }));
  CHECK(t.shutdown().in_time);
}

TEST_CASE("a timer ends with its incarnation") {
  bench t;
  std::vector<std::chrono::nanoseconds> ticks;
  const auto c = t.child<clockwork>({}, {}, std::ref(ticks));
  t.send(c, start_ticking{1s});
  t.send(c, start_ticking{2s, true});
  t.advance(1s);
  t.fail_next(c);
  CHECK(t.ask(c, hello{}).error().failed());
  t.advance(10s);
  CHECK(ticks == std::vector<std::chrono::nanoseconds>{1s});
  CHECK(t.node(c).messages.timers_dropped == 2);
}

TEST_CASE("a slow handler misses expiries of its periodic timer and catches up with one") {
  bench t;
  std::vector<std::chrono::nanoseconds> ticks;
  const auto c = t.child<clockwork>({}, {}, std::ref(ticks));
  t.send(c, start_ticking{1s});
  t.run_until_idle();
  t.inject<hello>(c, {.effect = alys::testkit::takes{3500ms}});
  CHECK(t.ask(c, hello{}, 10s) == 1);
  CHECK(t.now() == 3500ms);
  t.advance(500ms);
  CHECK(ticks == std::vector<std::chrono::nanoseconds>{3500ms, 4s});
}

TEST_CASE("an initialize() that never answers fails the start at its deadline") {
  bench t;
  (void)t.child<never_ready>({}, {.initialize_within = 2s}, 1u, false);
  try {
    t.start();
    FAIL("the tree started");
  } catch (const alys::start_error& e) {
    CHECK(std::string{e.what()}.find("initialize() did not finish within 2000 ms") != std::string::npos);
  }
}

TEST_CASE("an initialize() that never answers in a later life is a failure at its deadline") {
  bench t{bench_options{.how = alys::one_for_one{.restarts = 2, .within = 60s}}};
  const auto c = t.child<never_ready>({}, {.initialize_within = 2s}, 2u, false);
  t.fail_next(c);
  CHECK(t.ask(c, hello{}).error().failed());
  CHECK(t.state(c) == lifecycle_state::initializing);
  t.advance(1999ms);
  CHECK(t.incarnation(c) == 2);
  t.advance(1ms);
  CHECK(t.incarnation(c) == 3);
  CHECK(t.node(c).failures.back().what == alys::errc::hook_timeout);
  t.advance(2s); // and that was one restart too many
  CHECK(t.system().wait_for(0s) == alys::end_reason::budget_exhausted);
}

TEST_CASE("a stopping() that never answers is given up at its deadline") {
  bench t;
  const auto c = t.child<never_ready>({}, {.stop_within = 3s}, 9u, true);
  t.start();
  const auto report = t.shutdown();
  CHECK(report.in_time);
  CHECK(report.took == 3s);
  CHECK(t.state(c) == lifecycle_state::terminated);
}

TEST_CASE("a handler that outlasts a shutdown is named with its message and how long it has run") {
  bench t;
  std::vector<std::chrono::nanoseconds> ticks;
  const auto c = t.child<clockwork>({}, {}, std::ref(ticks));
  t.inject(c, {.effect = alys::testkit::takes{1h}});
  t.send(c, hello{});
  t.advance(1s);
  const auto report = t.shutdown({.deadline = 5s, .drain = 1s});
  CHECK_FALSE(report.in_time);
  CHECK(report.took <= 5s);
  REQUIRE(report.blockers.size() == 2);
  CHECK(report.blockers.front().phase == alys::shutdown_phase::drain);
  CHECK(report.blockers.back().path == c.path());
  CHECK(report.blockers.back().handling.find("hello") != std::string::npos);
  CHECK(report.blockers.back().busy_for >= 2s);
}

TEST_CASE("health is asked for at its period") {
  bench t{bench_options{.health_period = 30s}};
  std::vector<std::chrono::nanoseconds> ticks;
  const auto c = t.child<clockwork>({}, {}, std::ref(ticks));
  t.inject(c, {.effect = alys::testkit::takes{5min}});
  t.send(c, hello{});
  t.advance(1min);
  CHECK(t.node(c).health.state == alys::health_state::healthy);
  t.advance(1ms); // two periods without an answer
  CHECK(t.node(c).health.state == alys::health_state::unhealthy);
  CHECK_FALSE(t.system().ready());
  t.advance(5min);
  CHECK(t.system().ready());
}
