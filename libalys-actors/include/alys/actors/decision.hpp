// SPDX-License-Identifier: Apache-2.0
//
// What a supervisor does about a failure: decision tables and the order in which they are asked.
//
// A table is an array of rows; the first row that matches decides. The child's own table is asked first, then its supervisor's, then the
// severity that the error states, and at last the default of its category. A corruption is never answered with a restart, whoever says
// so: state that is known to be wrong must not be loaded again.
//
// ```cpp
// enum class bank_error : std::uint8_t { none, book_damaged };
// ALYS_ERRORS(bank_error, book_damaged)
//
// inline bool lost_peer(const alys::failure& f) { return f.path.find("/peer-") != std::string::npos; }
//
// constexpr alys::row bank_decisions[] = {
//   {bank_error::book_damaged, alys::action::stop},
//   {alys::category::logic, alys::severity::critical, alys::action::stop},
//   {alys::category::network, alys::action::restart},
//   {lost_peer, alys::action::resume},
// };
// static_assert(alys::reachable(bank_decisions), "a decision row is never reached");
// ```
#pragma once

#include <alys/actors/error.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

namespace alys {

// What becomes of the failed actor.
enum class action : std::uint8_t {
  resume,   // go on with the same object and the next message
  restart,  // a new object in the same place
  stop,     // the end of this child
  escalate, // the supervisor fails in turn: its own supervisor decides
};

[[nodiscard]] std::string_view to_string(action) noexcept;

// How a failure showed itself. It limits what can be done: an object whose start failed, or that exited, cannot be resumed.
enum class failure_source : std::uint8_t {
  returned, // a handler returned a failure
  thrown,   // a handler threw: its state may be half changed
  hook,     // construction or a lifecycle hook failed or took too long
  health,   // its health verdicts
  exit,     // the hosted actor ended by itself, abnormally
  watchdog, // a handler ran longer than it may
};

[[nodiscard]] std::string_view to_string(failure_source) noexcept;

// A failure, as a supervisor sees it.
struct failure {
  error what = {};               // what happened
  std::string path = {};         // of the failed actor: "/bank/ledger"
  std::uint32_t incarnation = 0; // the life that failed
  failure_source source = failure_source::returned;
  bool may_resume_after_throw = false; // the child's opt-in
};

// One row: a matcher and an action. Made from {code, action}, {category, action}, {category, severity, action}, {severity, action} or
// {bool(*)(const failure&), action}. A row that would restart after a corruption throws std::invalid_argument, so does not compile in a
// constexpr table.
class row {
public:
  constexpr row(alys::code matched, action then) noexcept : code_(matched), then_(then) {}
  constexpr row(alys::category matched, action then) : category_(matched), then_(then) { require_no_restart_of_corruption(); }
  constexpr row(alys::category matched, alys::severity weight, action then) : category_(matched), severity_(weight), then_(then) {
    require_no_restart_of_corruption();
  }
  constexpr row(alys::severity matched, action then) noexcept : severity_(matched), then_(then) {}
  constexpr row(bool (*matched)(const failure&), action then) noexcept : predicate_(matched), then_(then) {}

  [[nodiscard]] bool matches(const failure&) const;
  [[nodiscard]] constexpr action then() const noexcept { return then_; }

private:
  friend constexpr bool reachable(std::span<const row> rows) noexcept;

  constexpr void require_no_restart_of_corruption() const {
    if (category_ == category::corruption && then_ == action::restart)
      throw std::invalid_argument("alys: a corruption is never answered with a restart");
  }
  // Rows of category and severity only: does it match an error of this category that states this severity, or none?
  [[nodiscard]] constexpr bool covers(alys::category kind, std::optional<alys::severity> weight) const noexcept {
    return !code_ && predicate_ == nullptr && (!category_ || *category_ == kind) && (!severity_ || severity_ == weight);
  }
  [[nodiscard]] constexpr bool same_matcher(const row& other) const noexcept {
    return code_ == other.code_ && predicate_ == other.predicate_ && category_ == other.category_ && severity_ == other.severity_;
  }

  alys::code code_{};
  bool (*predicate_)(const failure&) = nullptr;
  std::optional<alys::category> category_{};
  std::optional<alys::severity> severity_{};
  action then_;
};

// A table as an option: the rows themselves stay where they are. The same rows are the same table.
struct decision_table : std::span<const row> {
  using std::span<const row>::span;
  constexpr decision_table() noexcept = default;
  constexpr decision_table(std::span<const row> rows) noexcept : span(rows) {} // NOLINT(google-explicit-constructor)
  friend constexpr bool operator==(const decision_table& a, const decision_table& b) noexcept {
    return a.data() == b.data() && a.size() == b.size();
  }
};

// Whether every row can be the first that matches some failure. For static_assert beside a table.
// A code or a predicate may go with any category and severity, so only the same one, or rows that take everything, can hide it.
[[nodiscard]] constexpr bool reachable(std::span<const row> rows) noexcept {
  constexpr std::array categories{category::network,  category::database, category::configuration, category::resource, category::logic,
                                  category::external, category::timeout,  category::corruption,    category::unknown};
  constexpr std::array<std::optional<severity>, 5> severities{std::nullopt, severity::low, severity::medium, severity::high,
                                                              severity::critical};
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::span earlier = rows.first(i);
    bool hidden = false;
    for (const row& r : earlier) hidden = hidden || r.same_matcher(rows[i]);
    bool open = false;
    for (const category kind : categories) {
      for (const std::optional<severity>& weight : severities) {
        const bool wanted = rows[i].code_ || rows[i].predicate_ != nullptr || rows[i].covers(kind, weight);
        bool taken = false;
        for (const row& r : earlier) taken = taken || r.covers(kind, weight);
        open = open || (wanted && !taken);
      }
    }
    if (hidden || !open) return false;
  }
  return true;
}

// Who decided, for logs and listings.
enum class decided_by : std::uint8_t { child_table, supervisor_table, severity, category };

[[nodiscard]] std::string_view to_string(decided_by) noexcept;

struct decision {
  action then = action::stop;
  decided_by by = decided_by::category;
  std::size_t row = 0;   // its place in the table that decided; 0 for a severity or a category
  bool adjusted = false; // the rule said something that must not or cannot be done: see decide
  friend bool operator==(const decision&, const decision&) = default;
};

// The defaults behind the tables: low resume, medium restart, high escalate, critical stop ...
[[nodiscard]] action default_action(severity) noexcept;
// ... and by category: network, database, resource, external and unknown restart, timeout resume, logic escalate, configuration and
// corruption stop.
[[nodiscard]] action default_action(category) noexcept;

// Decides, in the order above. Three adjustments come last. What was escalated is not escalated again by default, only if a table says so:
// the subtree is restarted, else one bug anywhere would end everything. A resume that is not possible (the source was a hook or an exit),
// or that follows a throw without the child's opt-in, becomes a restart. A restart after a corruption becomes a stop.
// Runs predicates of the tables, so it throws what they throw. Thread-safe if they are.
[[nodiscard]] decision decide(std::span<const row> child, std::span<const row> supervisor, const failure& what);

} // namespace alys
