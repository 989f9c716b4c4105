// SPDX-License-Identifier: Apache-2.0
//
// Laws of running supervisors, in virtual time: what a budget lets through, and what a strategy of one's own brings about.
#include "support/actors/flaky.hpp"

#include <alys/testkit.hpp>

#include <rapidcheck/catch.h>
#include <catch2/catch.hpp>

using namespace alys;
using namespace alys::test;
using namespace std::chrono_literals;

namespace {

std::chrono::milliseconds any_milliseconds(int from, int to) { return std::chrono::milliseconds{*rc::gen::inRange(from, to)}; }

// It fails, and comes back when its policy says so.
void fail(testkit::bench& t, const ref<flaky>& who) {
  RC_ASSERT(t.ask(who, crash{}).error().failed());
  t.run_until_idle();
}

} // namespace

TEST_CASE("a tree whose child lives just past the healthy period and dies for ever ends with its budget") {
  rc::prop("health gives no restart back", [] {
    const backoff policy{.initial = any_milliseconds(1, 500),
                         .cap = 10s,
                         .jitter = *rc::gen::element(jitter::full, jitter::none),
                         .healthy_after = any_milliseconds(1, 5'000)};
    const auto restarts = *rc::gen::inRange<std::uint32_t>(0, 8);
    const auto life = policy.healthy_after + any_milliseconds(0, 100);
    const auto within = (life + policy.initial) * (restarts + 1); // the row is one long each time, so a delay is at most the first one
    testkit::bench t{{.how = one_for_one{.restarts = restarts, .within = within}, .seed = *rc::gen::arbitrary<std::uint64_t>()}};
    const auto child = t.child<flaky>({}, {.restart = policy});
    for (std::uint32_t i = 0; i < restarts; ++i) {
      t.advance(life);
      fail(t, child);
      RC_ASSERT(t.ask(child, ping{}, policy.initial) == i + 2);
    }
    t.advance(life);
    fail(t, child);
    RC_ASSERT(t.system().wait_for(0s) == end_reason::budget_exhausted);
  });
}

TEST_CASE("a breaker keeps a child that always fails from ending its tree") {
  rc::prop("openings cost nothing", [] {
    const breaker how{.failures = *rc::gen::inRange<std::uint32_t>(1, 5), .open_for = any_milliseconds(1, 10'000)};
    testkit::bench t{{.how = one_for_one{.restarts = how.failures - 1, .within = 1h}}};
    const auto child = t.child<flaky>({}, {.breaker = how});
    const auto tries = *rc::gen::inRange<std::uint32_t>(1, 40);
    for (std::uint32_t i = 1; i <= tries; ++i) {
      fail(t, child);
      const bool open = i >= how.failures;
      RC_ASSERT((t.node(child).breaker->state == breaker_state::open) == open);
      RC_ASSERT((t.ask(child, ping{}) == errc::breaker_open) == open);
      if (open) t.advance(how.open_for);
      RC_ASSERT(t.incarnation(child) == i + 1);
    }
    RC_ASSERT(t.system().wait_for(0s) == end_reason::none);
  });
}

TEST_CASE("a strategy of one's own restarts those that it names and nobody else") {
  rc::prop("company", [] {
    const auto many = *rc::gen::inRange<std::size_t>(1, 8);
    const auto failing = *rc::gen::inRange<std::size_t>(0, many);
    const auto named = *rc::gen::container<std::vector<bool>>(many, rc::gen::arbitrary<bool>());
    const auto choose = [&](const failure&, std::span<sibling> children) {
      for (std::size_t i = 0; i < children.size(); ++i) {
        if (named[i]) children[i].then = action::restart;
      }
    };
    testkit::bench t{{.how = by_function{.name = "named", .decide = choose}}};
    std::vector<ref<flaky>> all;
    for (std::size_t i = 0; i < many; ++i) all.push_back(t.child<flaky>());
    fail(t, all[failing]);
    for (std::size_t i = 0; i < many; ++i) RC_ASSERT(t.ask(all[i], ping{}) == (i == failing || named[i] ? 2u : 1u));
    RC_ASSERT(t.tree().restarts_in_window == 1u);
  });
}
