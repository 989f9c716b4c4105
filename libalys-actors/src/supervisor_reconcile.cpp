// SPDX-License-Identifier: Apache-2.0
//
// From wishes to steps: who comes down next (last declared first), who starts next (first declared first), and when it is done.
#include "supervisor.hpp"

#include "nursery.hpp"

#include <algorithm>

namespace alys::detail {

namespace {
// What an asynchronous hook that was told to give up gets to say so, before its child counts as stuck.
constexpr std::chrono::milliseconds last_grace{100};
} // namespace

void supervisor::reconcile() {
  if (reconciling_) return; // a step led back here: the outer call goes on from the new state
  reconciling_ = true;
  const bool coming_down = take_down_next();
  if (!coming_down || !in_order_) start_next();
  bury_the_gone();
  reconciling_ = false;
  settle();
  if (attached()) arm();
}

// Takes down the last child that must come down, and only it. True while any is on its way down.
bool supervisor::take_down_next() {
  for (auto i = children_.rbegin(); i != children_.rend(); ++i) {
    child& c = **i;
    if (c.at == phase::halting || c.at == phase::ending) return true;
    if (c.at == phase::gone) continue;
    const bool must_end = c.condemned;
    const bool must_halt = (c.cycling || !c.wanted) && c.at != phase::down && c.at != phase::stuck;
    if (!must_end && !must_halt) continue;
    if (c.at == phase::stuck && !must_end) continue;
    take_down(c);
    if (c.at == phase::halting || c.at == phase::ending) return true;
  }
  return false;
}

void supervisor::take_down(child& c) {
  if (!c.condemned && c.at == phase::failed && !c.plan.is_supervisor) {
    order(c, command_kind::release); // at once: commands keep their order, so a start may follow
    c.at = phase::down;
    c.cycling = false;
    return;
  }
  c.at = c.condemned ? phase::ending : phase::halting;
  c.deadline = stop_deadline_of(c);
  c.warned = false;
  order(c, c.condemned ? command_kind::stop : command_kind::halt);
}

std::chrono::nanoseconds supervisor::stop_deadline_of(const child& c) const {
  if (c.plan.is_supervisor) return std::chrono::nanoseconds::max();
  return std::min(now() + c.plan.options.stop_within, stop_by_);
}

void supervisor::start_next() {
  if (mode_ != mode::starting && mode_ != mode::running) return;
  for (const auto& each : children_) {
    child& c = *each;
    if (c.at == phase::starting && in_order_) return;
    if (c.at != phase::down || !c.wanted || c.condemned) continue;
    if (now() < c.not_before) {
      if (in_order_) return;
      continue;
    }
    start(c);
    if (in_order_) return;
  }
  const bool all_up = std::none_of(children_.begin(), children_.end(), [](const auto& c) { return c->wanted && !c->condemned && (c->at == phase::down || c->at == phase::starting); });
  if (all_up) in_order_ = false;
}

void supervisor::start(child& c) {
  ++c.incarnation;
  c.at = phase::starting;
  c.cycling = false;
  c.warned = false;
  c.deadline = c.plan.is_supervisor ? std::chrono::nanoseconds::max() : now() + c.plan.options.initialize_within;
  c.plan.process->post(std::make_unique<command>(command_kind::start, 0));
}

// Says upwards what has come true.
void supervisor::settle() {
  const auto all = [&](auto condition) { return std::all_of(children_.begin(), children_.end(), [&](const auto& c) { return condition(*c); }); };
  const auto is_down = [](const child& c) { return c.at == phase::down || c.at == phase::gone || c.at == phase::stuck; };
  switch (mode_) {
    case mode::starting:
      if (!all([](const child& c) { return c.at == phase::up || c.at == phase::gone; })) return;
      mode_ = mode::running;
      in_order_ = false;
      advance(lifecycle_state::running);
      tell(report_kind::started);
      return;
    case mode::failed_start:
      if (!all(is_down)) return;
      mode_ = mode::escalated;
      life_.note_failure(now(), start_failure_);
      advance(lifecycle_state::failed, start_failure_);
      tell(report_kind::failed, start_failure_);
      return;
    case mode::halting:
      if (!all(is_down)) return;
      mode_ = mode::idle;
      if (life_.state() == lifecycle_state::stopping) advance(lifecycle_state::stopped);
      if (life_.state() == lifecycle_state::initializing) advance(lifecycle_state::failed);
      tell(report_kind::halted);
      return;
    case mode::stopping: {
      if (!all([](const child& c) { return c.at == phase::gone; })) return;
      if (life_.state() == lifecycle_state::stopping) advance(lifecycle_state::stopped);
      if (life_.state() == lifecycle_state::initializing) advance(lifecycle_state::failed);
      if (life_.state() == lifecycle_state::terminated) return;
      advance(lifecycle_state::terminated);
      world().paths().erase(path());
      tell(report_kind::terminated);
      parent_ = nullptr;
      envelope_list unheard;
      end({}, unheard);
      return;
    }
    case mode::running:
      for (const auto& c : children_) {
        if (c->at == phase::stuck && c->cycling) {
          c->cycling = false;
          return escalate(*c, fail(errc::hook_timeout, category::timeout, c->plan.process->path() + ": did not stop in time, so it cannot be restarted"));
        }
      }
      return;
    case mode::idle:
    case mode::escalated: return;
  }
}

// Children that have ended for good leave the tree if they came at run time or are temporary; others stay to be seen.
void supervisor::bury_the_gone() {
  const auto leaves = [](const auto& c) { return c->at == phase::gone && (c->dynamic || c->plan.options.kind == child_kind::temporary); };
  if (std::none_of(children_.begin(), children_.end(), leaves)) return;
  const std::lock_guard guard(children_mutex_);
  std::erase_if(children_, [&](const auto& c) {
    if (!leaves(c)) return false;
    numbers_.erase(c->number);
    if (c->plan.nursery) c->plan.nursery->child_gone();
    return true;
  });
}

void supervisor::order(child& c, command_kind kind) noexcept {
  const bool for_good = kind == command_kind::stop;
  c.plan.process->post(std::make_unique<command>(kind, for_good ? 0 : c.incarnation, for_good ? stop_by_ : std::chrono::nanoseconds::max()));
}

// ---- time ----

void supervisor::on_time(std::chrono::nanoseconds at) noexcept {
  check_deadlines(at);
  if (at >= next_health_check_) {
    next_health_check_ = at + world().health_period();
    for (const auto& c : children_) {
      if (c->at == phase::up) order(*c, command_kind::check);
    }
  }
  reconcile();
}

void supervisor::check_deadlines(std::chrono::nanoseconds at) {
  for (const auto& each : children_) {
    child& c = *each;
    if (at < c.deadline) continue;
    if (!c.warned) {
      c.warned = true;
      c.deadline = at + last_grace;
      c.plan.process->post(std::make_unique<command>(command_kind::give_up, c.incarnation));
      continue;
    }
    c.deadline = std::chrono::nanoseconds::max();
    tree_node view;
    c.plan.process->describe(view);
    if (c.at == phase::starting) {
      const std::string within = std::to_string(c.plan.options.initialize_within.count()) + " ms";
      failed(c, fail(errc::hook_timeout, category::timeout, "construction or initialize() did not finish within " + within), failure_source::hook);
    } else if (c.at == phase::halting || c.at == phase::ending) {
      // A handler that never returns cannot be killed; its cell is left behind, and said so.
      witness_.child_abandoned(c.plan.process->path(), view);
      c.at = c.at == phase::ending ? phase::gone : phase::stuck;
    }
  }
}

void supervisor::arm() {
  auto next = next_health_check_;
  for (const auto& c : children_) {
    next = std::min(next, c->deadline);
    if (c->at == phase::down && c->wanted && !c->condemned && c->not_before > now()) next = std::min(next, c->not_before);
  }
  if (next != std::chrono::nanoseconds::max()) wake_at(next);
}

} // namespace alys::detail
