// SPDX-License-Identifier: Apache-2.0
//
// How a supervisor looks from outside. Its lock is held while it says who its children are, and not while these are described: that may
// be ten thousand, and it must not wait for those who look.
#include "nursery.hpp"
#include "supervisor.hpp"

#include <alys/actors/health_score.hpp>

namespace alys::detail {

void supervisor::describe(tree_node& into) const {
  const std::vector<child_view> seen = describe_self(into);
  for (const child_view& each : seen) {
    tree_node& node = into.children.emplace_back();
    each.declared.process->describe(node);
    add_what_is_known(each, node);
  }
  conclude(seen, into);
}

std::vector<child_view> supervisor::describe_self(tree_node& into) const {
  into.path = path();
  into.name = own_name();
  into.supervisor = true;
  if (const auto since = busy_since_.load(std::memory_order_relaxed); since >= std::chrono::nanoseconds::zero() && attached()) {
    into.busy_for = now() - since;
    into.handling = deciding_.load(std::memory_order_relaxed) ? "a decision about a failure" : "its own affairs";
  }
  into.stuck = stuck() && !into.handling.empty();
  life_.describe(into, attached() ? now() : std::chrono::nanoseconds::zero());
  into.escalations = escalations_.load(std::memory_order_relaxed);
  std::vector<child_view> seen;
  const std::lock_guard guard(children_mutex_);
  into.type = std::string{plan_->how.name()};
  into.policy = policy_text();
  into.critical = plan_->options.critical;
  into.restarts_in_window = attached() ? window_.in_window(now()) : 0;
  for (const auto& n : nurseries_) into.departed.push_back(n->departed());
  seen.reserve(children_.size() - buried_);
  for (const auto& each : children_) {
    if (each->plan.process) seen.push_back(view_of(*each));
  }
  into.children.reserve(seen.size());
  return seen;
}

child_view supervisor::view_of(const child& c) const { // with the mutex
  return {.declared = c.plan, .number = c.number, .restarts = c.restarts.load(std::memory_order_relaxed), .breaker = view_breaker(c)};
}

std::optional<child_view> supervisor::view_of(std::string_view name) const {
  const std::lock_guard guard(children_mutex_);
  for (const auto& each : children_) {
    if (each->plan.process && each->plan.process->own_name() == name) return view_of(*each);
  }
  return std::nullopt;
}

void supervisor::add_what_is_known(const child_view& view, tree_node& into) {
  into.restarts = view.restarts;
  if (view.declared.nursery) into.pattern = view.declared.nursery->pattern();
  if (!view.declared.is_supervisor) {
    into.policy = child_policy_text(*view.declared.options, !view.declared.foreign);
    into.critical = view.declared.options->critical;
  }
  if (!view.breaker) return;
  into.breaker = view.breaker;
  if (into.state == lifecycle_state::terminated) return;
  if (view.breaker->state == breaker_state::open) into.health = {health_state::unhealthy, "its breaker is open"};
  if (view.breaker->state == breaker_state::half_open && into.health.state == health_state::healthy)
    into.health = {health_state::degraded, "its breaker is half-open"};
}

void supervisor::conclude(const std::vector<child_view>& seen, tree_node& into) const {
  std::vector<child_health> healths;
  std::vector<child_health> without; // ended after a failure, and not missed
  health_rule rule;
  {
    const std::lock_guard guard(children_mutex_);
    rule = plan_->options.health;
    for (std::size_t i = 0; i < seen.size(); ++i) {
      const tree_node& node = into.children[i];
      const child* const c = child_of(seen[i].number);
      const loss lost = c != nullptr ? c->lost.load(std::memory_order_relaxed) : loss::none;
      if (lost == loss::done_without) without.push_back({node.name, false, {health_state::unhealthy, "failed, and is done without"}});
      else if (node.state != lifecycle_state::terminated || lost == loss::missed)
        healths.push_back({node.name, node.critical, node.health});
    } // who ended as it should is left out
  }
  healths.insert(healths.end(), without.begin(), without.end());
  into.health = effective_health(into.state, judge(rule, healths));
  into.score = health_score(into.children, into.failures, attached() ? now() : std::chrono::nanoseconds::zero());
}

} // namespace alys::detail
