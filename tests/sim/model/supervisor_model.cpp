// SPDX-License-Identifier: Apache-2.0
//
// From a failure to what follows.
#include "supervisor_model.hpp"

#include <algorithm>

namespace alys::sim {

supervisor_model::supervisor_model(strategy how, std::span<const row> decisions, auto_shutdown ends_with, bool root)
    : how_(std::move(how)),
      decisions_(decisions),
      ends_with_(ends_with),
      root_(root),
      window_(how_.limit()),
      subtree_restarts_(how_.limit()) {}

std::size_t supervisor_model::add_child(child_options options, std::string name) {
  restart_counters counters = options.limit ? restart_counters{*options.limit} : restart_counters{};
  const auto guard = options.breaker ? std::optional{breaker_model{*options.breaker}} : std::nullopt;
  children_.push_back({.options = std::move(options), .name = std::move(name), .counters = std::move(counters), .guard = guard});
  return children_.size() - 1;
}

void supervisor_model::saw_started(std::size_t which, std::chrono::nanoseconds now) {
  child& c = children_.at(which);
  c.counters.count_start(now);
  if (c.guard) c.guard->saw_running(now);
}

std::vector<std::size_t> supervisor_model::saw_restart() {
  subtree_restarts_.reset();
  return count_from_nothing();
}

std::vector<std::size_t> supervisor_model::count_from_nothing() {
  std::vector<std::size_t> closed;
  window_.reset();
  for (std::size_t i = 0; i < children_.size(); ++i) {
    child& c = children_[i];
    c.counters.reset_window();
    if (!c.guard || (c.ended && !c.perhaps)) continue; // the breaker of who is to end stays as it is
    if (c.guard->reset() && !c.ended) closed.push_back(i);
  }
  return closed;
}

void supervisor_model::saw_group_leaving() {
  for (child& c : children_) c.leaving = c.leaving || c.options.kind == child_kind::temporary;
}

bool supervisor_model::ends_when_finished(std::size_t which) const {
  const child_options& o = children_.at(which).options;
  return o.kind != child_kind::permanent || std::holds_alternative<never>(o.restart);
}

// ---- decisions ----

action supervisor_model::decided_about(const child& c, const failure& what) const {
  const action said = decide(c.options.decisions, decisions_, what).then;
  const bool never_again = c.options.kind == child_kind::temporary || std::holds_alternative<never>(c.options.restart);
  return said == action::restart && never_again ? action::stop : said;
}

// Says what becomes of the one that failed; of the others, the company has it.
action supervisor_model::ask_user(std::size_t which, const failure& what) {
  std::vector<sibling> shown;
  std::vector<std::size_t> numbers;
  for (std::size_t i = 0; i < children_.size(); ++i) {
    if (children_[i].ended && i != which) continue;
    shown.push_back({.name = children_[i].name, .failed = i == which, .then = i == which ? action::restart : action::resume});
    numbers.push_back(i);
  }
  try {
    (*how_.function())(what, shown);
  } catch (...) {
    return action::escalate;
  }
  action of_failed = action::restart;
  for (std::size_t i = 0; i < shown.size(); ++i) {
    if (shown[i].then == action::escalate) return action::escalate;
    if (numbers[i] == which) of_failed = shown[i].then == action::stop ? action::stop : action::restart;
    else if (shown[i].then != action::resume) company_[numbers[i]] = shown[i].then;
  }
  return of_failed;
}

supervisor_model::consequence supervisor_model::failed(std::size_t which, const failure& what, std::chrono::nanoseconds now) {
  company_.clear();
  action then = decided_about(children_.at(which), what);
  const bool asks = then == action::restart && how_.function() != nullptr;
  if (asks) then = ask_user(which, what);
  consequence follows;
  switch (then) {
    case action::resume: follows.outcomes = {{which, outcome::resume}}; break;
    case action::stop: follows = stopped(which, now); break;
    case action::escalate: follows = not_healed(which, now, {}); break;
    case action::restart: follows = restarted(which, now); break;
  }
  follows.decided = then;
  follows.asked_user = asks;
  return follows;
}

supervisor_model::consequence supervisor_model::stopped(std::size_t which, std::chrono::nanoseconds now) {
  // A stop costs nothing; to restart others because of it does.
  const bool others = std::any_of(company_.begin(), company_.end(), [](const auto& each) { return each.second == action::restart; });
  if (others && !window_.count(now)) return not_healed(which, now, {.out_of_budget = true, .outcomes = {}});
  consequence follows;
  end_for_good(which, follows);
  if (follows.ends) return follows;
  for (auto each = company_.rbegin(); each != company_.rend(); ++each) take_down(each->first, each->second, follows);
  return follows;
}

bool supervisor_model::in_group(std::size_t i, std::size_t failed_one) const {
  if (i == failed_one) return true;
  switch (how_.kind()) {
    case strategy_kind::one_for_one: return false;
    case strategy_kind::one_for_all: return true;
    case strategy_kind::rest_for_one: return i > failed_one;
    case strategy_kind::by_function: return company_.contains(i);
  }
  return false;
}

supervisor_model::consequence supervisor_model::restarted(std::size_t which, std::chrono::nanoseconds now) {
  child& failed_one = children_[which];
  consequence follows;
  follows.opens = failed_one.guard && failed_one.guard->failed(now);
  if (!follows.opens) {
    const bool own = failed_one.counters.count_restart(now, failed_one.options.restart);
    const bool all = window_.count(now);
    if (!own || !all) return not_healed(which, now, {.out_of_budget = true, .outcomes = {}});
  }
  for (std::size_t i = children_.size(); i-- > 0;) {
    if (!in_group(i, which) || children_[i].ended) continue;
    const auto said = company_.find(i);
    if (i == which) follows.outcomes.emplace_back(i, follows.opens ? outcome::breaker_open : outcome::restart);
    else take_down(i, said != company_.end() ? said->second : action::restart, follows);
  }
  return follows;
}

// As in OTP: a temporary sibling goes down with the others and is not started again.
void supervisor_model::take_down(std::size_t i, action then, consequence& follows) {
  const bool for_good = then == action::stop || children_[i].options.kind == child_kind::temporary;
  if (for_good) children_[i].ended = true;
  follows.outcomes.emplace_back(i, for_good ? outcome::stop : outcome::restart);
}

// ---- what cannot be healed ----

supervisor_model::consequence supervisor_model::not_healed(std::size_t which, std::chrono::nanoseconds now, consequence so_far) {
  escalation then = how_.then();
  if (then == escalation::stop_subtree && root_) then = escalation::to_parent;
  if (then == escalation::restart_subtree && !subtree_restarts_.count(now)) then = escalation::to_parent;
  so_far.answered = then;
  switch (then) {
    case escalation::to_parent:
      so_far.escalates = true;
      so_far.outcomes = {{which, outcome::escalate}};
      break;
    case escalation::stop_subtree: end_all(so_far); break;
    case escalation::degrade: end_for_good(which, so_far); break;
    case escalation::restart_subtree: return all_restarted(std::move(so_far));
  }
  return so_far;
}

supervisor_model::consequence supervisor_model::all_restarted(consequence so_far) {
  so_far.closes = count_from_nothing();
  for (std::size_t i = children_.size(); i-- > 0;) {
    if (!children_[i].ended) take_down(i, action::restart, so_far);
  }
  return so_far;
}

// ---- ends ----

supervisor_model::consequence supervisor_model::ended_by_itself(std::size_t which) {
  consequence follows;
  if (std::exchange(children_.at(which).ended, true)) return follows;
  follows.outcomes.emplace_back(which, outcome::stop); // it is down already
  if (would_end_with({which})) end_all(follows);
  return follows;
}

// It still has to come down: with all others in its turn, else at once.
void supervisor_model::end_for_good(std::size_t which, consequence& follows) {
  if (would_end_with({which})) {
    follows.sure = std::none_of(children_.begin(), children_.end(), [](const child& c) { return c.options.significant && c.leaving; });
    return end_all(follows);
  }
  children_[which].ended = true;
  follows.outcomes.emplace_back(which, outcome::stop);
}

bool supervisor_model::would_end_with(const std::set<std::size_t>& some) const {
  bool one_of_them = false, another = false;
  for (std::size_t i = 0; i < children_.size(); ++i) {
    if (!children_[i].options.significant) continue;
    one_of_them = one_of_them || some.contains(i);
    another = another || (!children_[i].ended && !children_[i].leaving && !some.contains(i));
  }
  return one_of_them && (ends_with_ == auto_shutdown::any_significant || !another);
}

void supervisor_model::end_all(consequence& follows) {
  follows.ends = true;
  for (std::size_t i = children_.size(); i-- > 0;) {
    if (std::exchange(children_[i].ended, true)) continue;
    children_[i].perhaps = !follows.sure;
    follows.outcomes.emplace_back(i, outcome::stop);
  }
}

} // namespace alys::sim
