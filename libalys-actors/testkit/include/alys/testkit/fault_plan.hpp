// SPDX-License-Identifier: Apache-2.0
//
// Faults on order: what shall go wrong with which of the next messages of an actor. The actor under test is the real one, unchanged; a
// plan stands between its cell and its handlers, in the bench only.
//
// ```cpp
// inline const alys::testkit::fault_plan third_one_throws{.nth = 3, .effect = alys::testkit::throws{}};
// inline const alys::testkit::fault_plan slow_for_a_while{.times = 5, .effect = alys::testkit::takes{2s}};
// inline const alys::testkit::fault_plan answer_gets_lost{.effect = alys::testkit::loses_reply{}};
// ```
#pragma once

#include <alys/actors/error.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <variant>

namespace alys::testkit {

// Instead of its handler: a returned failure ...
struct fails {
  error with = fail(category::unknown, "a planned failure");
};
// ... or a std::runtime_error ...
struct throws {
  std::string what = "a planned exception";
};
// ... or an exception that is no std::exception.
struct throws_something_else {};
// The handler runs after this much time, in which the actor does nothing else and everybody else goes on. At least 0.
struct takes {
  std::chrono::nanoseconds time{};
};
// The handler runs, and its answer never arrives.
struct loses_reply {};

using fault_effect = std::variant<fails, throws, throws_something_else, takes, loses_reply>;

// Which messages: of those that come to a handler from now on, the nth (from 1) and those that follow it, `times` in all. Timers' messages
// count as well.
struct fault_plan {
  std::uint64_t nth = 1;
  std::uint64_t times = 1;
  fault_effect effect = fails{};
};

} // namespace alys::testkit
