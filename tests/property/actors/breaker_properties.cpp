// SPDX-License-Identifier: Apache-2.0
//
// A breaker against a model that keeps the whole story and derives the state from it.
#include <alys/actors/breaker.hpp>

#include <rapidcheck/catch.h>
#include <catch2/catch.hpp>

#include <vector>

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

namespace {

using alys::breaker_state;

// What it is told, one thing after another.
struct happening {
  enum class kind { wait, ask_in, succeed, fail, come_up } what = kind::wait;
  int number = 0; // how long, or which pass of those that are out
};
std::ostream& operator<<(std::ostream& out, const happening& h) { return out << static_cast<int>(h.what) << '/' << h.number; }

rc::Gen<happening> any_happening() {
  return rc::gen::build<happening>(
      rc::gen::set(&happening::what,
                   rc::gen::element(happening::kind::wait, happening::kind::ask_in, happening::kind::ask_in, happening::kind::succeed,
                                    happening::kind::fail, happening::kind::fail, happening::kind::come_up)),
      rc::gen::set(&happening::number, rc::gen::inRange(0, 5'000)));
}

alys::breaker any_rule() {
  return {.failures = *rc::gen::inRange<std::uint32_t>(1, 6),
          .open_for = milliseconds{*rc::gen::inRange(1, 5'000)},
          .probes = *rc::gen::inRange<std::uint32_t>(1, 4),
          .successes = *rc::gen::inRange<std::uint32_t>(1, 4),
          .healthy_after = milliseconds{*rc::gen::inRange(1, 5'000)}};
}

// The model: a list of periods, each with the passes it gave and the outcomes it heard.
struct model {
  struct period {
    breaker_state state;
    nanoseconds since;
    std::vector<nanoseconds> failures_row; // in a row
    std::uint32_t successes = 0;
    std::vector<nanoseconds> probes_out;
  };
  alys::breaker rule;
  std::vector<period> story{{breaker_state::closed, {}, {}, 0, {}}};
  std::optional<nanoseconds> up = std::nullopt;

  period& present() { return story.back(); }
  void enter(breaker_state s, nanoseconds now, std::vector<nanoseconds> row) { story.push_back({s, now, std::move(row), 0, {}}); }

  bool admit(nanoseconds now) {
    if (present().state == breaker_state::open && now - present().since >= rule.open_for)
      enter(breaker_state::half_open, now, present().failures_row);
    period& p = present();
    if (p.state == breaker_state::closed) return true;
    if (p.state == breaker_state::open) return false;
    if (p.probes_out.size() >= rule.probes) {
      if (now - p.probes_out.back() < rule.open_for) return false;
      p.probes_out.clear();
    }
    p.probes_out.push_back(now);
    return true;
  }
  void succeed(std::size_t of, nanoseconds now) {
    if (of + 1 != story.size()) return;
    period& p = present();
    if (p.state == breaker_state::half_open) {
      if (!p.probes_out.empty()) p.probes_out.erase(p.probes_out.begin());
      if (++p.successes == rule.successes) enter(breaker_state::closed, now, {});
    } else {
      p.failures_row.clear();
    }
  }
  void fail(std::size_t of, nanoseconds now) {
    if (of + 1 != story.size()) return;
    period& p = present();
    if (up && now - *up >= rule.healthy_after) p.failures_row.clear();
    up.reset();
    p.failures_row.push_back(now);
    if (p.state == breaker_state::half_open || p.failures_row.size() >= rule.failures) enter(breaker_state::open, now, p.failures_row);
  }
};

} // namespace

TEST_CASE("a breaker goes from state to state as its rule says whatever it hears in whatever order") {
  rc::prop("model", [] {
    const auto rule = any_rule();
    const auto all = *rc::gen::container<std::vector<happening>>(any_happening());
    alys::circuit_breaker real{rule};
    model expected{.rule = rule};
    std::vector<std::pair<alys::breaker_pass, std::size_t>> passes; // and the period of the story that gave them
    nanoseconds now{0};
    std::uint64_t openings = 0;
    for (const happening& h : all) {
      const auto which = passes.empty() ? 0 : static_cast<std::size_t>(h.number) % passes.size();
      const auto periods = expected.story.size();
      switch (h.what) {
        case happening::kind::wait: now += milliseconds{h.number}; break;
        case happening::kind::ask_in: {
          const auto pass = real.admit(now);
          RC_ASSERT(pass.has_value() == expected.admit(now));
          if (pass) passes.emplace_back(*pass, expected.story.size() - 1);
          break;
        }
        case happening::kind::come_up:
          real.came_up(now);
          expected.up = now;
          break;
        case happening::kind::succeed:
          if (passes.empty()) break;
          real.succeeded(passes[which].first);
          expected.succeed(passes[which].second, now);
          break;
        case happening::kind::fail:
          if (passes.empty()) break;
          real.failed(passes[which].first, now);
          expected.fail(passes[which].second, now);
          break;
      }
      if (expected.story.size() != periods && expected.present().state == breaker_state::open) ++openings;
      RC_ASSERT(real.state() == expected.present().state);
      RC_ASSERT(real.openings() == openings);
      RC_ASSERT(real.failures() == expected.present().failures_row.size());
      if (real.state() == breaker_state::open) RC_ASSERT(real.open_until() == expected.present().since + rule.open_for);
    }
  });
}

TEST_CASE("an open breaker admits nobody before its time and somebody at its end") {
  rc::prop("open", [] {
    const auto rule = any_rule();
    alys::circuit_breaker b{rule};
    const nanoseconds opened = milliseconds{*rc::gen::inRange(0, 1'000)};
    for (std::uint32_t i = 0; i < rule.failures; ++i) {
      RC_ASSERT(b.state() == breaker_state::closed);
      b.failed(b.admit(opened).value(), opened);
    }
    RC_ASSERT(b.state() == breaker_state::open);
    const nanoseconds before{*rc::gen::inRange<std::int64_t>(0, nanoseconds{rule.open_for}.count())};
    RC_ASSERT(!b.admit(opened + before));
    for (std::uint32_t i = 0; i < rule.probes; ++i) RC_ASSERT(b.admit(opened + rule.open_for));
    RC_ASSERT(!b.admit(opened + rule.open_for));
  });
}

TEST_CASE("what always fails is tried no more often than its breaker allows") {
  rc::prop("rate", [] {
    const auto rule = any_rule();
    alys::circuit_breaker b{rule};
    const nanoseconds step = milliseconds{*rc::gen::inRange(1, 100)};
    const nanoseconds end = std::chrono::seconds{60};
    std::uint64_t tried = 0;
    for (nanoseconds now{0}; now < end; now += step) {
      if (const auto pass = b.admit(now)) {
        ++tried;
        b.failed(*pass, now);
      }
    }
    const auto periods = static_cast<std::uint64_t>(end / nanoseconds{rule.open_for}) + 1;
    RC_ASSERT(tried <= rule.failures + periods);
  });
}
