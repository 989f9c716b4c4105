// SPDX-License-Identifier: Apache-2.0
//
// Circuit breakers of children: the supervisor keeps each one's rule, and opens and shuts the child's door by it. The rules are looked at
// from other threads too, so they change with the children's mutex.
#include "supervisor.hpp"

#include "supervised.hpp"

#include <algorithm>
#include <cassert>

namespace alys::detail {

void supervisor::guard(child& c) {
  if (!c.plan.options->breaker) return;
  circuit_breaker rule{*c.plan.options->breaker};
  const breaker_pass pass = *rule.admit({}); // closed, it lets everything through
  c.guard = std::make_unique<guarded>(guarded{rule, pass});
}

// Users hear of what the door turns away, and may look at the tree: so it moves without the mutex. And before the state is seen: who sees an
// open breaker finds a door that is shut.
bool supervisor::breaker_opens(child& c, std::chrono::nanoseconds at) {
  if (!c.guard) return false;
  circuit_breaker next = c.guard->rule;
  next.failed(c.guard->pass, at);
  const bool opens = next.state() == breaker_state::open;
#ifndef ALYS_PLANTED_OPEN_DOOR
  if (opens) static_cast<supervised&>(*c.plan.process).narrow_door(0);
#endif
  {
    const std::lock_guard guard(children_mutex_);
    c.guard->rule = next;
  }
  if (opens) world().breaker_changed(c.plan.process->path(), breaker_state::open);
  return opens;
}

std::uint32_t supervisor::begin_probing(child& c) {
  if (!c.guard || c.guard->rule.state() == breaker_state::closed) return 0;
  const breaker& how = c.guard->rule.rule();
  if (c.guard->rule.state() == breaker_state::open) {
    static_cast<supervised&>(*c.plan.process).narrow_door(how.probes);
    {
      const std::lock_guard guard(children_mutex_);
      const auto pass = c.guard->rule.admit(now());
      assert(pass && "a child starts when its breaker's time is over");
      c.guard->pass = *pass;
    }
    world().breaker_changed(c.plan.process->path(), breaker_state::half_open);
  }
  return how.successes;
}

void supervisor::note_probe(child& c) {
  if (!c.guard || c.guard->rule.state() != breaker_state::half_open) return;
  {
    const std::lock_guard guard(children_mutex_);
    c.guard->rule.succeeded(c.guard->pass);
    c.guard->pass = *c.guard->rule.admit(now()); // for the next one: each is back before another counts
  }
  if (c.guard->rule.state() != breaker_state::closed) return;
  static_cast<supervised&>(*c.plan.process).open_door();
  world().breaker_changed(c.plan.process->path(), breaker_state::closed);
}

bool supervisor::reset_breaker(child& c) { // with the mutex
  if (!c.guard) return false;
  const bool was_closed = c.guard->rule.state() == breaker_state::closed;
  c.guard->rule.reset();
  c.guard->pass = *c.guard->rule.admit({});
  static_cast<supervised&>(*c.plan.process).open_door();
  return !was_closed;
}

std::chrono::nanoseconds supervisor::shut_until(const child& c) noexcept {
  return c.guard && c.guard->rule.state() == breaker_state::open ? c.guard->rule.open_until() : std::chrono::nanoseconds::zero();
}

std::optional<breaker_view> supervisor::view_breaker(const child& c) const { // with the mutex
  if (!c.guard) return std::nullopt;
  const circuit_breaker& rule = c.guard->rule;
  breaker_view view{rule.state(), rule.failures(), rule.openings(), {}};
  if (view.state == breaker_state::open && attached())
    view.probes_in = std::max(rule.open_until() - now(), std::chrono::nanoseconds::zero());
  return view;
}

} // namespace alys::detail
