// SPDX-License-Identifier: Apache-2.0
//
// Whatever ends a life while its initialize() or its stopping() waits: the frame is destroyed once and before its object, what it waited for
// comes for nobody, and nothing of it stays alive.
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

// Where a hook waits.
enum class point : std::uint8_t { ask, nested_ask, sleep };

struct how_are_you {
  using reply = int;
};
struct leave_now {};
struct fall_over {};
ALYS_MESSAGE(how_are_you)
ALYS_MESSAGE(leave_now)
ALYS_MESSAGE(fall_over)

// What the lives that begin or end from now on do.
struct hook_plan {
  point at{};
  std::chrono::seconds nap{60};
  bool begins = false; // initialize() waits
  bool ends = false;   // stopping() waits
};

class novice final : public alys::actor<novice> {
public:
  using messages = alys::accepts<how_are_you, leave_now, fall_over>;
  using asks = alys::to<archive>;
  novice(std::shared_ptr<const hook_plan> how, alys::ref<archive> a, journal j)
      : how_(std::move(how)), archive_(std::move(a)), journal_(std::move(j)) {}
  ~novice() override { journal_->push_back("gone"); }

  alys::task<void> initialize() {
    if (!how_->begins) co_return;
    const leave note{*this, "begin left"};
    co_await pause().or_return();
    journal_->push_back("begun");
  }
  alys::task<void> stopping() {
    if (!how_->ends) co_return;
    const leave note{*this, "end left"};
    co_await pause().or_return();
    journal_->push_back("ended");
  }
  int handle(const how_are_you&) { return 1; }
  void handle(const leave_now&) { finish(); }
  void handle(const fall_over&) { throw std::runtime_error("as planned"); }

private:
  struct leave {
    leave(novice& n, const char* w) : of(n), what(w) {}
    ~leave() { of.journal_->push_back(what); }
    novice& of;
    const char* what;
    token counted;
  };

  alys::task<alys::result<void>> pause() {
    const leave note{*this, "pause left"};
    if (how_->at == point::sleep) {
      co_await sleep(how_->nap);
      co_return {};
    }
    if (how_->at == point::nested_ask) co_return co_await read();
    auto page = ask(archive_, look_up{"page", {1}}, 60s);
    co_await page.or_return();
    co_return {};
  }
  alys::task<alys::result<void>> read() {
    const leave note{*this, "read left"};
    auto page = ask(archive_, look_up{"page", {1}}, 60s);
    co_await page.or_return();
    co_return {};
  }

  std::shared_ptr<const hook_plan> how_;
  alys::ref<archive> archive_;
  journal journal_;
  token counted_;
};

constexpr alys::row restart_all[] = {{alys::category::unknown, action::restart}, {alys::category::timeout, action::restart}};

struct first_day {
  explicit first_day(point at, std::optional<alys::breaker> breaker = {})
      : papers(t.stand_in<archive>()),
        team(t.root().supervisor("team", alys::one_for_all{})),
        sibling(team.child<clerk>("sibling", {}, {.decisions = restart_all}, papers.get(), std::make_shared<lines>())),
        who(team.child<novice>("who", {}, {.breaker = breaker, .decisions = restart_all}, how, papers.get(), said)) {
    how->at = at;
    t.start();
  }

  // Its second life waits in initialize(); those after it will not.
  void begin_waiting() {
    how->begins = true;
    t.send(who, fall_over{});
    t.run_until_idle();
    REQUIRE(t.incarnation(who) == 2);
    REQUIRE(t.state(who) == lifecycle_state::initializing);
    how->begins = false;
    queued.emplace(t.ask_later(who, how_are_you{}));
    t.run_until_idle();
  }
  // It has finished by itself, and waits in stopping().
  void end_waiting() {
    how->ends = true;
    t.send(who, leave_now{});
    t.run_until_idle();
    REQUIRE(t.state(who) == lifecycle_state::stopping);
    how->ends = false;
    queued.emplace(t.ask_later(who, how_are_you{}));
    t.run_until_idle();
  }
  // What it waits for comes.
  void come() {
    if (asks()) papers.asked<look_up>().answer(1);
    else t.advance(how->nap);
    t.run_until_idle();
  }
  [[nodiscard]] bool asks() const { return how->at != point::sleep; }
  void fault(const std::string& path) {
    REQUIRE(t.system().inject_fault(path, alys::injected_fault::exception));
    t.run_until_idle();
  }
  [[nodiscard]] std::ptrdiff_t count(std::string_view what) const { return std::count(said->begin(), said->end(), what); }
  // The hook was left once, and before the object went that it worked on.
  void check_left(std::string_view hook, std::ptrdiff_t lives_before) const {
    CHECK(count(hook) == 1);
    CHECK(count("pause left") == 1);
    CHECK(count("read left") == (how->at == point::nested_ask ? 1 : 0));
    const auto at = std::find(said->begin(), said->end(), hook);
    CHECK(std::count(said->begin(), at, "gone") == lives_before);
    CHECK(std::find(at, said->end(), "gone") != said->end());
  }
  void check_goes_on(std::uint32_t life) {
    CHECK(t.incarnation(who) == life);
    CHECK(t.state(who) == lifecycle_state::running);
    CHECK(queued->take() == 1); // it waited for a life that runs
    CHECK(t.ask(who, how_are_you{}) == 1);
    if (asks() && waiting_for_nobody) papers.asked<look_up>().answer(1);
    t.advance(120s);
    CHECK(t.incarnation(who) == life);
  }

  std::shared_ptr<hook_plan> how = std::make_shared<hook_plan>();
  journal said = std::make_shared<lines>();
  bool waiting_for_nobody = true; // the archive still has the question of the life that ended
  alys::testkit::bench t;
  alys::testkit::probe<archive> papers;
  alys::supervisor_spec& team;
  alys::ref<clerk> sibling;
  alys::ref<novice> who;
  std::optional<alys::testkit::pending_answer<int>> queued;
};

[[nodiscard]] point at_every_point() { return GENERATE(point::ask, point::nested_ask, point::sleep); }

struct nothing_left {
  ~nothing_left() { CHECK(token::alive == 0); }
};

} // namespace

TEST_CASE("an initialize that waits goes on in the next line and then messages are handled") {
  const nothing_left at_the_end;
  first_day d{at_every_point()};
  d.how->nap = 2s;
  d.begin_waiting();
  CHECK_FALSE(d.queued->arrived());
  d.come();
  CHECK(d.count("begun") == 1);
  d.waiting_for_nobody = false;
  d.check_goes_on(2);
}

TEST_CASE("an initialize that waits longer than it may is cut off and a new life begins") {
  const nothing_left at_the_end;
  first_day d{at_every_point()};
  d.begin_waiting();
  d.t.advance(5s); // initialize_within
  d.check_left("begin left", 1);
  CHECK(d.count("begun") == 0);
  CHECK(d.t.node(d.who).failures.back().what == errc::hook_timeout);
  d.check_goes_on(3);
}

TEST_CASE("a sibling's failure cuts off an initialize that waits") {
  const nothing_left at_the_end;
  first_day d{at_every_point()};
  d.begin_waiting();
  d.fault(d.sibling.path());
  d.check_left("begin left", 1);
  d.check_goes_on(3);
}

TEST_CASE("an initialize whose question is not answered fails its life") {
  const nothing_left at_the_end;
  first_day d{GENERATE(point::ask, point::nested_ask)};
  d.begin_waiting();
  d.fault(d.papers.get().path()); // the question ends with errc::restarted, which is handed on
  d.check_left("begin left", 1);
  CHECK(d.t.node(d.who).failures.back().what == errc::restarted);
  d.waiting_for_nobody = false;
  d.check_goes_on(3);
}

TEST_CASE("a breaker that opens while an initialize waits ends it and the next life is the probe") {
  const nothing_left at_the_end;
  first_day d{at_every_point(), alys::breaker{.failures = 2, .open_for = 30s}};
  d.begin_waiting();
  d.t.advance(5s); // the second failure in a row
  d.check_left("begin left", 1);
  CHECK(d.t.incarnation(d.who) == 2);
  CHECK(d.t.ask(d.who, how_are_you{}) == errc::breaker_open);
  CHECK_FALSE(d.queued->arrived());
  d.t.advance(30s);
  d.check_goes_on(3);
}

TEST_CASE("a shutdown cuts off an initialize that waits") {
  const nothing_left at_the_end;
  first_day d{at_every_point()};
  d.begin_waiting();
  const auto before = d.t.now();
  CHECK(d.t.shutdown({.deadline = 30s, .drain = 0ms}).in_time);
  CHECK(d.t.now() == before); // there is nothing yet that it could hand over
  d.check_left("begin left", 1);
  CHECK(d.queued->take() == errc::stopped);
}

TEST_CASE("a stopping that waits goes on in the next line and then comes the end") {
  const nothing_left at_the_end;
  first_day d{at_every_point()};
  d.how->nap = 2s;
  d.end_waiting();
  d.come();
  CHECK(d.count("ended") == 1);
  d.check_left("end left", 0);
  d.waiting_for_nobody = false;
  d.check_goes_on(2);
}

TEST_CASE("a stopping that waits longer than it may is cut off") {
  const nothing_left at_the_end;
  first_day d{at_every_point()};
  d.end_waiting();
  d.t.advance(5s); // stop_within
  d.check_left("end left", 0);
  CHECK(d.count("ended") == 0);
  CHECK(d.t.node(d.who).failures.back().what == errc::hook_timeout);
  d.check_goes_on(2);
}

TEST_CASE("a stopping before a restart along with a sibling may wait and is cut off at its deadline") {
  const bool comes = GENERATE(true, false);
  const nothing_left at_the_end;
  first_day d{at_every_point()};
  d.how->nap = comes ? 2s : 60s;
  d.how->ends = true;
  d.fault(d.sibling.path());
  REQUIRE(d.t.state(d.who) == lifecycle_state::stopping);
  d.how->ends = false;
  d.queued.emplace(d.t.ask_later(d.who, how_are_you{}));
  if (comes) d.come();
  else d.t.advance(5s);
  d.check_left("end left", 0);
  CHECK(d.count("ended") == (comes ? 1 : 0));
  d.waiting_for_nobody = !comes;
  d.check_goes_on(2);
}

TEST_CASE("a sibling's failure does not end a stopping before its time") {
  const nothing_left at_the_end;
  first_day d{at_every_point()};
  d.end_waiting();
  d.fault(d.sibling.path());
  CHECK(d.count("end left") == 0);
  d.t.advance(5s);
  d.check_left("end left", 0);
  d.check_goes_on(2);
}

TEST_CASE("a shutdown waits for a stopping for as long as that may take") {
  const nothing_left at_the_end;
  first_day d{at_every_point()};
  d.how->ends = true;
  const auto before = d.t.now();
  CHECK(d.t.shutdown({.deadline = 30s, .drain = 0ms}).in_time);
  CHECK(d.t.now() - before == 5s);
  d.check_left("end left", 0);
  CHECK(d.count("ended") == 0);
}

TEST_CASE("a tree may be destroyed while hooks wait") {
  const bool begins = GENERATE(true, false);
  const nothing_left at_the_end;
  const auto said = [&] {
    first_day d{at_every_point()};
    if (begins) d.begin_waiting();
    else d.end_waiting();
    return d.said;
  }();
  const auto left = std::find(said->begin(), said->end(), begins ? "begin left" : "end left");
  REQUIRE(left != said->end());
  CHECK(std::find(left, said->end(), "gone") != said->end());
}
