// SPDX-License-Identifier: Apache-2.0
//
// The reference model of a breaker itself, and of a door that one narrows.
#include "supervisor_model.hpp"

#include <catch2/catch.hpp>

using namespace alys::sim;
using namespace std::chrono_literals;
using alys::breaker_state;
using alys::outcome;

namespace {

constexpr alys::breaker rule{.failures = 2, .open_for = 10s, .probes = 1, .successes = 2, .healthy_after = 5s};

} // namespace

TEST_CASE("failures in a row open a breaker and time and successes close it") {
  breaker_model b{rule};
  CHECK_FALSE(b.failed(1s));
  CHECK(b.failed(2s));
  CHECK(b.room() == 0u);
  CHECK_FALSE(b.probes(11s));
  CHECK(b.probes(12s));
  CHECK(b.room() == 1u);
  b.succeeded();
  CHECK(b.failed(13s)); // open again, for its whole time
  CHECK_FALSE(b.probes(22s));
  REQUIRE(b.probes(23s));
  b.succeeded();
  CHECK_FALSE(b.must_close());
  b.succeeded();
  CHECK(b.must_close());
  b.close();
  CHECK_FALSE(b.room());
  CHECK(b.openings() == 2);
}

TEST_CASE("a life that lasts ends a row of failures and the time between two lives does not") {
  breaker_model lasting{rule};
  CHECK_FALSE(lasting.failed(1s));
  lasting.saw_running(2s);
  CHECK_FALSE(lasting.failed(7s));
  breaker_model cut_short{rule};
  CHECK_FALSE(cut_short.failed(1s));
  cut_short.saw_running(2s);
  cut_short.saw_down(3s);
  CHECK(cut_short.failed(20s));
}

TEST_CASE("the failure that opens a breaker costs no budget and a restarted supervisor closes it") {
  supervisor_model model{alys::one_for_one{.restarts = 1}};
  model.add_child({.breaker = rule});
  const alys::failure what{.what = alys::fail(alys::category::network, "down"), .path = "/a", .incarnation = 1};
  CHECK_FALSE(model.failed(0, what, 1s).opens);
  const auto follows = model.failed(0, what, 2s);
  CHECK(follows.opens);
  CHECK_FALSE(follows.escalates);
  CHECK(follows.outcomes.front().second == outcome::breaker_open);
  CHECK(model.saw_restart() == std::vector<std::size_t>{0});
  CHECK(model.guard(0)->state() == breaker_state::closed);
}

TEST_CASE("a door that a breaker narrows turns away whatever its mailbox would do") {
  cell_model cells;
  const auto c = cells.add_cell({.capacity = 2, .urgent_capacity = 1, .overflow = alys::overflow::drop_oldest});
  cells.saw_door(c, 1);
  const auto first = cells.send({.to = c});
  CHECK(cells.expected_at_the_door(first) == door_verdict{});
  cells.saw_at_the_door(first, {});
  const auto second = cells.send({.to = c});
  CHECK(cells.expected_at_the_door(second) == door_verdict{.turned_away = ending::rejected, .by_breaker = true});
  cells.saw_door(c, std::nullopt);
  CHECK(cells.expected_at_the_door(second) == door_verdict{});
}
