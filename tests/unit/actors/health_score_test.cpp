// SPDX-License-Identifier: Apache-2.0
//
// The health score: what counts, and how it recovers.
#include <alys/actors/health_score.hpp>

#include <catch2/catch.hpp>

using namespace std::chrono_literals;
using alys::failure_note;

TEST_CASE("refusals are answers and failures are not") {
  CHECK(alys::success_rate({}) == 1.0);
  CHECK(alys::success_rate({.handled = 3}) == 1.0);
  CHECK(alys::success_rate({.handled = 2, .refused = 1, .failed = 1}) == 0.75);
  CHECK(alys::success_rate({.failed = 5}) == 0.0);
}

TEST_CASE("a failure counts half after each half life") {
  const failure_note one{.at = 100s};
  CHECK(alys::stability({}, 0s) == 1.0);
  CHECK(alys::stability({&one, 1}, 100s) == 0.5);
  CHECK(alys::stability({&one, 1}, 50s) == 0.5);
  CHECK(alys::stability({&one, 1}, 100s + 10min) == Approx(2.0 / 3));
  CHECK(alys::stability({&one, 1}, 100s + 20min) == Approx(0.8));
  CHECK(alys::stability({&one, 1}, 24h) == Approx(1.0));
  const failure_note both[] = {{.at = 0s}, {.at = 10min}};
  CHECK(alys::stability(both, 10min) == Approx(1 / 2.5));
}

TEST_CASE("the score is success times stability and a supervisor's the mean of its children's") {
  const failure_note now{.at = 7s};
  CHECK(alys::health_score({.handled = 99, .failed = 1}, {&now, 1}, 7s) == Approx(0.495));
  alys::tree_node good;
  alys::tree_node bad;
  bad.score = 0.5;
  const std::vector<alys::tree_node> children{good, bad};
  CHECK(alys::health_score(children, {}, 0s) == 0.75);
  CHECK(alys::health_score(children, {&now, 1}, 7s) == 0.375);
  CHECK(alys::health_score(std::span<const alys::tree_node>{}, {}, 0s) == 1.0);
}
