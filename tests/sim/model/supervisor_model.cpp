// SPDX-License-Identifier: Apache-2.0
//
// From a failure to what follows.
#include "supervisor_model.hpp"

namespace alys::sim {

supervisor_model::supervisor_model(strategy how, std::span<const row> decisions) : how_(how), decisions_(decisions), window_(how.limit()) {}

std::size_t supervisor_model::add_child(child_options options) {
  restart_counters counters = options.limit ? restart_counters{*options.limit} : restart_counters{};
  children_.push_back({std::move(options), std::move(counters)});
  return children_.size() - 1;
}

void supervisor_model::saw_started(std::size_t which, std::chrono::nanoseconds now) { children_.at(which).counters.count_start(now); }

void supervisor_model::saw_restart() {
  window_.reset();
  for (child& c : children_) c.counters.reset_window();
}

bool supervisor_model::ends_when_finished(std::size_t which) const {
  const child_options& o = children_.at(which).options;
  return o.kind != child_kind::permanent || std::holds_alternative<never>(o.restart);
}

action supervisor_model::decided_about(const child& c, const failure& what) const {
  const action said = decide(c.options.decisions, decisions_, what).then;
  const bool never_again = c.options.kind == child_kind::temporary || std::holds_alternative<never>(c.options.restart);
  return said == action::restart && never_again ? action::stop : said;
}

supervisor_model::consequence supervisor_model::failed(std::size_t which, const failure& what, std::chrono::nanoseconds now) {
  child& c = children_.at(which);
  switch (decided_about(c, what)) {
    case action::resume: return {.decided = action::resume, .outcomes = {{which, outcome::resume}}};
    case action::stop: c.ended = true; return {.decided = action::stop, .outcomes = {{which, outcome::stop}}};
    case action::escalate: return {.decided = action::escalate, .escalates = true, .outcomes = {{which, outcome::escalate}}};
    case action::restart: return restarted(which, now);
  }
  return {};
}

supervisor_model::consequence supervisor_model::restarted(std::size_t which, std::chrono::nanoseconds now) {
  const bool own = children_[which].counters.count_restart(now, children_[which].options.restart);
  const bool all = window_.count(now);
  if (!own || !all) return {.decided = action::restart, .escalates = true, .out_of_budget = true, .outcomes = {{which, outcome::escalate}}};

  consequence follows{.decided = action::restart, .outcomes = {}};
  for (std::size_t i = children_.size(); i-- > 0;) {
    const bool in_group =
        i == which || how_.kind() == strategy_kind::one_for_all || (how_.kind() == strategy_kind::rest_for_one && i > which);
    if (!in_group || children_[i].ended) continue;
    // As in OTP: a temporary sibling goes down with the others and is not started again.
    const bool for_good = i != which && children_[i].options.kind == child_kind::temporary;
    if (for_good) children_[i].ended = true;
    follows.outcomes.emplace_back(i, for_good ? outcome::stop : outcome::restart);
  }
  return follows;
}

} // namespace alys::sim
