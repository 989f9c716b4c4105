// SPDX-License-Identifier: Apache-2.0
//
// What seeded runs have found, each as the smallest test that shows it.
#include <alys/testkit.hpp>

#include <catch2/catch.hpp>

using namespace std::chrono_literals;
using alys::testkit::bench;
using alys::testkit::bench_options;

namespace {

struct question {
  using reply = int;
};
struct forward {
  using reply = int;
};
ALYS_MESSAGE(question)
ALYS_MESSAGE(forward)

class oracle final : public alys::actor<oracle> {
public:
  using messages = alys::accepts<question>;
  int handle(const question&) { return 42; }
};

// Asks the oracle, with patience.
class pilgrim final : public alys::actor<pilgrim> {
public:
  using messages = alys::accepts<forward>;
  using asks = alys::to<oracle>;
  explicit pilgrim(alys::ref<oracle> to) : to_(std::move(to)) {}
  alys::promise<int> handle(const forward&) {
    alys::promise<int> answer;
    auto asked = ask(to_, question{}, 1h);
    asked.then([answer](alys::result<int> r) { answer.deliver(std::move(r)); });
    return answer;
  }

private:
  alys::ref<oracle> to_;
};

// Says only later that it is initialized.
class slow_starter final : public alys::actor<slow_starter> {
public:
  using messages = alys::accepts<question>;
  explicit slow_starter(std::vector<alys::promise<void>>& starts) : starts_(&starts) {}
  int handle(const question&) { return static_cast<int>(incarnation()); }
  alys::promise<void> initialize() {
    starts_->emplace_back();
    if (incarnation() == 1) starts_->back().deliver();
    return starts_->back();
  }

private:
  std::vector<alys::promise<void>>* starts_;
};

// Ends itself when asked to, and never says that it has stopped.
class slow_finisher final : public alys::actor<slow_finisher> {
public:
  using messages = alys::accepts<question, forward>;
  explicit slow_finisher(std::vector<alys::promise<void>>& ends) : ends_(&ends) {}
  int handle(const question&) { return static_cast<int>(incarnation()); }
  int handle(const forward&) {
    finish();
    return 0;
  }
  alys::promise<void> stopping() { return ends_->emplace_back(); }

private:
  std::vector<alys::promise<void>>* ends_;
};

// Sets the first question aside, after a wait or without one, and takes it back for the second one.
class ponderer final : public alys::actor<ponderer> {
public:
  using messages = alys::accepts<question, forward>;
  alys::task<int> handle(const question&) {
    if (seen_++ == 0) {
      co_await sleep(1ms);
      co_return stash();
    }
    co_return seen_;
  }
  int handle(const forward&) {
    unstash_all();
    return 0;
  }

private:
  int seen_ = 0;
};

} // namespace

TEST_CASE("an answer goes by the end of the incarnation that asked and not by that of a later one") {
  bench t{bench_options{.how = alys::one_for_one{.restarts = 10}}};
  auto sage = t.stand_in<oracle>();
  auto& below = t.root().supervisor("below", alys::one_for_one{.restarts = 10});
  const auto p = below.child<pilgrim>("pilgrim", {}, {}, sage.get());
  const auto orphans = [&] { return t.seen().dead_letters(alys::dead_letter_cause::old_incarnation); };

  t.send(p, forward{});
  const auto asked_by_first = sage.asked<question>();
  t.fail_next(p, alys::fail(alys::category::unknown, alys::severity::high, "escalates"));
  CHECK(t.ask(p, forward{}).error().failed());
  CHECK(t.incarnation(p) == 2);
  t.send(p, forward{});
  const auto asked_by_second = sage.asked<question>();
  t.fail_next(p);
  CHECK(t.ask(p, forward{}).error().failed());
  CHECK(t.incarnation(p) == 3);

  asked_by_first.answer(1); // ended by an escalation: cancelled
  t.run_until_idle();
  CHECK(orphans() == 0);
  asked_by_second.answer(2); // ended by a restart: a dead letter
  t.run_until_idle();
  CHECK(orphans() == 1);
}

TEST_CASE("an answer for a life that ended long ago is a dead letter however that ended") {
  bench t{bench_options{.how = alys::one_for_one{.restarts = 1'000}}};
  auto sage = t.stand_in<oracle>();
  const auto p = t.child<pilgrim>({}, {}, sage.get());
  t.send(p, forward{});
  const auto asked_by_first = sage.asked<question>();
  while (t.incarnation(p) <= 70) {
    t.fail_next(p);
    REQUIRE(t.ask(p, forward{}).error().failed());
  }
  asked_by_first.answer(1);
  t.run_until_idle();
  CHECK(t.seen().dead_letters(alys::dead_letter_cause::old_incarnation) == 1);
}

TEST_CASE("the late answer of a hook is nobody's loss") {
  std::vector<alys::promise<void>> starts;
  bench t;
  const auto s = t.child<slow_starter>({}, {.initialize_within = 1s}, std::ref(starts));
  t.fail_next(s);
  CHECK(t.ask(s, question{}).error().failed());
  t.advance(1s); // given up, and started again
  CHECK(t.incarnation(s) == 3);
  starts[1].deliver();
  starts[2].deliver();
  CHECK(t.ask(s, question{}) == 3);
  CHECK(t.seen().dead_letters(alys::dead_letter_cause::old_incarnation) == 0);
}

TEST_CASE("an actor that ends itself and never comes to its end is given up in time") {
  std::vector<alys::promise<void>> ends; // the bench's end calls stopping() once more
  bench t;
  const auto s = t.child<slow_finisher>({}, {.stop_within = 1s}, std::ref(ends));
  CHECK(t.ask(s, forward{}) == 0);
  t.advance(999ms);
  CHECK(t.incarnation(s) == 1);
  CHECK(t.state(s) == alys::lifecycle_state::stopping);
  t.advance(1ms);
  CHECK(t.ask(s, question{}) == 2);
}

// A supervisor that looked at another child's deadline while this one came down forgot when to start it again.
TEST_CASE("a backoff is not forgotten over what else its supervisor looks at meanwhile") {
  std::vector<alys::promise<void>> ends, never;
  bench t{bench_options{.how = alys::one_for_all{}}};
  const auto slow = t.root().child<slow_finisher>("slow", {}, {}, std::ref(ends));
  t.root().child<slow_finisher>("slower", {}, {.stop_within = 5ms}, std::ref(never));
  const auto fails = t.root().child<oracle>("fails", {}, {.restart = alys::backoff{.initial = 20ms, .jitter = alys::jitter::none}});
  t.fail_next(fails);
  CHECK(t.ask(fails, question{}).error().failed()); // all go down, and come back after 20 ms
  t.advance(5ms);                                   // "slower" is given up
  t.advance(5ms);
  REQUIRE(ends.size() == 1);
  ends[0].deliver();
  t.advance(10ms - 1ns);
  CHECK(t.incarnation(slow) == 1);
  t.advance(1ns);
  CHECK(t.ask(slow, question{}) == 2);
  CHECK(t.ask(fails, question{}) == 42);
}

// A supervisor that healed itself by restarting all opened the door of a child that was to end for good, without a word of it.
TEST_CASE("a breaker stays open when its child ends for good while all counts from nothing") {
  std::vector<alys::promise<void>> ends;
  const auto end_first = [](const alys::failure& what, std::span<alys::sibling> children) {
    if (!what.path.ends_with("/b")) return;
    children[0].then = alys::action::stop;
    children[1].then = alys::action::restart;
  };
  bench t{bench_options{
      .how = alys::by_function{.name = "own", .decide = end_first, .restarts = 10, .then = alys::escalation::restart_subtree}}};
  const auto a = t.root().child<oracle>("a", {}, {.breaker = alys::breaker{.failures = 1, .open_for = 1h}});
  t.root().child<slow_finisher>("slow", {}, {}, std::ref(ends));
  const auto b = t.root().child<oracle>("b");
  const auto c = t.root().child<oracle>("c");
  t.fail_next(a);
  CHECK(t.ask(a, question{}).error().failed());
  t.fail_next(b);
  CHECK(t.ask(b, question{}).error().failed()); // "a" is to end when "slow" is down
  CHECK(try_send(a, question{}) == alys::errc::breaker_open);
  t.fail_next(c, alys::fail(alys::category::logic, "restarts all"));
  CHECK(t.ask(c, question{}).error().failed());
  CHECK(try_send(a, question{}) == alys::errc::breaker_open);
}

// One that had waited before it was set aside counted as handled, and closed the breaker.
TEST_CASE("a probe that is set aside proves nothing to a breaker also where its handler has waited") {
  bench t{bench_options{.how = alys::one_for_one{.restarts = 10}}};
  const auto p = t.child<ponderer>({}, {.breaker = alys::breaker{.failures = 1, .open_for = 1s}});
  const auto closed = [&] { return alys::find(t.tree(), p.path())->breaker->state == alys::breaker_state::closed; };
  t.fail_next(p);
  CHECK(t.ask(p, question{}).error().failed());
  t.advance(1s);
  t.send(p, question{});
  t.advance(1ms);
  CHECK_FALSE(closed());
}
