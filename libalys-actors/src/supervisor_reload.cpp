// SPDX-License-Identifier: Apache-2.0
//
// New policies while the tree runs. They hold for what is decided from now on; what was decided before goes on as it was.
#include "supervisor.hpp"

#include "nursery.hpp"

namespace alys::detail {

void supervisor::heed(const policy_order& order) {
  if (order.how) {
    const std::lock_guard guard(children_mutex_);
    plan_ = order.how;
    window_.set_limit(plan_->how.limit());
    subtree_restarts_.set_limit(plan_->how.limit());
    return;
  }
  for (const auto& c : children_) {
    if (!c->plan.process) continue; // buried
    const bool meant = order.born ? c->plan.nursery == order.born : !c->plan.nursery && c->plan.process->own_name() == order.child;
    if (meant) change_options(*c, order.options);
  }
}

void supervisor::change_options(child& c, const std::shared_ptr<const child_options>& next) {
  {
    const std::lock_guard guard(children_mutex_);
    c.plan.options = next;
    c.counters.set_limit(next->limit);
    if (c.guard) c.guard->rule.set_rule(*next->breaker);
  }
  if (!c.plan.is_supervisor) c.plan.process->post(std::make_unique<options_order>(next));
}

} // namespace alys::detail
