// SPDX-License-Identifier: Apache-2.0
//
// What a supervisor makes of a failure: the decision, whom a restart concerns, and what follows when it cannot be healed here.
#include "supervisor.hpp"

#include "counter.hpp"

#include <algorithm>

namespace alys::detail {

failure supervisor::about(const child& c, const error& what, failure_source source) const {
  return {what, c.plan.process->path(), c.incarnation, source, c.plan.options->resume_after_throw};
}

// Runs what users wrote: tables' predicates and strategies. What these throw escalates.
template <class Ask>
action supervisor::ask_users(const char* whom, Ask ask) {
  deciding_.store(true, std::memory_order_relaxed);
  action then = action::escalate;
  if (error thrown = error_thrown_by([&] { then = ask(); })) {
    then = action::escalate;
    world().log(log_level::error, path() + ": " + whom + " threw: " + thrown.message());
  }
  deciding_.store(false, std::memory_order_relaxed);
  return then;
}

void supervisor::decide_about(child& c, const error& what, failure_source source) {
  const failure f = about(c, what, source);
  action then =
      ask_users("a predicate of a decision table", [&] { return decide(c.plan.options->decisions, plan_->options.decisions, f).then; });
  const bool has_no_restart = c.plan.options->kind == child_kind::temporary || std::holds_alternative<never>(c.plan.options->restart);
  if (then == action::restart && has_no_restart) then = action::stop;
  act(c, f, then);
}

void supervisor::act(child& c, const failure& f, action then) {
  company_.clear();
  if (then == action::restart && plan_->how.function() != nullptr) then = ask_users("the strategy", [&] { return choose_company(c, f); });
  const bool restarts_others =
      std::any_of(company_.begin(), company_.end(), [](const auto& each) { return each.second == action::restart; });
  if (c.at == phase::failed) world().failure_decided(f, then); // else it is a permanent one that ended by itself
  switch (then) {
    case action::resume:
      order(c, command_kind::resume);
      move(c, phase::up);
      break;
    case action::restart: restart(c, f.what); break;
    case action::stop:
      if (restarts_others && !spend(now())) return escalate(c, budget_exhausted(c, true, f.what));
      end_for_good(c, loss::missed);
      restart_company({});
      break;
    case action::escalate: escalate(c, f.what); break;
  }
}

// What the user's function says: of the one that failed at once, of the others into the company.
action supervisor::choose_company(const child& failed_one, const failure& f) {
  std::vector<sibling> seen;
  std::vector<child*> whose;
  for (const auto& c : children_) {
    if (c->condemned && c.get() != &failed_one) continue;
    const bool failed = c.get() == &failed_one;
    seen.push_back({.name = c->plan.process->own_name(),
                    .failed = failed,
                    .running = c->at == phase::up && !c->cycling,
                    .restarts = c->restarts.load(std::memory_order_relaxed),
                    .then = failed ? action::restart : action::resume});
    whose.push_back(c.get());
  }
  (*plan_->how.function())(f, seen);
  action then = action::restart;
  for (std::size_t i = 0; i < seen.size(); ++i) {
    if (seen[i].then == action::escalate) return action::escalate;
    if (seen[i].failed) then = seen[i].then == action::stop ? action::stop : action::restart;
#ifdef ALYS_PLANTED_SPARED_SIBLING
    else if (seen[i].then == action::restart) company_.emplace_back(whose[i], seen[i].then);
#else
    else if (seen[i].then != action::resume) company_.emplace_back(whose[i], seen[i].then);
#endif
  }
  return then;
}

// ---- restarts ----

bool supervisor::in_group(const child& c, const child& failed_one) const {
  switch (plan_->how.kind()) {
    case strategy_kind::one_for_one:
    case strategy_kind::by_function: return false;
    case strategy_kind::one_for_all: return true;
    case strategy_kind::rest_for_one: return c.number > failed_one.number;
  }
  return false;
}

void supervisor::restart(child& c, const error& why) {
  const auto at = now();
  const bool held = breaker_opens(c, at); // the breaker is the answer to this one, so it costs no budget
  if (!held) {
    const bool own_budget = c.counters.count_restart(at, c.plan.options->restart);
    if (!spend(at) || !own_budget) return escalate(c, budget_exhausted(c, own_budget, why));
  }
  // A policy that never restarts has been turned into a stop by whoever decided; here it is a permanent child that ended by itself.
  const auto delay = held ? shut_until(c) - at : next_delay(c.plan.options->restart, c.counters.streak(), random_);
  if (!delay) return end_for_good(c, loss::missed);
  const auto not_before = *delay > std::chrono::nanoseconds::zero() ? at + *delay : std::chrono::nanoseconds::zero();
  if (plan_->how.kind() != strategy_kind::one_for_one) {
    for (const auto& each : children_) {
      if (each.get() != &c && !each->condemned && in_group(*each, c)) company_.emplace_back(each.get(), action::restart);
    }
  }
  c.alone = plan_->how.kind() == strategy_kind::one_for_one || company_.empty();
  in_order_ = in_order_ || !c.alone;
  if (!c.condemned) cycle(c, not_before);
  restart_company(not_before);
}

void supervisor::restart_company(std::chrono::nanoseconds not_before) {
  for (const auto& [each, then] : company_) {
    if (each->condemned) continue;
    // As in OTP: a temporary sibling is terminated and not started again.
    const bool comes_back = then == action::restart && each->plan.options->kind != child_kind::temporary;
    each->alone = false;
    in_order_ = in_order_ || comes_back;
    if (comes_back) cycle(*each, not_before);
    else condemn(*each);
  }
  company_.clear();
}

void supervisor::cycle(child& c, std::chrono::nanoseconds not_before) {
  c.restarts.fetch_add(1, std::memory_order_relaxed);
  c.cycling = c.at != phase::down;
  c.not_before = std::max(not_before, shut_until(c));
  follow(c);
  file(c);
}

// Its next start belongs to the trace of the failure in hand.
void supervisor::follow(const child& c) {
  if (failing_.valid() || failing_.left_out) follows_[c.number] = failing_;
  else if (!follows_.empty()) follows_.erase(c.number);
}

// ---- budgets ----

bool supervisor::spend(std::chrono::nanoseconds at) {
  const std::lock_guard guard(children_mutex_);
  return window_.count(at);
}

void supervisor::reset_budgets() {
  std::vector<std::string> closed; // who hears of it may look at the tree: so without the mutex
  {
    const std::lock_guard guard(children_mutex_);
    window_.reset();
    for (const auto& c : children_) {
      c->counters.reset_window();
      if (!c->condemned && reset_breaker(*c)) closed.push_back(c->plan.process->path());
    }
  }
  for (const std::string& whose : closed) world().breaker_changed(whose, breaker_state::closed);
}

error supervisor::budget_exhausted(const child& c, bool own_budget, const error& why) const {
  const std::string limit = to_string(own_budget ? window_.limit() : *c.plan.options->limit);
  return fail(errc::budget_exhausted, category::unknown,
              path() + ": more restarts than allowed (" + limit + "); last: " + c.plan.process->path() + ": " + why.message());
}

// ---- what cannot be healed here ----

void supervisor::escalate(child& c, const error& why) {
  const bool is_root = path().rfind('/') == 0;
  increment(escalations_);
  switch (plan_->how.then()) {
    case escalation::to_parent: return escalate_to_parent(c, why);
    case escalation::stop_subtree: return is_root ? escalate_to_parent(c, why) : end_by_itself(why);
    case escalation::degrade:
      world().log(log_level::error, path() + ": goes on without " + std::string{c.plan.process->own_name()} + ": " + why.message());
      return end_for_good(c, loss::done_without);
    case escalation::restart_subtree: return restart_subtree(c, why);
  }
}

void supervisor::escalate_to_parent(child& c, const error& why) {
  c.cycling = false;
  if (c.at == phase::failed && !c.plan.is_supervisor) bring_down(c, phase::halting, command_kind::escalate);
  else file(c);
  mode_ = mode::escalated;
  life_.note_failure(now(), why);
  advance(lifecycle_state::failed, why);
  tell(report_kind::failed, why);
}

void supervisor::restart_subtree(child& c, const error& why) {
  if (c.at == phase::stuck || !subtree_restarts_.count(now())) return escalate_to_parent(c, why);
  world().log(log_level::error, path() + ": restarts all below it: " + why.message());
  life_.note_failure(now(), why);
#ifndef ALYS_PLANTED_KEPT_BUDGET
  reset_budgets();
#endif
  company_.clear();
  for (const auto& each : children_) {
    if (!each->condemned) company_.emplace_back(each.get(), action::restart);
  }
  restart_company({});
}

// ---- the end ----

void supervisor::condemn_all() {
  for (const auto& c : children_) {
    if (c->at != phase::gone) condemn(*c);
  }
}

// It ends, and nobody told it to.
void supervisor::end_for_good(child& c, loss lost) {
  c.lost.store(lost, std::memory_order_relaxed);
  c.alone = true;
  condemn(c);
  if (!c.plan.options->significant || (mode_ != mode::running && mode_ != mode::starting)) return;
#ifdef ALYS_PLANTED_FIRST_OF_ALL
  const bool last_one_counts = false;
#else
  const bool last_one_counts = plan_->options.auto_shutdown == auto_shutdown::all_significant;
#endif
  if (last_one_counts && significant_left_ > 0) return;
  world().log(log_level::info, path() + ": ends with " + std::string{c.plan.process->own_name()});
  end_by_itself({});
}

// For good, with all below it. `why`: it failed; else it has nothing left to do.
void supervisor::end_by_itself(const error& why) {
  end_cause_ = why;
  if (why) life_.note_failure(now(), why);
  if (life_.state() == lifecycle_state::running) advance(why ? lifecycle_state::failed : lifecycle_state::stopping, why);
  mode_ = mode::stopping;
  condemn_all();
}

std::string supervisor::policy_text() const {
  std::string text = to_string(plan_->how);
  if (plan_->options.kind != child_kind::permanent) text = std::string{to_string(plan_->options.kind)} + ", " + text;
  if (plan_->options.significant) text += ", significant";
  if (plan_->options.auto_shutdown != auto_shutdown::any_significant) text += ", " + std::string{to_string(plan_->options.auto_shutdown)};
  if (!std::holds_alternative<worst_critical>(plan_->options.health)) text += ", " + to_string(plan_->options.health);
  return text;
}

} // namespace alys::detail
