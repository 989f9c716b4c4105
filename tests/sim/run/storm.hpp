// SPDX-License-Identifier: Apache-2.0
//
// One seeded run: a random tree, random doings, and everything held against the models.
#pragma once

#include "tally.hpp"

#include <chrono>
#include <vector>

namespace alys::sim {

enum class weather : std::uint8_t {
  stormy, // everything crosses everything else
  calm,   // one thing after another, each followed by rest: then also the order of all endings is known
};

struct run_result {
  std::uint64_t hash = 0;   // of all that happened, in order
  std::uint64_t events = 0; // that the witness was told of
  std::chrono::nanoseconds virtual_time{};
  std::uint64_t messages = 0;
  std::uint64_t failures = 0;
  tally happened;
  std::vector<std::string> problems; // empty if all was right
};

[[nodiscard]] run_result play(std::uint64_t seed, weather how, bool talk = false);

} // namespace alys::sim
