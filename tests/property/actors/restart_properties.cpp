// SPDX-License-Identifier: Apache-2.0
//
// Laws of restarts: how a backoff grows and spreads, what a budget lets through, what ends a streak.
#include <alys/actors/restart.hpp>

#include <rapidcheck/catch.h>
#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <cmath>

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

namespace {

milliseconds any_milliseconds(int from, int to) { return milliseconds{*rc::gen::inRange(from, to)}; }

alys::backoff any_backoff(alys::jitter jitter) {
  const auto initial = any_milliseconds(1, 5'000);
  return {.initial = initial,
          .cap = initial + any_milliseconds(0, 600'000),
          .multiplier = 1.0 + *rc::gen::inRange(0, 400) / 100.0,
          .jitter = jitter,
          .healthy_after = any_milliseconds(1, 60'000)};
}

nanoseconds delay(const alys::backoff& policy, std::uint32_t streak, std::uint64_t seed = 0) {
  alys::splitmix64 random{seed};
  return alys::next_delay(policy, streak, random).value();
}

// Restarts at times that never go back, each some time after the last.
std::vector<nanoseconds> any_times() {
  const auto gaps = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 30'000));
  std::vector<nanoseconds> times;
  nanoseconds now{0};
  for (const int gap : gaps) times.push_back(now += milliseconds{gap});
  return times;
}

} // namespace

TEST_CASE("a backoff begins at its initial delay and grows by its multiplier up to its cap") {
  rc::prop("growth", [] {
    const auto policy = any_backoff(alys::jitter::none);
    const auto streak = *rc::gen::inRange<std::uint32_t>(1, 200);
    const auto now = delay(policy, streak);
    const auto next = delay(policy, streak + 1);
    RC_ASSERT(delay(policy, 1) == policy.initial);
    RC_ASSERT(now <= next);
    RC_ASSERT(next <= policy.cap);
    const double expected =
        std::min(static_cast<double>(now.count()) * policy.multiplier, static_cast<double>(nanoseconds{policy.cap}.count()));
    RC_ASSERT(std::abs(static_cast<double>(next.count()) - expected) <= 1.0 + policy.multiplier + expected * 1e-12);
  });
}

TEST_CASE("a backoff that grows reaches its cap and stays there") {
  rc::prop("cap", [] {
    auto policy = any_backoff(alys::jitter::none);
    policy.multiplier += 0.01;
    RC_ASSERT(delay(policy, 1'000'000) == policy.cap);
    RC_ASSERT(delay(policy, std::numeric_limits<std::uint32_t>::max()) == policy.cap);
  });
}

TEST_CASE("full jitter never waits longer than the delay without jitter") {
  rc::prop("bound", [](std::uint64_t seed) {
    auto policy = any_backoff(alys::jitter::full);
    const auto streak = *rc::gen::inRange<std::uint32_t>(1, 60);
    const auto drawn = delay(policy, streak, seed);
    policy.jitter = alys::jitter::none;
    RC_ASSERT(drawn >= nanoseconds::zero());
    RC_ASSERT(drawn <= delay(policy, streak));
  });
}

// 16 000 draws into 16 bins of 1 000 expected. Chi-squared with 15 degrees of freedom exceeds 55 once in 500 000 seeds.
TEST_CASE("full jitter spreads evenly from nothing to the whole delay") {
  rc::prop("uniformity", [](std::uint64_t seed) {
    const auto policy = any_backoff(alys::jitter::full);
    const auto streak = *rc::gen::inRange<std::uint32_t>(1, 30);
    auto whole = policy;
    whole.jitter = alys::jitter::none;
    const auto longest = static_cast<double>(delay(whole, streak).count());

    alys::splitmix64 random{seed};
    std::array<int, 16> bins{};
    for (int i = 0; i < 16'000; ++i) {
      const auto share = static_cast<double>(alys::next_delay(policy, streak, random)->count()) / (longest + 1.0);
      ++bins[static_cast<std::size_t>(share * 16.0)];
    }
    double chi_squared = 0;
    for (const int count : bins) chi_squared += (count - 1'000.0) * (count - 1'000.0) / 1'000.0;
    RC_ASSERT(chi_squared < 55.0);
  });
}

TEST_CASE("numbers below a bound are below it and the bound itself decides nothing else") {
  rc::prop("below", [](std::uint64_t seed) {
    const auto bound = *rc::gen::inRange<std::uint64_t>(1, std::numeric_limits<std::uint64_t>::max());
    alys::splitmix64 random{seed};
    for (int i = 0; i < 20; ++i) RC_ASSERT(random.below(bound) < bound);
    const double fraction = random.fraction();
    RC_ASSERT(fraction >= 0.0);
    RC_ASSERT(fraction < 1.0);
  });
}

// Against the definition: a restart is in budget if, with itself, at most `restarts` lie within the window that ends with it.
TEST_CASE("a budget is exceeded exactly when more restarts than allowed lie within the window") {
  rc::prop("definition", [] {
    const alys::restart_limit limit{.restarts = *rc::gen::inRange<std::uint32_t>(0, 8), .within = any_milliseconds(1, 90'000)};
    const auto times = any_times();
    alys::restart_window window{limit};
    for (std::size_t i = 0; i < times.size(); ++i) {
      const auto first = std::find_if(times.begin(), times.end(), [&](nanoseconds t) { return times[i] - t <= limit.within; });
      const auto counted = static_cast<std::size_t>(times.begin() + static_cast<std::ptrdiff_t>(i) + 1 - first);
      RC_ASSERT(window.count(times[i]) == (counted <= limit.restarts));
      RC_ASSERT(window.in_window(times[i]) == std::min<std::size_t>(counted, limit.restarts + 1));
    }
  });
}

// However a child times its deaths around the healthy period, a window that holds one life more than it allows ends it.
TEST_CASE("a child that lives just past the healthy period and dies for ever exhausts its window") {
  rc::prop("health never resets the window", [] {
    const auto policy = any_backoff(alys::jitter::full);
    const auto restarts = *rc::gen::inRange<std::uint32_t>(1, 10);
    const auto past = any_milliseconds(0, 1'000);
    const auto life = policy.healthy_after + past;
    alys::restart_counters counters{alys::restart_limit{.restarts = restarts, .within = (life + policy.cap) * (restarts + 1)}};
    alys::splitmix64 random{*rc::gen::arbitrary<std::uint64_t>()};

    nanoseconds now{0};
    std::uint32_t allowed = 0;
    for (;;) {
      counters.count_start(now);
      now += life;
      if (!counters.count_restart(now, policy)) break;
      RC_ASSERT(counters.streak() == 1u);
      RC_ASSERT(++allowed <= restarts);
      now += *alys::next_delay(policy, counters.streak(), random);
    }
    RC_ASSERT(allowed == restarts);
    RC_ASSERT(counters.lifetime() == restarts + 1u);
  });
}

TEST_CASE("a streak is the number of restarts since the last healthy life") {
  rc::prop("streak", [] {
    const auto policy = any_backoff(alys::jitter::none);
    const auto lives = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 120'000));
    alys::restart_counters counters;
    nanoseconds now{0};
    std::uint32_t streak = 0;
    for (const int life : lives) {
      counters.count_start(now);
      now += milliseconds{life};
      RC_ASSERT(counters.count_restart(now, policy));
      streak = milliseconds{life} >= policy.healthy_after ? 1 : streak + 1;
      RC_ASSERT(counters.streak() == streak);
    }
    RC_ASSERT(counters.lifetime() == lives.size());
  });
}
