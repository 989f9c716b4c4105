// SPDX-License-Identifier: Apache-2.0
//
// Restart policies, budgets and counters, by example. Their laws are in the property tests.
#include <alys/actors/restart.hpp>

#include <catch2/catch.hpp>

#include <cmath>

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

namespace {

constexpr alys::backoff plain{.initial = 100ms, .cap = 1s, .multiplier = 2.0, .jitter = alys::jitter::none, .healthy_after = 10s};

std::vector<std::string> problem_paths(const alys::restart_policy& policy) {
  alys::problem_list problems;
  alys::validate(policy, problems);
  std::vector<std::string> paths;
  for (const auto& p : problems) paths.push_back(p.path);
  return paths;
}

nanoseconds delay(const alys::restart_policy& policy, std::uint32_t streak) {
  alys::splitmix64 random{1};
  return alys::next_delay(policy, streak, random).value();
}

} // namespace

TEST_CASE("SplitMix64 gives the published sequence of seed 1234567") {
  alys::splitmix64 random{1234567};
  CHECK(random() == 6457827717110365317u);
  CHECK(random() == 3203168211198807973u);
  CHECK(random() == 9817491932198370423u);
  CHECK(random() == 4593380528125082431u);
  CHECK(random() == 16408922859458223821u);
}

TEST_CASE("immediate restarts without a delay and never does not restart") {
  alys::splitmix64 random{1};
  CHECK(alys::next_delay(alys::immediate{}, 7, random) == nanoseconds::zero());
  CHECK(alys::next_delay(alys::never{}, 1, random) == std::nullopt);
}

TEST_CASE("a backoff without jitter doubles from the initial delay up to its cap") {
  CHECK(delay(plain, 1) == 100ms);
  CHECK(delay(plain, 2) == 200ms);
  CHECK(delay(plain, 3) == 400ms);
  CHECK(delay(plain, 4) == 800ms);
  CHECK(delay(plain, 5) == 1s);
  CHECK(delay(plain, 4'000'000'000) == 1s);
}

TEST_CASE("a backoff draws the same jitter from the same seed") {
  const alys::restart_policy policy = alys::backoff{};
  alys::splitmix64 one{9};
  alys::splitmix64 other{9};
  for (std::uint32_t streak = 1; streak < 20; ++streak)
    CHECK(alys::next_delay(policy, streak, one) == alys::next_delay(policy, streak, other));
}

TEST_CASE("a streak counts restarts in a row and a healthy period ends it") {
  alys::restart_counters counters;
  counters.count_start(0s);
  CHECK(counters.count_restart(1s, plain));
  counters.count_start(1s);
  CHECK(counters.count_restart(2s, plain));
  CHECK(counters.streak() == 2);
  counters.count_start(2s);
  CHECK(counters.count_restart(12s, plain));
  CHECK(counters.streak() == 1);
  CHECK(counters.lifetime() == 3);
}

TEST_CASE("a child that never came up has had no healthy period however long it tried") {
  alys::restart_counters counters;
  CHECK(counters.count_restart(1s, plain));
  CHECK(counters.count_restart(1h, plain));
  CHECK(counters.streak() == 2);
}

TEST_CASE("the last start counts and not an earlier one") {
  alys::restart_counters counters;
  counters.count_start(0s);
  CHECK(counters.count_restart(1s, plain));
  CHECK(counters.count_restart(20s, plain)); // the second life failed before it was up
  CHECK(counters.streak() == 2);
}

TEST_CASE("the fourth restart within the window of three is one too many") {
  alys::restart_window window{{.restarts = 3, .within = 60s}};
  CHECK(window.count(0s));
  CHECK(window.count(20s));
  CHECK(window.count(40s));
  CHECK_FALSE(window.count(60s)); // the first is exactly a window old and still counts, as in OTP
  CHECK(window.in_window(60s) == 4);
}

TEST_CASE("a restart that is older than the window does not count") {
  alys::restart_window window{{.restarts = 3, .within = 60s}};
  for (const auto at : {0s, 20s, 40s}) CHECK(window.count(at));
  CHECK(window.count(60s + 1ns));
}

TEST_CASE("a window of no restarts is exceeded by the first") {
  alys::restart_window window{{.restarts = 0, .within = 60s}};
  CHECK_FALSE(window.count(0s));
}

TEST_CASE("a tighter limit counts what was counted before it") {
  alys::restart_window window{{.restarts = 10, .within = 60s}};
  for (const auto at : {1s, 2s, 3s}) CHECK(window.count(at));
  window.set_limit({.restarts = 3, .within = 60s});
  CHECK_FALSE(window.count(4s));
}

TEST_CASE("a child with a limit of its own exceeds it whatever its supervisor allows") {
  alys::restart_counters counters{alys::restart_limit{.restarts = 1, .within = 1s}};
  CHECK(counters.count_restart(1s, alys::immediate{}));
  CHECK_FALSE(counters.count_restart(2s, alys::immediate{}));
  CHECK(counters.window()->in_window(2s) == 2);
}

TEST_CASE("a child that lives just past the healthy period and dies for ever exhausts its window") {
  alys::restart_counters counters{alys::restart_limit{.restarts = 3, .within = 60s}};
  nanoseconds now{0};
  int restarts = 0;
  bool within_budget = true;
  while (within_budget && restarts < 100) {
    counters.count_start(now);
    now += plain.healthy_after + 1ms;
    within_budget = counters.count_restart(now, plain);
    ++restarts;
    CHECK(counters.streak() == 1);
  }
  CHECK(restarts == 4);
}

TEST_CASE("what is wrong with a backoff is said field by field") {
  CHECK(problem_paths(alys::immediate{}).empty());
  CHECK(problem_paths(alys::never{}).empty());
  CHECK(problem_paths(alys::backoff{}).empty());
  CHECK(problem_paths(alys::backoff{.initial = 0ms}) == std::vector<std::string>{"initial"});
  CHECK(problem_paths(alys::backoff{.initial = -1ms}) == std::vector<std::string>{"initial"});
  CHECK(problem_paths(alys::backoff{.initial = 2s, .cap = 1s}) == std::vector<std::string>{"cap"});
  CHECK(problem_paths(alys::backoff{.cap = std::chrono::milliseconds::max()}) == std::vector<std::string>{"cap"});
  CHECK(problem_paths(alys::backoff{.multiplier = 0.99}) == std::vector<std::string>{"multiplier"});
  CHECK(problem_paths(alys::backoff{.multiplier = std::nan("")}) == std::vector<std::string>{"multiplier"});
  CHECK(problem_paths(alys::backoff{.multiplier = INFINITY}) == std::vector<std::string>{"multiplier"});
  CHECK(problem_paths(alys::backoff{.healthy_after = 0ms}) == std::vector<std::string>{"healthy_after"});
  CHECK(problem_paths(alys::backoff{.initial = 0ms, .cap = -1s, .multiplier = -1, .healthy_after = -1ms}).size() == 4);
}

TEST_CASE("what is wrong with a limit is said field by field") {
  alys::problem_list problems;
  alys::validate(alys::restart_limit{.restarts = 10'001, .within = 0ms}, problems);
  CHECK(alys::to_string(problems) == "restarts: must be at most 10000\nwithin: must be more than 0s");
}

TEST_CASE("a policy and a limit can be read") {
  CHECK(alys::to_string(alys::restart_policy{alys::immediate{}}) == "immediate");
  CHECK(alys::to_string(alys::restart_policy{alys::never{}}) == "never");
  CHECK(alys::to_string(alys::restart_policy{plain}) == "backoff 100ms x2 up to 1s, no jitter");
  CHECK(alys::to_string(alys::restart_policy{alys::backoff{.multiplier = 1.5}}) == "backoff 100ms x1.5 up to 30s, full jitter");
  CHECK(alys::to_string(alys::restart_limit{}) == "at most 3 in 1m");
}
