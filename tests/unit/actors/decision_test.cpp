// SPDX-License-Identifier: Apache-2.0
//
// Decisions: which row matches, which table is asked first, what the defaults are, and what no rule can bring about.
#include <alys/actors/decision.hpp>

#include <catch2/catch.hpp>

namespace {

enum class bank_error : std::uint8_t { none, book_damaged, no_rate };
ALYS_ERRORS(bank_error, book_damaged, no_rate)

using alys::action;
using alys::category;
using alys::decided_by;
using alys::failure_source;
using alys::severity;

bool is_peer(const alys::failure& f) { return f.path.starts_with("/net/peer-"); }
bool is_first_life(const alys::failure& f) { return f.incarnation == 1; }

constexpr alys::row bank_decisions[] = {
    {bank_error::book_damaged, action::stop},
    {category::logic, severity::critical, action::stop},
    {category::network, action::restart},
    {severity::high, action::resume},
    {is_peer, action::escalate},
};
static_assert(alys::reachable(bank_decisions));

alys::failure with(alys::error what, failure_source source = failure_source::returned) {
  return {.what = std::move(what), .path = "/bank/ledger", .incarnation = 1, .source = source};
}

action decided(const alys::failure& what) { return alys::decide(bank_decisions, {}, what).then; }
action by_default(const alys::failure& what) { return alys::decide({}, {}, what).then; }

} // namespace

TEST_CASE("a code row matches its code and no other") {
  CHECK(decided(with(alys::fail(bank_error::book_damaged))) == action::stop);
  CHECK(alys::decide(bank_decisions, {}, with(alys::fail(bank_error::no_rate))).by == decided_by::category);
}

TEST_CASE("a category row with a severity matches both together only") {
  CHECK(decided(with(alys::fail(category::logic, severity::critical, ""))) == action::stop);
  CHECK(alys::decide(bank_decisions, {}, with(alys::fail(category::logic, severity::low, ""))).by == decided_by::severity);
  CHECK(alys::decide(bank_decisions, {}, with(alys::fail(category::logic, ""))).by == decided_by::category);
}

TEST_CASE("a category row matches with and without a severity") {
  CHECK(decided(with(alys::fail(category::network, ""))) == action::restart);
  CHECK(decided(with(alys::fail(category::network, severity::critical, ""))) == action::restart);
}

TEST_CASE("a severity row matches a stated severity only") {
  CHECK(decided(with(alys::fail(category::database, severity::high, ""))) == action::resume);
  CHECK(alys::decide(bank_decisions, {}, with(alys::fail(category::database, ""))).by == decided_by::category);
}

TEST_CASE("a predicate row sees the whole failure") {
  auto lost = with(alys::fail(category::external, ""));
  lost.path = "/net/peer-7";
  CHECK(decided(lost) == action::escalate);
}

TEST_CASE("the first row that matches wins") {
  constexpr alys::row rows[] = {{category::network, severity::low, action::resume}, {category::network, action::stop}};
  const auto made = alys::decide(rows, {}, with(alys::fail(category::network, severity::low, "")));
  CHECK(made.then == action::resume);
  CHECK(made.row == 0);
  CHECK(alys::decide(rows, {}, with(alys::fail(category::network, ""))).row == 1);
}

TEST_CASE("the child's table is asked before its supervisor's and that before the severity and the category") {
  constexpr alys::row child[] = {{category::network, action::stop}};
  constexpr alys::row supervisor[] = {{category::network, action::resume}, {category::database, action::escalate}};
  CHECK(alys::decide(child, supervisor, with(alys::fail(category::network, severity::low, ""))).by == decided_by::child_table);
  CHECK(alys::decide(child, supervisor, with(alys::fail(category::database, severity::low, ""))).by == decided_by::supervisor_table);
  CHECK(alys::decide(child, supervisor, with(alys::fail(category::external, severity::low, ""))).by == decided_by::severity);
  CHECK(alys::decide(child, supervisor, with(alys::fail(category::external, ""))).by == decided_by::category);
}

TEST_CASE("a stated severity decides low resume and medium restart and high escalate and critical stop") {
  CHECK(by_default(with(alys::fail(category::external, severity::low, ""))) == action::resume);
  CHECK(by_default(with(alys::fail(category::external, severity::medium, ""))) == action::restart);
  CHECK(by_default(with(alys::fail(category::external, severity::high, ""))) == action::escalate);
  CHECK(by_default(with(alys::fail(category::external, severity::critical, ""))) == action::stop);
}

TEST_CASE("each category has its default decision") {
  for (const auto kind : {category::network, category::database, category::resource, category::external, category::unknown}) {
    INFO(alys::to_string(kind));
    CHECK(by_default(with(alys::fail(kind, ""))) == action::restart);
  }
  CHECK(by_default(with(alys::fail(category::timeout, ""))) == action::resume);
  CHECK(by_default(with(alys::fail(category::logic, ""))) == action::escalate);
  CHECK(by_default(with(alys::fail(category::configuration, ""))) == action::stop);
  CHECK(by_default(with(alys::fail(category::corruption, ""))) == action::stop);
}

TEST_CASE("a corruption never restarts whoever says so") {
  const auto damaged = with(alys::fail(bank_error::book_damaged, category::corruption));
  constexpr alys::row by_code[] = {{bank_error::book_damaged, action::restart}};
  CHECK(alys::decide(by_code, {}, damaged).then == action::stop);
  CHECK(alys::decide(by_code, {}, damaged).adjusted);
  CHECK(alys::decide({}, by_code, damaged).then == action::stop);
  CHECK(by_default(with(alys::fail(category::corruption, severity::medium, ""))) == action::stop);
  CHECK(by_default(with(alys::fail(category::corruption, severity::low, ""), failure_source::exit)) == action::stop);
}

TEST_CASE("what was escalated is escalated again only if a table says so") {
  constexpr alys::row further[] = {{category::logic, action::escalate}};
  const auto escalated = with(alys::fail(category::logic, ""), failure_source::exit);
  CHECK(by_default(escalated) == action::restart);
  CHECK(alys::decide({}, {}, escalated).adjusted);
  CHECK(by_default(with(alys::fail(category::network, severity::high, ""), failure_source::exit)) == action::restart);
  CHECK(alys::decide({}, further, escalated).then == action::escalate);
  CHECK_FALSE(alys::decide({}, further, escalated).adjusted);
}

TEST_CASE("a row that restarts after a corruption cannot be made") {
  CHECK_THROWS_AS((alys::row{category::corruption, action::restart}), std::invalid_argument);
  CHECK_THROWS_AS((alys::row{category::corruption, severity::low, action::restart}), std::invalid_argument);
  CHECK_NOTHROW(alys::row{category::corruption, action::escalate});
}

TEST_CASE("resume after a throw needs the child's opt-in") {
  auto slow = with(alys::fail(category::timeout, ""), failure_source::thrown);
  CHECK(by_default(slow) == action::restart);
  CHECK(alys::decide({}, {}, slow).adjusted);
  slow.may_resume_after_throw = true;
  CHECK(by_default(slow) == action::resume);
  CHECK_FALSE(alys::decide({}, {}, slow).adjusted);
}

TEST_CASE("what did not start or has exited cannot be resumed") {
  auto slow = with(alys::fail(category::timeout, ""), failure_source::hook);
  slow.may_resume_after_throw = true;
  CHECK(by_default(slow) == action::restart);
  slow.source = failure_source::exit;
  CHECK(by_default(slow) == action::restart);
  slow.source = failure_source::health;
  CHECK(by_default(slow) == action::resume);
}

TEST_CASE("a row behind the same matcher is not reachable") {
  constexpr alys::row codes[] = {{bank_error::no_rate, action::stop}, {bank_error::no_rate, action::resume}};
  constexpr alys::row predicates[] = {{is_peer, action::stop}, {is_peer, action::resume}};
  constexpr alys::row severities[] = {{severity::low, action::stop}, {severity::low, action::resume}};
  static_assert(!alys::reachable(codes));
  static_assert(!alys::reachable(predicates));
  static_assert(!alys::reachable(severities));
  CHECK_FALSE(alys::reachable(codes));
}

TEST_CASE("a row behind a wider one is not reachable and before it is") {
  constexpr alys::row wide_first[] = {{category::network, action::stop}, {category::network, severity::low, action::resume}};
  constexpr alys::row narrow_first[] = {{category::network, severity::low, action::resume}, {category::network, action::stop}};
  static_assert(!alys::reachable(wide_first));
  CHECK(alys::reachable(narrow_first));
}

TEST_CASE("a row that several earlier rows cover together is not reachable") {
  constexpr alys::row all_severities[] = {{severity::low, action::stop},
                                          {severity::medium, action::stop},
                                          {severity::high, action::stop},
                                          {severity::critical, action::stop},
                                          {category::network, severity::high, action::resume}};
  constexpr alys::row no_severity_left[] = {{severity::low, action::stop},
                                            {severity::medium, action::stop},
                                            {severity::high, action::stop},
                                            {severity::critical, action::stop},
                                            {category::network, action::resume}};
  static_assert(!alys::reachable(all_severities));
  CHECK(alys::reachable(no_severity_left)); // an error may state no severity
}

TEST_CASE("nothing is reachable behind rows for every category") {
  constexpr alys::row rows[] = {
      {category::network, action::stop},  {category::database, action::stop},   {category::configuration, action::stop},
      {category::resource, action::stop}, {category::logic, action::stop},      {category::external, action::stop},
      {category::timeout, action::stop},  {category::corruption, action::stop}, {category::unknown, action::stop},
      {is_first_life, action::resume},
  };
  static_assert(!alys::reachable(rows));
  CHECK(alys::reachable(std::span{rows}.first(9)));
  constexpr alys::row with_code[] = {{category::network, action::stop}, {bank_error::no_rate, action::stop}, {is_peer, action::stop}};
  CHECK(alys::reachable(with_code));
}
