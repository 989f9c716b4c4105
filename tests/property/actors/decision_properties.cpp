// SPDX-License-Identifier: Apache-2.0
//
// Laws of decisions: the order in which rules are asked, what no rule brings about, and that a reachable row is reached.
#include <alys/actors/decision.hpp>

#include <rapidcheck/catch.h>
#include <catch2/catch.hpp>

#include <algorithm>
#include <functional>
#include <vector>

namespace {

using alys::action;
using alys::category;
using alys::severity;

enum class made_up : std::uint8_t { none, one, two };
ALYS_ERRORS(made_up, one, two)

constexpr category categories[] = {category::network,  category::database, category::configuration, category::resource, category::logic,
                                   category::external, category::timeout,  category::corruption,    category::unknown};
constexpr severity severities[] = {severity::low, severity::medium, severity::high, severity::critical};

bool odd_life(const alys::failure& f) { return f.incarnation % 2 == 1; }

category any_category() { return *rc::gen::elementOf(std::vector(std::begin(categories), std::end(categories))); }
severity any_severity() { return *rc::gen::elementOf(std::vector(std::begin(severities), std::end(severities))); }
alys::code any_code() { return *rc::gen::element(alys::code{made_up::one}, alys::code{made_up::two}); }
action any_action() { return *rc::gen::element(action::resume, action::restart, action::stop, action::escalate); }

alys::failure any_failure() {
  std::optional<severity> weight;
  if (*rc::gen::arbitrary<bool>()) weight = any_severity();
  const alys::code code = *rc::gen::arbitrary<bool>() ? any_code() : alys::code{};
  return {.what = alys::error{alys::error_kind::failed, code, any_category(), weight, "made up"},
          .path = "/a",
          .incarnation = *rc::gen::inRange<std::uint32_t>(1, 9),
          .source = *rc::gen::element(alys::failure_source::returned, alys::failure_source::thrown, alys::failure_source::hook,
                                      alys::failure_source::health, alys::failure_source::exit, alys::failure_source::watchdog),
          .may_resume_after_throw = *rc::gen::arbitrary<bool>()};
}

// A row, and what it says in words that do not use the row's own matching.
struct described_row {
  alys::row row;
  std::function<bool(const alys::failure&)> says;
};

described_row any_row() {
  const action then = any_action();
  const category kind = any_category();
  const severity weight = any_severity();
  const alys::code code = any_code();
  const bool forbidden = kind == category::corruption && then == action::restart;
  switch (*rc::gen::inRange(0, 5)) {
    case 0: return {{code, then}, [=](const alys::failure& f) { return f.what.code() == code; }};
    case 1: return {{weight, then}, [=](const alys::failure& f) { return f.what.severity() == weight; }};
    case 2: return {{odd_life, then}, odd_life};
    case 3:
      return {{kind, weight, forbidden ? action::stop : then},
              [=](const alys::failure& f) { return f.what.category() == kind && f.what.severity() == weight; }};
    default: return {{kind, forbidden ? action::stop : then}, [=](const alys::failure& f) { return f.what.category() == kind; }};
  }
}

struct described_table {
  std::vector<alys::row> rows;
  std::vector<described_row> described;
};

described_table any_table(int longest) {
  described_table table;
  for (int left = *rc::gen::inRange(0, longest + 1); left > 0; --left) {
    table.described.push_back(any_row());
    table.rows.push_back(table.described.back().row);
  }
  return table;
}

std::optional<std::size_t> first_that_says(const described_table& table, const alys::failure& what) {
  for (std::size_t i = 0; i < table.described.size(); ++i) {
    if (table.described[i].says(what)) return i;
  }
  return std::nullopt;
}

} // namespace

TEST_CASE("the child's first row decides and then the supervisor's and then the severity and then the category") {
  rc::prop("order", [] {
    const auto child = any_table(6);
    const auto supervisor = any_table(6);
    const auto what = any_failure();
    const auto made = alys::decide(child.rows, supervisor.rows, what);

    action said{};
    if (const auto i = first_that_says(child, what)) {
      RC_ASSERT(made.by == alys::decided_by::child_table);
      RC_ASSERT(made.row == *i);
      said = child.rows[*i].then();
    } else if (const auto j = first_that_says(supervisor, what)) {
      RC_ASSERT(made.by == alys::decided_by::supervisor_table);
      RC_ASSERT(made.row == *j);
      said = supervisor.rows[*j].then();
    } else if (const auto weight = what.what.severity()) {
      RC_ASSERT(made.by == alys::decided_by::severity);
      said = alys::default_action(*weight);
    } else {
      RC_ASSERT(made.by == alys::decided_by::category);
      said = alys::default_action(what.what.category());
    }
    RC_ASSERT(made.adjusted == (made.then != said));
    if (said == action::stop) RC_ASSERT(made.then == said);
    const bool by_table = made.by == alys::decided_by::child_table || made.by == alys::decided_by::supervisor_table;
    const bool once_more_by_default = what.source == alys::failure_source::exit && !by_table;
    if (said == action::escalate) RC_ASSERT((made.then == said) == !once_more_by_default);
  });
}

TEST_CASE("no table and no severity restarts a corruption or resumes what cannot go on") {
  rc::prop("limits", [] {
    const auto child = any_table(6);
    const auto supervisor = any_table(6);
    const auto what = any_failure();
    const auto made = alys::decide(child.rows, supervisor.rows, what);
    if (what.what.category() == category::corruption) RC_ASSERT(made.then != action::restart);
    if (made.then == action::resume) {
      RC_ASSERT(what.source != alys::failure_source::hook);
      RC_ASSERT(what.source != alys::failure_source::exit);
      RC_ASSERT(what.source != alys::failure_source::thrown || what.may_resume_after_throw);
    }
  });
}

// Tries every kind of failure there is against the table.
TEST_CASE("a table is reachable exactly when each of its rows is the first match of some failure") {
  rc::prop("reachable", [] {
    const auto table = any_table(8);
    std::vector<bool> reached(table.rows.size(), false);
    for (const category kind : categories) {
      for (int weight = -1; weight < 4; ++weight) {
        for (const alys::code code : {alys::code{}, alys::code{made_up::one}, alys::code{made_up::two}}) {
          for (const std::uint32_t life : {1u, 2u}) {
            std::optional<severity> stated;
            if (weight >= 0) stated = severities[weight];
            const alys::failure what{.what = {alys::error_kind::failed, code, kind, stated, ""}, .path = "/a", .incarnation = life};
            if (const auto i = first_that_says(table, what)) reached[*i] = true;
          }
        }
      }
    }
    RC_ASSERT(alys::reachable(table.rows) == std::all_of(reached.begin(), reached.end(), [](bool r) { return r; }));
  });
}
