// SPDX-License-Identifier: Apache-2.0
//
// The order of decisions.
#include <alys/actors/decision.hpp>

namespace alys {
namespace {

// The first row that matches, if any.
std::optional<std::size_t> first_match(std::span<const row> rows, const failure& what) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i].matches(what)) return i;
  }
  return std::nullopt;
}

decision by_rule(std::span<const row> child, std::span<const row> supervisor, const failure& what) {
  if (const auto i = first_match(child, what)) return {.then = child[*i].then(), .by = decided_by::child_table, .row = *i};
  if (const auto i = first_match(supervisor, what)) return {.then = supervisor[*i].then(), .by = decided_by::supervisor_table, .row = *i};
  if (const auto weight = what.what.severity()) return {.then = default_action(*weight), .by = decided_by::severity};
  return {.then = default_action(what.what.category()), .by = decided_by::category};
}

bool can_resume(const failure& what) noexcept {
  switch (what.source) {
    case failure_source::returned:
    case failure_source::health:
    case failure_source::watchdog: return true;
    case failure_source::thrown: return what.may_resume_after_throw;
    case failure_source::hook:
    case failure_source::exit: return false;
  }
  return false;
}

} // namespace

bool row::matches(const failure& what) const {
  if (predicate_ != nullptr) return predicate_(what);
  if (code_) return what.what.code() == code_;
  return covers(what.what.category(), what.what.severity());
}

action default_action(severity weight) noexcept {
  switch (weight) {
    case severity::low: return action::resume;
    case severity::medium: return action::restart;
    case severity::high: return action::escalate;
    case severity::critical: return action::stop;
  }
  return action::stop;
}

action default_action(category kind) noexcept {
  switch (kind) {
    case category::network:
    case category::database:
    case category::resource:
    case category::external:
    case category::unknown: return action::restart;
    case category::timeout: return action::resume;
    case category::logic: return action::escalate;
    case category::configuration:
    case category::corruption: return action::stop;
  }
  return action::stop;
}

decision decide(std::span<const row> child, std::span<const row> supervisor, const failure& what) {
  decision made = by_rule(child, supervisor, what);
  const action said = made.then;
  const bool by_default = made.by == decided_by::severity || made.by == decided_by::category;
  if (made.then == action::escalate && what.source == failure_source::exit && by_default) made.then = action::restart;
  if (made.then == action::resume && !can_resume(what)) made.then = action::restart;
  if (made.then == action::restart && what.what.category() == category::corruption) made.then = action::stop;
  made.adjusted = made.then != said;
  return made;
}

std::string_view to_string(action then) noexcept {
  switch (then) {
    case action::resume: return "resume";
    case action::restart: return "restart";
    case action::stop: return "stop";
    case action::escalate: return "escalate";
  }
  return "unknown";
}

std::string_view to_string(failure_source source) noexcept {
  switch (source) {
    case failure_source::returned: return "returned";
    case failure_source::thrown: return "thrown";
    case failure_source::hook: return "hook";
    case failure_source::health: return "health";
    case failure_source::exit: return "exit";
    case failure_source::watchdog: return "watchdog";
  }
  return "unknown";
}

std::string_view to_string(decided_by by) noexcept {
  switch (by) {
    case decided_by::child_table: return "child's table";
    case decided_by::supervisor_table: return "supervisor's table";
    case decided_by::severity: return "severity";
    case decided_by::category: return "category";
  }
  return "unknown";
}

} // namespace alys
