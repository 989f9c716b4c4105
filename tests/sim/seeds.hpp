// SPDX-License-Identifier: Apache-2.0
//
// Many seeded runs in a row.
#pragma once

#include "effort.hpp"
#include "run/storm.hpp"

#include <alys/testkit/seeds.hpp>

#include <cstdlib>
#include <iostream>
#include <stdexcept>

namespace alys::sim {

// A replayed seed may have nothing in it that fails.
inline constexpr std::uint64_t few = 100;

struct totals {
  std::uint64_t runs = 0;
  std::uint64_t events = 0;
  std::chrono::nanoseconds virtual_time{};
  std::uint64_t messages = 0;
  std::uint64_t failures = 0;
  tally happened;
};

// "20000 schedules, 412 hours of virtual time, 1234567 events, 345678 messages; redelivered 12, ...".
inline std::string to_string(const totals& all) {
  return std::to_string(all.runs) + " schedules, " + std::to_string(all.virtual_time / std::chrono::hours{1}) + " hours of virtual time, " +
         std::to_string(all.events) + " events, " + std::to_string(all.messages) + " messages, " + std::to_string(all.failures) +
         " failures; " + all.happened.text();
}

// Throws testkit::seed_failed with the first seed in which something was wrong. ALYS_SIM_TALK=1 prints what happens in each run.
inline totals run_seeds(std::uint64_t many, weather how) {
  const bool talk = std::getenv("ALYS_SIM_TALK") != nullptr;
  totals all;
  (void)testkit::for_each_seed(share_of(many), [&](std::uint64_t seed) {
    const run_result found = play(seed, how, talk);
    ++all.runs;
    all.events += found.events;
    all.virtual_time += found.virtual_time;
    all.messages += found.messages;
    all.failures += found.failures;
    all.happened += found.happened;
    if (all.runs % 100'000 == 0) std::cout << "so far " << to_string(all) << std::endl;
    if (found.problems.empty()) return;
    std::string lines;
    for (const std::string& p : found.problems) lines += "\n  " + p;
    throw std::runtime_error(lines);
  });
  return all;
}

} // namespace alys::sim
