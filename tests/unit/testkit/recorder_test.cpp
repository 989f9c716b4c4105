// SPDX-License-Identifier: Apache-2.0
#include "unit/testkit/bank.hpp"

#include <catch2/catch.hpp>

using namespace std::chrono_literals;
using namespace alys::testkit;
using bank::audit_log;
using bank::closed;
using bank::ledger;

TEST_CASE("a recorder remembers lives and decisions and dead letters") {
  using enum alys::lifecycle_state;
  bench t;
  auto audit = t.stand_in<audit_log>();
  const auto book = t.child<ledger>({}, {.restart = alys::backoff{.initial = 1s, .jitter = alys::jitter::none}}, audit.get());
  t.fail_next(book);
  t.send(book, closed{"alice"});
  t.advance(1s);
  CHECK(t.seen().states_of("/bench/ledger") == std::vector{running, failed, restarting, initializing, running});
  CHECK(t.seen().decisions_about("/bench/ledger") == std::vector{alys::action::restart});
  CHECK(t.seen().dead_letters(alys::dead_letter_cause::failed) == 1);
  const auto lost = t.seen().dead_letters();
  REQUIRE(lost.size() == 1);
  CHECK(lost.front().message == "bank::closed");
  CHECK(lost.front().receiver == "/bench/ledger");
  std::vector<std::chrono::nanoseconds> times;
  for (const auto& s : t.seen().steps()) {
    if (s.path == "/bench/ledger") times.push_back(s.event.at);
  }
  CHECK(times == std::vector<std::chrono::nanoseconds>{0s, 0s, 1s, 1s, 1s});
  t.seen().clear();
  CHECK(t.seen().steps().empty());
}

TEST_CASE("a recorder can watch a tree of production") {
  const auto seen = std::make_shared<recorder>();
  alys::supervisor_spec root{"root"};
  root.child<audit_log>("audit");
  auto system = alys::system::start(std::move(root), {.log = alys::log_to_nowhere(), .observers = {seen}});
  CHECK(system.shutdown().in_time);
  using enum alys::lifecycle_state;
  CHECK(seen->states_of("/root/audit") == std::vector{running, stopping, stopped, terminated});
}
