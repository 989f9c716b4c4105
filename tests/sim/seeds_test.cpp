// SPDX-License-Identifier: Apache-2.0
//
// Seeded runs of the real cells and supervisors against the reference models.
#include "seeds.hpp"

#include <catch2/catch.hpp>

using namespace alys::sim;

TEST_CASE("no order of events loses a message or tells anybody twice") {
  const totals all = run_seeds(17'000, weather::stormy);
  CHECK(all.messages > all.runs);
  if (all.runs <= few) return;
  CHECK(all.failures > all.runs);
  std::cout << to_string(all) << '\n';
  CHECK(all.happened.rarer_than(all.runs / 50).empty());
}

TEST_CASE("one failure after another has just the consequences that its supervisors owe it") {
  const totals all = run_seeds(3'000, weather::calm);
  CHECK(all.messages > all.runs);
  if (all.runs > few) CHECK(all.failures > all.runs);
}

TEST_CASE("the same seed is the same run") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CHECK(play(seed, weather::stormy).hash == play(seed, weather::stormy).hash);
    CHECK(play(seed, weather::stormy).hash != play(seed + 1, weather::stormy).hash);
  }
}
