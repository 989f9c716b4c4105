// SPDX-License-Identifier: Apache-2.0
//
// Seeded runs of the real cells and supervisors against the reference models.
#include "effort.hpp"
#include "run/storm.hpp"

#include <alys/testkit/seeds.hpp>

#include <catch2/catch.hpp>

#include <cstdlib>

using namespace alys::sim;

namespace {

// ALYS_SIM_TALK=1 prints what happens in each run.
const bool talk = std::getenv("ALYS_SIM_TALK") != nullptr;

// A replayed seed may have nothing in it that fails.
constexpr std::uint64_t few = 100;

struct totals {
  std::uint64_t runs = 0;
  std::uint64_t messages = 0;
  std::uint64_t failures = 0;
};

totals run_seeds(std::uint64_t many, weather how) {
  totals all;
  all.runs = alys::testkit::for_each_seed(share_of(many), [&](std::uint64_t seed) {
    const run_result found = play(seed, how, talk);
    all.messages += found.messages;
    all.failures += found.failures;
    if (found.problems.empty()) return;
    std::string lines;
    for (const std::string& p : found.problems) lines += "\n  " + p;
    throw std::runtime_error(lines);
  });
  return all;
}

} // namespace

TEST_CASE("no order of events loses a message or tells anybody twice") {
  const totals all = run_seeds(10'000, weather::stormy);
  CHECK(all.messages > all.runs);
  if (all.runs > few) CHECK(all.failures > all.runs);
}

TEST_CASE("one failure after another has just the consequences that its supervisors owe it") {
  const totals all = run_seeds(2'000, weather::calm);
  CHECK(all.messages > all.runs);
  if (all.runs > few) CHECK(all.failures > all.runs);
}

TEST_CASE("the same seed is the same run") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CHECK(play(seed, weather::stormy).hash == play(seed, weather::stormy).hash);
    CHECK(play(seed, weather::stormy).hash != play(seed + 1, weather::stormy).hash);
  }
}
