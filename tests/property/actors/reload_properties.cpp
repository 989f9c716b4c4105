// SPDX-License-Identifier: Apache-2.0
//
// The law of a reload: everywhere or nowhere, whatever the actors do meanwhile; and a message sees one version, not two.
#include <alys/actors.hpp>
#include <alys/testkit.hpp>

#include <rapidcheck/catch.h>
#include <catch2/catch.hpp>

using namespace alys;
using namespace std::chrono_literals;

namespace {

struct ask_version {
  using reply = int;
};
ALYS_MESSAGE(ask_version)
struct versioned {
  int version = 0;
};
ALYS_CONFIG(versioned, version)

// Refuses what is listed as its taboo.
class member final : public actor<member, versioned> {
public:
  using messages = accepts<ask_version>;
  explicit member(std::shared_ptr<const std::vector<int>> taboo) : taboo_(std::move(taboo)) {}
  int handle(const ask_version&) { return config().version; }
  result<void> prepare(const versioned& next) {
    if (std::ranges::find(*taboo_, next.version) != taboo_->end()) return refuse(errc::out_of_range, "taboo");
    return {};
  }

private:
  std::shared_ptr<const std::vector<int>> taboo_;
};

struct step {
  enum kind { reload, fail, advance } what = reload;
  std::size_t whom = 0;
};
std::ostream& operator<<(std::ostream& out, const step& s) {
  return out << (s.what == step::reload ? "reload"
                 : s.what == step::fail ? "fail "
                                        : "advance")
             << (s.what == step::fail ? std::to_string(s.whom) : "");
}

} // namespace

namespace rc {
template <>
struct Arbitrary<step> {
  static Gen<step> arbitrary() {
    return gen::construct<step>(gen::weightedElement<step::kind>({{3, step::reload}, {3, step::fail}, {2, step::advance}}),
                                gen::inRange<std::size_t>(0, 6));
  }
};
} // namespace rc

TEST_CASE("a reload is taken everywhere or nowhere whatever fails meanwhile") {
  rc::prop("all or nothing", [](const std::vector<step>& steps) {
    const auto size = *rc::gen::inRange<std::size_t>(1, 7);
    std::vector<std::shared_ptr<const std::vector<int>>> taboos;
    std::vector<child_options> options;
    for (std::size_t i = 0; i < size; ++i) {
      taboos.push_back(std::make_shared<const std::vector<int>>(*rc::gen::container<std::vector<int>>(2, rc::gen::inRange(1, 12))));
      options.push_back({.restart = backoff{.initial = 1s, .cap = 4s, .jitter = jitter::none},
                         .reload_by = *rc::gen::element(reload_by::hooks, reload_by::hooks, reload_by::restart)});
    }
    const auto declare = [&](int version) {
      std::pair<supervisor_spec, std::vector<ref<member>>> made{supervisor_spec{"root", one_for_one{.restarts = 10'000}}, {}};
      for (std::size_t i = 0; i < size; ++i)
        made.second.push_back(made.first.child<member>("m" + std::to_string(i), {version}, options[i], taboos[i]));
      return made;
    };
    auto [spec, slots] = declare(0);
    testkit::bench t{std::move(spec)};
    t.start();
    int in_effect = 0;
    int next = 0;
    std::vector<testkit::pending_answer<int>> failing;
    for (const step& s : steps) {
      if (s.what == step::advance) t.advance(1s);
      if (s.what == step::fail && s.whom < size) {
        t.fail_next(slots[s.whom]);
        failing.push_back(t.ask_later(slots[s.whom], ask_version{}));
        t.run_until_idle();
      }
      if (s.what != step::reload) continue;
      ++next;
      // Whoever is down is not asked, and takes it when it comes back; whoever restarts for it has no say.
      const auto report = t.reload(declare(next).first);
      RC_ASSERT(report.outcome == reload_outcome::applied || report.outcome == reload_outcome::refused);
      if (report.outcome == reload_outcome::applied) in_effect = next;
      for (std::size_t i = 0; i < size; ++i) {
        if (t.state(slots[i]) == lifecycle_state::running) RC_ASSERT(t.ask(slots[i], ask_version{}) == in_effect);
      }
    }
    t.advance(10s);
    for (const auto& slot : slots) RC_ASSERT(t.ask(slot, ask_version{}) == in_effect);
  });
}
