// SPDX-License-Identifier: Apache-2.0
//
// Health: who answers when, and what a supervisor makes of its children.
#include <alys/actors/health.hpp>

#include <catch2/catch.hpp>

using namespace std::chrono_literals;
using alys::child_health;
using alys::health_report;
using alys::health_state;
using alys::lifecycle_state;

namespace {

health_state with_one(health_state state, bool critical) {
  const child_health children[] = {{.name = "well", .critical = true, .report = {}},
                                   {.name = "other", .critical = critical, .report = {state, ""}}};
  return alys::worst_critical_child(children).state;
}

} // namespace

TEST_CASE("an actor answers for itself while it runs and its lifecycle does otherwise") {
  const health_report own{health_state::degraded, "slow disk"};
  CHECK(alys::effective_health(lifecycle_state::running, own) == own);
  CHECK(alys::effective_health(lifecycle_state::initializing, own).state == health_state::initializing);
  CHECK(alys::effective_health(lifecycle_state::stopping, own).state == health_state::stopping);
  CHECK(alys::effective_health(lifecycle_state::stopped, own).state == health_state::stopped);
  CHECK(alys::effective_health(lifecycle_state::terminated, own).state == health_state::stopped);
  CHECK(alys::effective_health(lifecycle_state::failed, own).state == health_state::unhealthy);
  CHECK(alys::effective_health(lifecycle_state::restarting, own).state == health_state::unhealthy);
  CHECK_FALSE(alys::effective_health(lifecycle_state::restarting, own).why.empty());
}

TEST_CASE("a supervisor without children is healthy") { CHECK(alys::worst_critical_child({}) == health_report{}); }

TEST_CASE("a supervisor is as well as its worst critical child") {
  CHECK(with_one(health_state::healthy, true) == health_state::healthy);
  CHECK(with_one(health_state::degraded, true) == health_state::degraded);
  CHECK(with_one(health_state::initializing, true) == health_state::initializing);
  CHECK(with_one(health_state::unhealthy, true) == health_state::unhealthy);
}

TEST_CASE("a critical child that is stopping or stopped makes its supervisor unhealthy") {
  CHECK(with_one(health_state::stopping, true) == health_state::unhealthy);
  CHECK(with_one(health_state::stopped, true) == health_state::unhealthy);
}

TEST_CASE("a child that is not critical can only degrade its supervisor") {
  CHECK(with_one(health_state::unhealthy, false) == health_state::degraded);
  CHECK(with_one(health_state::degraded, false) == health_state::degraded);
  for (const auto state : {health_state::healthy, health_state::initializing, health_state::stopping, health_state::stopped}) {
    CHECK(with_one(state, false) == health_state::healthy);
  }
}

TEST_CASE("the reason names the worst child and of equals the first") {
  const child_health children[] = {
      {.name = "a", .critical = true, .report = {health_state::degraded, "slow"}},
      {.name = "b", .critical = true, .report = {health_state::unhealthy, "no disk"}},
      {.name = "c", .critical = true, .report = {health_state::unhealthy, "no net"}},
  };
  CHECK(alys::worst_critical_child(children) == health_report{health_state::unhealthy, "b: no disk"});
  const child_health silent[] = {{.name = "d", .critical = true, .report = {health_state::unhealthy, ""}}};
  CHECK(alys::worst_critical_child(silent).why == "d: unhealthy");
}

TEST_CASE("ready is what is healthy or degraded") {
  CHECK(alys::ready(health_state::healthy));
  CHECK(alys::ready(health_state::degraded));
  for (const auto state : {health_state::initializing, health_state::unhealthy, health_state::stopping, health_state::stopped})
    CHECK_FALSE(alys::ready(state));
}

TEST_CASE("alive is whose last work is at most two periods old") {
  CHECK(alys::alive(10s, 10s, 5s));
  CHECK(alys::alive(10s, 20s, 5s));
  CHECK_FALSE(alys::alive(10s, 20s + 1ns, 5s));
}
