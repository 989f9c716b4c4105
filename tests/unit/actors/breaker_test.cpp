// SPDX-License-Identifier: Apache-2.0
//
// Circuit breakers of children: when they open, what they turn away, how they are tried and close again.
#include "support/actors/flaky.hpp"

#include <alys/testkit.hpp>

#include <catch2/catch.hpp>

using namespace alys;
using namespace alys::test;
using namespace std::chrono_literals;

namespace {

constexpr breaker three_then_10s{.failures = 3, .open_for = 10s, .healthy_after = 5s};

// One child with a breaker, under a budget of one restart less than opens it.
struct guarded {
  explicit guarded(child_options options = {.breaker = three_then_10s}, strategy how = one_for_one{.restarts = 2, .within = 60s})
      : t({.how = how}), child(t.child<flaky>({}, std::move(options))) {}
  void fail(int times = 1) {
    for (int i = 0; i < times; ++i) CHECK(t.ask(child, crash{}).error().failed());
    t.run_until_idle();
  }
  [[nodiscard]] breaker_view view() { return t.node(child).breaker.value(); }
  testkit::bench t;
  ref<flaky> child;
};

struct changes final : observer {
  void breaker_changed(std::string_view path, breaker_state to) override {
    lines.push_back(std::string{path} + ' ' + std::string{to_string(to)});
  }
  std::vector<std::string> lines;
};

} // namespace

TEST_CASE("a breaker opens after failures in a row and turns away what arrives at once") {
  guarded g;
  g.fail(2);
  CHECK(g.view().state == breaker_state::closed);
  CHECK(g.t.ask(g.child, ping{}) == 3u);
  g.fail();
  CHECK(g.view().state == breaker_state::open);
  const auto turned_away = g.t.ask(g.child, ping{});
  CHECK(turned_away == errc::breaker_open);
  CHECK(turned_away.error().undelivered());
  CHECK(turned_away.error().text() == "/bench/flaky");
  CHECK(try_send(g.child, ping{}) == errc::breaker_open);
  CHECK(g.t.node(g.child).messages.rejected == 2);
  CHECK(g.t.incarnation(g.child) == 3);
}

TEST_CASE("an open breaker leaves its child down for its time and then lets a probe through that closes it") {
  guarded g;
  g.fail(3);
  g.t.advance(10s - 1ns);
  CHECK(g.view().state == breaker_state::open);
  CHECK(g.view().probes_in == 1ns);
  CHECK(g.t.ask(g.child, ping{}) == errc::breaker_open);
  g.t.advance(1ns);
  CHECK(g.view().state == breaker_state::half_open);
  CHECK(g.t.state(g.child) == lifecycle_state::running);
  CHECK(g.t.ask(g.child, ping{}) == 4u);
  CHECK(g.view().state == breaker_state::closed);
  CHECK(g.view().openings == 1);
}

TEST_CASE("a probe that fails opens the breaker again for its whole time") {
  guarded g;
  g.fail(3);
  for (std::uint32_t life = 4; life < 30; ++life) {
    g.t.advance(10s);
    REQUIRE(g.t.incarnation(g.child) == life);
    g.fail();
    REQUIRE(g.view().state == breaker_state::open);
  }
  CHECK(g.view().openings == 27);
  CHECK(g.t.tree().restarts_in_window == 0); // what the breaker holds back costs no budget
}

TEST_CASE("a half-open breaker lets no more probes wait at once than it says and closes after so many successes") {
  guarded g{{.breaker = breaker{.failures = 1, .open_for = 1s, .probes = 2, .successes = 3}}};
  g.fail();
  g.t.advance(1s);
  auto first = g.t.ask_later(g.child, ping{});
  auto second = g.t.ask_later(g.child, ping{});
  CHECK(try_send(g.child, ping{}) == errc::breaker_open);
  g.t.run_until_idle();
  CHECK(first.take() == 2u);
  CHECK(second.take() == 2u);
  CHECK(g.view().state == breaker_state::half_open);
  CHECK(g.t.ask(g.child, ping{}) == 2u);
  CHECK(g.view().state == breaker_state::closed);
  for (int i = 0; i < 10; ++i) CHECK(try_send(g.child, ping{}));
}

TEST_CASE("a refusal is an answer and closes a half-open breaker") {
  guarded g{{.breaker = breaker{.failures = 1, .open_for = 1s}}};
  g.fail();
  g.t.advance(1s);
  CHECK(g.t.ask(g.child, crash{refuse(errc::out_of_range)}).error().refused());
  CHECK(g.view().state == breaker_state::closed);
}

TEST_CASE("a life that lasts ends the row of failures") {
  guarded g{{.breaker = three_then_10s}, one_for_one{.restarts = 100}};
  for (int i = 0; i < 10; ++i) {
    g.fail(2);
    g.t.advance(5s);
    g.fail(1);
    CHECK(g.view().state == breaker_state::closed);
    CHECK(g.view().failures == 1);
    g.t.advance(5s);
  }
}

TEST_CASE("what was queued when a breaker opened is handled when it is half-open") {
  guarded g{{.breaker = breaker{.failures = 1, .open_for = 1s, .successes = 2}}};
  const auto failing = g.t.ask_later(g.child, crash{});
  auto first = g.t.ask_later(g.child, ping{});
  auto second = g.t.ask_later(g.child, ping{});
  g.t.run_until_idle();
  CHECK(failing.arrived());
  CHECK_FALSE(first.arrived());
  g.t.advance(1s);
  CHECK(first.take() == 2u);
  CHECK(second.take() == 2u);
  CHECK(g.view().state == breaker_state::closed);
}

TEST_CASE("a breaker and a backoff and a budget go together") {
  guarded g{{.restart = backoff{.initial = 1s, .jitter = jitter::none},
             .limit = restart_limit{.restarts = 2, .within = 100s},
             .breaker = three_then_10s},
            one_for_one{.restarts = 5}};
  g.fail();
  g.t.advance(1s);
  CHECK(g.t.ask(g.child, ping{}) == 2u);
  g.fail();
  CHECK(g.t.ask(g.child, ping{}, 2s) == 3u);
  g.fail(); // instead of the backoff of 4 s and the third restart of two
  CHECK(g.view().state == breaker_state::open);
  g.t.advance(10s);
  CHECK(g.t.ask(g.child, ping{}) == 4u);
  g.fail(); // closed again: this one the budget forbids
  CHECK(g.t.system().wait_for(1s) == end_reason::budget_exhausted);
}

TEST_CASE("mailboxes that drop turn away too while a breaker is open") {
  const auto policy = GENERATE(overflow::drop_oldest, overflow::drop_newest);
  guarded g{{.breaker = breaker{.failures = 1, .open_for = 1s}, .mailbox = {.capacity = 2, .overflow = policy}}};
  g.fail();
  CHECK(g.t.ask(g.child, ping{}) == errc::breaker_open);
  CHECK(g.t.node(g.child).messages.dropped == 0);
  g.t.advance(1s);
  CHECK(try_send(g.child, ping{}));
  CHECK(try_send(g.child, ping{}) == errc::breaker_open);
  g.t.run_until_idle();
  CHECK(g.view().state == breaker_state::closed);
  CHECK(try_send(g.child, ping{}));
  CHECK(try_send(g.child, ping{}));
}

TEST_CASE("a child whose breaker is open stays down when an earlier sibling's failure restarts it too") {
  testkit::bench t{{.how = rest_for_one{}}};
  const auto first = t.child<flaky>();
  const auto guarded = t.child<flaky>({}, {.breaker = breaker{.failures = 1, .open_for = 10s}});
  t.start();
  CHECK(t.ask(guarded, crash{}).error().failed());
  t.advance(4s);
  CHECK(t.ask(first, crash{}).error().failed());
  CHECK(t.ask(first, ping{}) == 2u);
  CHECK(t.ask(guarded, ping{}) == errc::breaker_open);
  t.advance(6s - 1ns);
  CHECK(t.incarnation(guarded) == 1);
  t.advance(1ns);
  CHECK(t.ask(guarded, ping{}) == 2u);
}

TEST_CASE("a group that is restarted waits for a member whose breaker is open") {
  guarded g{{.breaker = breaker{.failures = 1, .open_for = 10s}}, one_for_all{}};
  const auto sibling = g.t.child<flaky>();
  g.fail();
  CHECK(g.t.ask(sibling, ping{}) == errc::deadline); // down with the group
  g.t.advance(5s);
  CHECK(g.t.incarnation(g.child) == 1);
  g.t.advance(5s);
  CHECK(g.t.ask(g.child, ping{}) == 2u);
  CHECK(g.t.ask(sibling, ping{}) == 2u);
  CHECK(g.t.ask(sibling, crash{}).error().failed());
  g.t.run_until_idle();
  CHECK(g.t.ask(g.child, ping{}) == 3u);
}

TEST_CASE("a child that is stopped while its breaker is open says that it has stopped") {
  testkit::bench t;
  const auto hired = t.root().children<flaky>("w-{}", {.breaker = breaker{.failures = 1, .open_for = 10s}}, 5);
  t.start();
  const auto w = hired.start("1", {}).value();
  CHECK(t.ask(w, crash{}).error().failed());
  CHECK(t.ask(w, ping{}) == errc::breaker_open);
  CHECK(hired.stop(w));
  t.run_until_idle();
  CHECK(t.ask(w, ping{}) == errc::stopped);
  CHECK(t.tree().children.empty());
}

TEST_CASE("what is replayed from quarantine to a child whose breaker is open stays there") {
  testkit::bench t;
  const auto child =
      t.child<flaky>({}, {.breaker = breaker{.failures = 1, .open_for = 1h}, .redeliver = {.times = 1, .quarantine_after = 1}});
  t.start();
  CHECK(t.ask(child, crash{}).error().failed());
  REQUIRE(t.system().quarantined().size() == 1);
  CHECK(t.system().replay(1) == errc::breaker_open);
  CHECK(t.system().quarantined().size() == 1);
}

TEST_CASE("a supervisor that restarts begins with closed breakers") {
  const auto seen = std::make_shared<changes>();
  testkit::bench t{{.observers = {seen}}};
  auto& team = t.root().supervisor("team");
  const auto a = team.child<flaky>("a", {}, {.breaker = breaker{.failures = 1, .open_for = 1h}});
  const auto b = team.child<flaky>("b");
  t.start();
  CHECK(t.ask(a, crash{}).error().failed());
  CHECK(t.ask(a, ping{}) == errc::breaker_open);
  CHECK(t.ask(b, crash{fail(category::logic, "cannot be")}).error().failed()); // escalates
  t.run_until_idle();
  CHECK(t.node(a).breaker->state == breaker_state::closed);
  CHECK(t.node(a).breaker->openings == 1);
  CHECK(t.ask(a, ping{}) == 2u);
  CHECK(seen->lines == std::vector<std::string>{"/bench/team/a open", "/bench/team/a closed"});
}

TEST_CASE("a life that its group cut short ends no row of failures") {
  testkit::bench t{{.how = one_for_all{.restarts = 100}}};
  auto& team = t.root();
  const auto a = team.child<flaky>("a", {}, {.breaker = breaker{.failures = 2, .open_for = 1h, .healthy_after = 5s}});
  const auto b = team.child<flaky>("b", {}, {.restart = backoff{.initial = 10s, .cap = 10s, .jitter = jitter::none}});
  t.start();
  CHECK(t.ask(a, crash{}).error().failed());
  CHECK(t.ask(b, crash{}).error().failed()); // both go down, for ten seconds
  t.fail_next_start(a);
  t.advance(10s);
  CHECK(t.node(a).breaker->state == breaker_state::open);
}

TEST_CASE("a supervisor restarts also where a child with a breaker has left it") {
  testkit::bench t;
  auto& team = t.root().supervisor("team");
  const auto hired = team.children<flaky>("w-{}", {.breaker = breaker{.failures = 1, .open_for = 1h}});
  const auto a = team.child<flaky>("a");
  const auto b = team.child<flaky>("b");
  t.start();
  const auto w = hired.start("1", {}).value();
  CHECK(t.ask(w, crash{}).error().failed());
  CHECK(hired.stop(w));
  t.run_until_idle();
  CHECK(t.ask(w, ping{}) == errc::stopped);
  CHECK(t.ask(b, crash{fail(category::logic, "cannot be")}).error().failed()); // escalates
  CHECK(t.ask(a, ping{}) == 2u);
}

TEST_CASE("a breaker is seen in the tree and as JSON and in the policy and by observers and in health and in the log") {
  const auto seen = std::make_shared<changes>();
  std::vector<std::string> log;
  testkit::bench t{{.log = [&](log_level, std::string_view line) { log.emplace_back(line); }, .observers = {seen}}};
  const auto child = t.child<flaky>({}, {.breaker = breaker{.failures = 1, .open_for = 10s}});
  const auto plain = t.child<flaky>();
  t.start();
  CHECK(t.node(child).policy ==
        "permanent, restart immediate, breaker after 1 failure, open 10s, 1 probe at once, closed after 1 success, mailbox 10000/1000 "
        "reject");
  CHECK_FALSE(t.node(plain).breaker);
  CHECK(to_json(t.node(plain)).find("breaker") == std::string::npos);
  CHECK(to_json(t.node(child)).find(R"("breaker":{"state":"closed","failures":0,"openings":0,"probes_in_ms":0})") != std::string::npos);

  CHECK(t.ask(child, crash{}).error().failed());
  t.advance(4s);
  CHECK(to_json(t.node(child)).find(R"("breaker":{"state":"open","failures":1,"openings":1,"probes_in_ms":6000})") != std::string::npos);
  CHECK(to_string(t.node(child)).find(", breaker open, unhealthy (its breaker is open)") != std::string::npos);
  CHECK_FALSE(t.system().ready());
  t.advance(6s);
  CHECK(t.node(child).health == health_report{health_state::degraded, "its breaker is half-open"});
  CHECK(t.system().ready());
  CHECK(t.ask(child, ping{}) == 2u);
  CHECK(t.node(child).health == health_report{});
  CHECK(seen->lines == std::vector<std::string>{"/bench/flaky open", "/bench/flaky half-open", "/bench/flaky closed"});
  CHECK(std::count(log.begin(), log.end(), "/bench/flaky: its breaker is open") == 1);
}

TEST_CASE("what a breaker must not say is refused by name") {
  problem_list problems;
  validate(breaker{.failures = 0, .open_for = 0s, .probes = 0, .successes = 0, .healthy_after = -1s}, problems);
  CHECK(to_string(problems) ==
        "failures: must be at least 1\n"
        "open_for: must be more than 0s and at most 8760h\n"
        "probes: must be at least 1\n"
        "successes: must be at least 1\n"
        "healthy_after: must be more than 0s and at most 8760h");
}
