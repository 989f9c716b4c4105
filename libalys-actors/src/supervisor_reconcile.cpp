// SPDX-License-Identifier: Apache-2.0
//
// From wishes to steps: who comes down next (last declared first), who starts next (first declared first), and when it is done.
#include "supervisor.hpp"

#include "cell.hpp"
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

// ---- who waits for what ----

void supervisor::move(child& c, phase to) {
  if (to == c.at) return file(c);
  --counts_[static_cast<std::size_t>(c.at)];
  ++counts_[static_cast<std::size_t>(to)];
  c.at = to;
  if (to == phase::gone && (c.dynamic || c.plan.options->kind == child_kind::temporary)) leaving_.push_back(c.number);
  file(c);
}

void supervisor::file(child& c) {
  const bool has_place = c.at != phase::gone;
  const bool on_its_way_down = c.at == phase::halting || c.at == phase::ending;
  const bool must_halt = (c.cycling || !c.wanted) && c.at != phase::down && c.at != phase::stuck;
  step next = step::none;
  if (has_place && (on_its_way_down || c.condemned || must_halt)) next = step::down;
  else if (c.at == phase::starting) next = step::starting;
  else if (c.at == phase::down && c.wanted) next = step::up;
  if (next == c.waits_for) return;
  if (waiting* list = list_of(c.waits_for)) list->erase(&c);
  if (waiting* list = list_of(next)) list->insert(&c);
  c.waits_for = next;
}

supervisor::waiting* supervisor::list_of(step s) noexcept {
  switch (s) {
    case step::none: return nullptr;
    case step::down: return &falling_;
    case step::starting: return &starting_;
    case step::up: return &rising_;
  }
  return nullptr;
}

// ---- steps ----

// Whether a child comes down in its turn, last declared first, each when the one before it is down. Past the deadline nobody waits any more.
bool supervisor::in_turn(const child& c) const noexcept {
  const bool all_come_down = mode_ != mode::running && mode_ != mode::starting;
  return (all_come_down || !c.alone) && now() < stop_by_;
}

// Takes down whoever comes down alone, and the last of those that come down in turn. True while one of these is on its way.
bool supervisor::take_down_next() {
  for (auto i = falling_.end(); i != falling_.begin();) {
    child& c = **--i;
    const bool on_its_way = c.at == phase::halting || c.at == phase::ending;
    if (!on_its_way || (c.at == phase::halting && c.condemned)) take_down(c);
    if (in_turn(c) && (c.at == phase::halting || c.at == phase::ending)) return true;
    i = falling_.lower_bound(&c); // it may have left the list
  }
  return false;
}

void supervisor::take_down(child& c) {
  if (c.condemned) return bring_down(c, phase::ending, command_kind::stop);
  if (c.at != phase::failed || c.plan.is_supervisor) return bring_down(c, phase::halting, command_kind::halt);
  if (in_turn(c)) return bring_down(c, phase::halting, command_kind::release);
  // Nobody waits for it to be down but itself, and commands keep their order: a start may follow at once.
  order(c, command_kind::release);
  c.cycling = false;
  move(c, phase::down);
}

void supervisor::bring_down(child& c, phase through, command_kind by) {
  move(c, through);
  set_deadline(c, c.hangs ? now() + last_grace : stop_deadline_of(c));
  c.warned = c.hangs;
  order(c, by);
}

std::chrono::nanoseconds supervisor::stop_deadline_of(const child& c) const {
  if (c.plan.is_supervisor) return std::chrono::nanoseconds::max();
  return std::min(now() + c.plan.options->stop_within, stop_by_);
}

void supervisor::start_next() {
  if (mode_ != mode::starting && mode_ != mode::running) return;
  for (auto next = rising_.begin(); next != rising_.end();) {
    child& c = **next++;                                                                    // it leaves the list when it starts
    if (in_order_ && !starting_.empty() && (*starting_.begin())->number < c.number) return; // until that one is up
    if (now() >= c.not_before && !waits_for_sibling(c)) start(c);
    if (in_order_) return;
  }
  if (rising_.empty() && starting_.empty()) in_order_ = false;
}

// Of those that must run before it: one that is to run, and does not. One that has ended for good is waited for no longer.
bool supervisor::waits_for_sibling(const child& c) const {
  const auto& needed = c.plan.options->after;
  return !needed.empty() && std::any_of(children_.begin(), children_.end(), [&](const auto& other) {
    return other->wanted && !other->condemned && other->at != phase::up &&
           std::find(needed.begin(), needed.end(), other->plan.process->own_name()) != needed.end();
  });
}

void supervisor::start(child& c) {
  ++c.incarnation;
  c.cycling = false;
  c.warned = c.hangs = false;
  move(c, phase::starting);
  set_deadline(c, c.plan.is_supervisor ? std::chrono::nanoseconds::max() : now() + c.plan.options->initialize_within);
  c.plan.process->post(std::make_unique<command>(command_kind::start, 0));
}

// Says upwards what has come true.
void supervisor::settle() {
  const bool all_down = count(phase::down) + count(phase::gone) + count(phase::stuck) == children_.size();
  switch (mode_) {
    case mode::starting:
      // Children that came at run time have the highest numbers, and are not waited for.
      for (const waiting* list : {&starting_, &rising_}) {
        if (!list->empty() && !(*list->begin())->dynamic) return;
      }
      if (!std::all_of(falling_.begin(), falling_.end(), [](const child* c) { return c->condemned; })) return;
      mode_ = mode::running;
      in_order_ = false;
      advance(lifecycle_state::running);
      tell(report_kind::started);
      return;
    case mode::failed_start:
      if (!all_down) return;
      mode_ = mode::escalated;
      life_.note_failure(now(), start_failure_);
      advance(lifecycle_state::failed, start_failure_);
      tell(report_kind::failed, start_failure_);
      return;
    case mode::halting:
      if (!all_down) return;
      mode_ = mode::idle;
      if (life_.state() == lifecycle_state::stopping) advance(lifecycle_state::stopped);
      if (life_.state() == lifecycle_state::initializing) advance(lifecycle_state::failed);
      tell(report_kind::halted);
      return;
    case mode::stopping:
      if (count(phase::gone) != children_.size()) return;
      if (life_.state() == lifecycle_state::stopping) advance(lifecycle_state::stopped);
      if (life_.state() == lifecycle_state::initializing) advance(lifecycle_state::failed);
      if (life_.state() == lifecycle_state::terminated) return;
      return terminate();
    case mode::running:
    case mode::idle:
    case mode::escalated: return;
  }
}

void supervisor::terminate() {
  envelope_list unheard;
  end({}, unheard);
  while (const envelope_ptr e = unheard.pop()) {
    if (e->kind == envelope_kind::adoption) turn_away(static_cast<adoption&>(*e).child);
  }
  advance(lifecycle_state::terminated);
  tell(report_kind::terminated);
  parent_ = nullptr;
}

// Children that have ended for good leave the tree if they came at run time or are temporary; others stay to be seen.
void supervisor::bury_the_gone() {
  if (leaving_.empty()) return;
  children buried; // with a child go its constructor's arguments, which may look at the tree: so they go without the lock
  {
    const std::lock_guard guard(children_mutex_);
    for (const std::uint32_t number : leaving_) {
      const auto place = place_of(number);
      if ((*place)->plan.nursery) (*place)->plan.nursery->child_gone();
      --counts_[static_cast<std::size_t>(phase::gone)];
      buried.push_back(std::move(*place));
      children_.erase(place);
    }
  }
  leaving_.clear();
}

void supervisor::order(child& c, command_kind kind) noexcept {
  const bool for_good = kind == command_kind::stop;
  c.plan.process->post(
      std::make_unique<command>(kind, for_good ? 0 : c.incarnation, for_good ? stop_by_ : std::chrono::nanoseconds::max()));
}

// ---- time ----

void supervisor::on_time(std::chrono::nanoseconds at) noexcept {
  if (at >= next_look_) check_deadlines(at);
  if (at >= next_health_check_) {
    next_health_check_ = at + world().health_period();
    for (const auto& c : children_) {
      if (c->at == phase::up) order(*c, command_kind::check);
    }
  }
  reconcile();
}

void supervisor::set_deadline(child& c, std::chrono::nanoseconds at) {
  c.deadline = at;
  next_look_ = std::min(next_look_, at);
}

void supervisor::check_deadlines(std::chrono::nanoseconds at) {
  next_look_ = stop_by_ > at ? stop_by_ : std::chrono::nanoseconds::max();
  for (const auto& each : children_) { // nobody leaves meanwhile
    child& c = *each;
    if (c.deadline <= at) deadline_passed(c, at);
    next_look_ = std::min(next_look_, c.deadline);
    if (c.not_before > at) next_look_ = std::min(next_look_, c.not_before);
  }
}

// It has done its part and rests, and its report waits for us.
bool supervisor::says_so_soon(const child& c, const tree_node& seen) noexcept {
  const bool rests = seen.handling.empty();
  switch (c.at) {
    case phase::starting: return rests && seen.state == lifecycle_state::running;
    case phase::halting: return rests && (seen.state == lifecycle_state::stopped || seen.state == lifecycle_state::failed);
    case phase::ending: return seen.state == lifecycle_state::terminated;
    case phase::down:
    case phase::up:
    case phase::failed:
    case phase::stuck:
    case phase::gone: return false;
  }
  return false;
}

void supervisor::deadline_passed(child& c, std::chrono::nanoseconds at) {
  if (!c.warned) {
    c.warned = true;
    set_deadline(c, at + last_grace);
    c.plan.process->post(std::make_unique<command>(command_kind::give_up, c.incarnation));
    return;
  }
  const std::string name = c.plan.process->path();
  tree_node view;
  c.plan.process->describe(view);
  if (says_so_soon(c, view)) return set_deadline(c, at + last_grace);
  c.deadline = std::chrono::nanoseconds::max();
  switch (c.at) {
    case phase::starting: {
      c.hangs = true;
      const std::string within = std::to_string(c.plan.options->initialize_within.count()) + " ms";
      return failed(c,
                    fail(errc::hook_timeout, category::timeout, "construction, initialize() and started() did not finish within " + within),
                    failure_source::hook);
    }
    case phase::ending: // a handler that never returns cannot be killed; its cell is left behind, and said so
      witness_.child_abandoned(name, view);
      return move(c, phase::gone);
    case phase::halting:
      world().log(log_level::error, name + ": does not come down, busy with " + view.handling);
      move(c, phase::stuck);
      if (mode_ == mode::running || mode_ == mode::starting)
        escalate(c, fail(errc::hook_timeout, category::timeout, name + ": did not stop in time, so it cannot be restarted"));
      return;
    case phase::down:
    case phase::up:
    case phase::failed:
    case phase::stuck:
    case phase::gone: return;
  }
}

void supervisor::arm() {
  const auto next = std::min(next_look_, next_health_check_);
  if (next != std::chrono::nanoseconds::max()) wake_at(next);
}

} // namespace alys::detail
