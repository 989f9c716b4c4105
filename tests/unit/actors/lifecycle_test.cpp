// SPDX-License-Identifier: Apache-2.0
//
// Lifecycle: which steps are allowed, how lives are numbered, what is remembered.
#include <alys/actors/lifecycle.hpp>

#include <catch2/catch.hpp>

#include <set>
#include <utility>

using namespace std::chrono_literals;
using alys::lifecycle_state;

TEST_CASE("thirteen transitions are allowed and no other") {
  using enum lifecycle_state;
  const std::set<std::pair<lifecycle_state, lifecycle_state>> expected{
      {initializing, running}, {initializing, failed},     {running, stopping},      {running, failed},     {running, restarting},
      {stopping, stopped},     {stopping, failed},         {stopped, restarting},    {stopped, terminated}, {failed, restarting},
      {failed, terminated},    {restarting, initializing}, {restarting, terminated},
  };
  for (const auto from : alys::all_lifecycle_states) {
    for (const auto to : alys::all_lifecycle_states) {
      INFO(alys::to_string(from) << " -> " << alys::to_string(to));
      CHECK(alys::allowed(from, to) == expected.contains({from, to}));
    }
  }
}

TEST_CASE("a life begins in initializing as incarnation 1 with nothing remembered") {
  const alys::lifecycle life;
  CHECK(life.state() == lifecycle_state::initializing);
  CHECK(life.incarnation() == 1);
  CHECK(life.history().empty());
}

TEST_CASE("each way back into initializing begins the next incarnation") {
  alys::lifecycle life;
  REQUIRE(life.advance(lifecycle_state::running, 1ms));
  REQUIRE(life.advance(lifecycle_state::restarting, 2ms));
  CHECK(life.incarnation() == 1);
  REQUIRE(life.advance(lifecycle_state::initializing, 3ms));
  CHECK(life.incarnation() == 2);
  REQUIRE(life.advance(lifecycle_state::failed, 4ms));
  REQUIRE(life.advance(lifecycle_state::restarting, 5ms));
  REQUIRE(life.advance(lifecycle_state::initializing, 6ms));
  CHECK(life.incarnation() == 3);
}

TEST_CASE("an event says from where and to where and when and why and in which life") {
  alys::lifecycle life;
  REQUIRE(life.advance(lifecycle_state::failed, 7ms, alys::fail(alys::category::network, "no route")));
  const auto& event = life.history().newest();
  CHECK(event.from == lifecycle_state::initializing);
  CHECK(event.to == lifecycle_state::failed);
  CHECK(event.at == 7ms);
  CHECK(event.incarnation == 1);
  CHECK(event.cause.category() == alys::category::network);
  CHECK(alys::to_string(event) == "initializing -> failed (incarnation 1): no route");
}

TEST_CASE("a step that is not allowed changes nothing and is counted") {
  alys::lifecycle life;
  CHECK_FALSE(life.advance(lifecycle_state::stopped, 1ms));
  CHECK(life.state() == lifecycle_state::initializing);
  CHECK(life.history().empty());
  CHECK(life.violations() == 1);
}

TEST_CASE("a slot remembers its last 32 transitions and counts the older ones") {
  alys::lifecycle life;
  for (int n = 0; n < 20; ++n) {
    REQUIRE(life.advance(lifecycle_state::failed, std::chrono::milliseconds{n}));
    REQUIRE(life.advance(lifecycle_state::restarting, std::chrono::milliseconds{n}));
    REQUIRE(life.advance(lifecycle_state::initializing, std::chrono::milliseconds{n}));
  }
  CHECK(life.history().size() == 32);
  CHECK(life.history().dropped() == 28);
  CHECK(life.history().newest().incarnation == 21);
}

TEST_CASE("a bounded history keeps the newest entries in order") {
  alys::bounded_history<int> last{3};
  for (int n = 1; n <= 5; ++n) last.push(n);
  CHECK(last.entries() == std::vector{3, 4, 5});
  CHECK(last[0] == 3);
  CHECK(last.newest() == 5);
  CHECK(last.dropped() == 2);
}

TEST_CASE("a bounded history of capacity 0 keeps nothing and counts everything") {
  alys::bounded_history<int> none{0};
  none.push(1);
  none.push(2);
  CHECK(none.empty());
  CHECK(none.dropped() == 2);
}
