// SPDX-License-Identifier: Apache-2.0
//
// Laws of the smaller rules: lifecycle, histories, rate limits, start orders, durations in text, traceparents.
#include <alys/actors/duration_text.hpp>
#include <alys/actors/health.hpp>
#include <alys/actors/lifecycle.hpp>
#include <alys/actors/rate_limit.hpp>
#include <alys/actors/topology.hpp>
#include <alys/actors/trace_context.hpp>

#include <rapidcheck/catch.h>
#include <catch2/catch.hpp>

#include <algorithm>

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

TEST_CASE("whatever steps are tried a life moves by allowed ones only and accounts for all") {
  rc::prop("lifecycle", [](const std::vector<std::uint8_t>& tries) {
    alys::lifecycle life{1'000};
    std::size_t refused = 0;
    for (const std::uint8_t n : tries) {
      const auto from = life.state();
      const auto to = alys::all_lifecycle_states[n % std::size(alys::all_lifecycle_states)];
      const bool moved = life.advance(to, nanoseconds{n});
      RC_ASSERT(moved == alys::allowed(from, to));
      RC_ASSERT(life.state() == (moved ? to : from));
      refused += moved ? 0 : 1;
    }
    RC_ASSERT(life.violations() == refused);
    RC_ASSERT(life.history().size() + refused == tries.size());
    std::uint32_t births = 1;
    auto at = alys::lifecycle_state::initializing;
    for (const auto& event : life.history().entries()) {
      RC_ASSERT(event.from == at);
      births += event.to == alys::lifecycle_state::initializing ? 1u : 0u;
      RC_ASSERT(event.incarnation == births);
      at = event.to;
    }
    RC_ASSERT(life.incarnation() == births);
  });
}

TEST_CASE("a bounded history holds the newest entries and has counted the others") {
  rc::prop("history", [](const std::vector<int>& values) {
    const auto capacity = *rc::gen::inRange<std::size_t>(0, 10);
    alys::bounded_history<int> last{capacity};
    for (const int v : values) last.push(v);
    const std::size_t kept = std::min(capacity, values.size());
    RC_ASSERT(last.entries() == std::vector<int>(values.end() - static_cast<std::ptrdiff_t>(kept), values.end()));
    RC_ASSERT(last.dropped() == values.size() - kept);
  });
}

// Against the definition of a token bucket: `burst` tokens at first, one more each interval, never more than `burst`.
TEST_CASE("a rate limit admits what a token bucket does and counts the rest exactly") {
  rc::prop("rate limit", [] {
    const auto burst = *rc::gen::inRange<std::uint32_t>(1, 20);
    const auto interval = nanoseconds{*rc::gen::inRange(1, 1'000)};
    const auto gaps = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 700));
    alys::rate_limit limit{burst, interval};
    nanoseconds now{0};
    nanoseconds filled = interval * burst; // the bucket's content, in time
    std::uint64_t admitted = 0;
    std::uint64_t reported = 0;
    for (const int gap : gaps) {
      now += nanoseconds{gap};
      filled = std::min(filled + nanoseconds{gap}, interval * burst);
      const bool expected = filled >= interval;
      if (expected) filled -= interval;
      const auto held_back = limit.admit(now);
      RC_ASSERT(held_back.has_value() == expected);
      admitted += expected ? 1 : 0;
      reported += held_back.value_or(0);
    }
    RC_ASSERT(admitted + reported + limit.take_held_back() == gaps.size());
  });
}

TEST_CASE("a graph without rings is ordered with everything after what it needs") {
  rc::prop("order", [] {
    const auto edges =
        *rc::gen::container<std::vector<std::pair<int, int>>>(rc::gen::pair(rc::gen::inRange(0, 12), rc::gen::inRange(0, 12)));
    alys::name_graph needs;
    for (const auto& [a, b] : edges) {
      if (a != b) needs.add_edge(std::to_string(std::max(a, b)), std::to_string(std::min(a, b)));
    }
    RC_ASSERT(needs.rings().empty());
    const auto order = needs.order();
    RC_ASSERT(order.size() == needs.names().size());
    const auto place = [&](int name) { return std::find(order.begin(), order.end(), std::to_string(name)); };
    for (const auto& [a, b] : edges) {
      if (a != b) RC_ASSERT(place(std::min(a, b)) < place(std::max(a, b)));
    }
  });
}

TEST_CASE("every ring found is one and without any ring everything can be ordered") {
  rc::prop("rings", [] {
    const auto edges = *rc::gen::container<std::vector<std::pair<int, int>>>(rc::gen::pair(rc::gen::inRange(0, 8), rc::gen::inRange(0, 8)));
    alys::name_graph needs;
    for (const auto& [a, b] : edges) needs.add_edge(std::to_string(a), std::to_string(b));
    const auto rings = needs.rings();
    for (const auto& ring : rings) {
      RC_ASSERT(ring.size() >= 2u);
      RC_ASSERT(ring.front() == ring.back());
      for (std::size_t i = 0; i + 1 < ring.size(); ++i) {
        const auto edge = std::pair{std::stoi(ring[i]), std::stoi(ring[i + 1])};
        RC_ASSERT(std::find(edges.begin(), edges.end(), edge) != edges.end());
      }
    }
    RC_ASSERT(rings.empty() == (needs.order().size() == needs.names().size()));
  });
}

TEST_CASE("a duration is read back as it was written") {
  rc::prop("durations", [](std::int64_t count) {
    RC_PRE(count != std::numeric_limits<std::int64_t>::min());
    RC_ASSERT(alys::parse_duration(alys::to_text(nanoseconds{count})) == nanoseconds{count});
  });
}

TEST_CASE("no text makes the readers of durations and traceparents do anything but answer") {
  rc::prop("total", [](const std::string& text) {
    if (const auto read = alys::parse_duration(text)) RC_ASSERT(alys::parse_duration(alys::to_text(*read)) == *read);
    if (const auto context = alys::parse_traceparent(text)) RC_ASSERT(context->valid());
    RC_SUCCEED("answered");
  });
}

TEST_CASE("a valid trace context is read back as it was written") {
  rc::prop("traceparent", [](const std::array<std::uint8_t, 16>& trace, const std::array<std::uint8_t, 8>& span, bool sampled) {
    const alys::trace_context context{trace, span, static_cast<std::uint8_t>(sampled ? 1 : 0)};
    RC_PRE(context.valid());
    RC_ASSERT(alys::parse_traceparent(alys::to_traceparent(context)) == context);
  });
}

TEST_CASE("a supervisor is never better than its worst critical child nor made worse than degraded by the others") {
  rc::prop("health", [](const std::vector<std::pair<std::uint8_t, bool>>& states) {
    std::vector<alys::child_health> children;
    for (const auto& [state, critical] : states)
      children.push_back({.name = "c", .critical = critical, .report = {static_cast<alys::health_state>(state % 6), ""}});
    const auto rule = alys::worst_critical_child(children);
    const bool broken = std::any_of(children.begin(), children.end(), [](const auto& c) {
      return c.critical && c.report.state != alys::health_state::healthy && c.report.state != alys::health_state::degraded &&
             c.report.state != alys::health_state::initializing;
    });
    const bool starting = std::any_of(children.begin(), children.end(),
                                      [](const auto& c) { return c.critical && c.report.state == alys::health_state::initializing; });
    RC_ASSERT((rule.state == alys::health_state::unhealthy) == broken);
    RC_ASSERT(alys::ready(rule.state) == (!broken && !starting));
  });
}
