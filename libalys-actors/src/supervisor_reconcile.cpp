// SPDX-License-Identifier: Apache-2.0
//
// From wishes to steps: who comes down next (last declared first), who starts next (first declared first), and when it is done.
#include "supervisor.hpp"

#include "nursery.hpp"

#include <algorithm>
#include <utility>

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
  const bool goes_down = to == phase::halting || to == phase::ending || to == phase::down;
  if (goes_down && (c.at == phase::up || c.at == phase::failed)) note_end(c);
  --counts_[static_cast<std::size_t>(c.at)];
  ++counts_[static_cast<std::size_t>(to)];
  c.at = to;
  if (to == phase::gone) {
    if (!c.condemned) condemn(c);
    if (c.dynamic || c.plan.options->kind == child_kind::temporary) leaving_.push_back(c.number);
  }
  set_alarm(c, never_again);
  file(c);
}

supervisor::step supervisor::next_step_of(const child& c) const noexcept {
  const bool must_halt = (c.cycling || !c.wanted) && c.at != phase::down && c.at != phase::stuck;
  if (c.at == phase::gone) return step::none;
  if (on_its_way_down(c) || c.condemned || must_halt) {
    if (!comes_down_alone(c)) return step::down_in_turn;
    return needs_an_order(c) ? step::down_alone : step::none;
  }
  if (c.at == phase::starting) return step::starting;
  const bool its_turn = c.not_before == std::chrono::nanoseconds::zero() || in_order_;
  return c.at == phase::down && c.wanted && its_turn ? step::up : step::none;
}

void supervisor::file(child& c) {
  file_under(c, next_step_of(c));
  if (c.at == phase::down) set_alarm(c, c.wanted && c.not_before != std::chrono::nanoseconds::zero() ? c.not_before : never_again);
  if (c.needed && !is_waited_for(c)) sibling_is_up_ = true;
}

void supervisor::file_under(child& c, step s) {
  if (s == c.filed) return;
  if (c.filed != step::none) filed_under(c.filed).erase(&c);
  if (s != step::none) filed_under(s).insert(&c);
  c.filed = s;
}

// ---- steps ----

// Others come down in their turn, last declared first, each when the one before it is down.
bool supervisor::comes_down_alone(const child& c) const noexcept {
  const bool all_come_down = mode_ != mode::running && mode_ != mode::starting;
  return rushed_ || (c.alone && !all_come_down);
}

// Takes down whoever comes down alone, and the last of those that come down in turn. True while one of these is on its way.
bool supervisor::take_down_next() {
  for (const waiting& alone = filed_under(step::down_alone); !alone.empty();) take_down(**alone.rbegin()); // it leaves the list
  const waiting& in_turn = filed_under(step::down_in_turn);
  if (in_turn.empty()) return false;
  if (child& last = **in_turn.rbegin(); needs_an_order(last)) take_down(last);
  return true;
}

void supervisor::take_down(child& c) {
  if (c.condemned) return bring_down(c, phase::ending, command_kind::stop);
  if (c.at != phase::failed || c.plan.is_supervisor) return bring_down(c, phase::halting, command_kind::halt);
  const command_kind by = shut_until(c) != std::chrono::nanoseconds::zero() ? command_kind::hold : command_kind::release;
  if (c.plan.foreign || !comes_down_alone(c)) return bring_down(c, phase::halting, by);
  // Nobody waits for it to be down but itself, and commands keep their order: a start may follow at once.
  order(c, by);
  c.cycling = false;
  move(c, phase::down);
}

void supervisor::bring_down(child& c, phase through, command_kind by) {
  move(c, through);
  set_alarm(c, c.hangs ? now() + last_grace : stop_deadline_of(c));
  c.warned = c.hangs;
  order(c, by);
}

std::chrono::nanoseconds supervisor::stop_deadline_of(const child& c) const {
  if (c.plan.is_supervisor) return never_again;
  return std::min(now() + c.plan.options->stop_within, stop_by_);
}

void supervisor::start_next() {
  if (mode_ != mode::starting && mode_ != mode::running) return;
  waiting& rising = filed_under(step::up);
  const waiting& starting = filed_under(step::starting);
  if (std::exchange(sibling_is_up_, false)) {
    for (waiting& held = filed_under(step::up_after_sibling); !held.empty();) file_under(**held.begin(), step::up);
  }
  if (in_order_) {
    if (rising.empty()) {
      in_order_ = !starting.empty() || mode_ == mode::starting;
      return;
    }
    child& next = **rising.begin();
    const bool waits = !starting.empty() && (*starting.begin())->number < next.number; // until that one is up
    if (!waits && next.not_before == std::chrono::nanoseconds::zero() && !waits_for_sibling(next)) start(next);
    return;
  }
  while (!rising.empty()) { // each leaves the list
    child& next = **rising.begin();
    if (next.not_before != std::chrono::nanoseconds::zero()) file(next);
    else if (waits_for_sibling(next)) file_under(next, step::up_after_sibling);
    else start(next);
  }
}

// Of those that must run before it: one that is to run, and does not. One that has ended for good is waited for no longer.
bool supervisor::waits_for_sibling(const child& c) {
  const auto& needed = c.plan.options->after;
  return std::any_of(needed.begin(), needed.end(), [&](const std::string& name) {
    const child* other = child_of(needed_.find(name)->second);
    return other != nullptr && is_waited_for(*other);
  });
}

void supervisor::start(child& c) {
  ++c.incarnation;
  c.cycling = false;
  c.warned = c.hangs = false;
  move(c, phase::starting);
  if (!c.plan.is_supervisor) set_alarm(c, now() + c.plan.options->initialize_within);
  auto order = std::make_unique<command>(command_kind::start, 0);
  order->probes_to_tell = begin_probing(c);
  if (auto node = follows_.extract(c.number)) order->trace = node.mapped();
  c.plan.process->post(std::move(order));
}

// Whether a child is on its way down, or must be, and will not end for good.
bool supervisor::has_to_halt() const noexcept {
  const waiting& in_turn = filed_[static_cast<std::size_t>(step::down_in_turn)];
  return count(phase::halting) > 0 || !std::all_of(in_turn.begin(), in_turn.end(), [](const child* c) { return c->condemned; });
}

// Says upwards what has come true.
void supervisor::settle() {
  const bool all_down = count(phase::down) + count(phase::gone) + count(phase::stuck) == children_.size();
  switch (mode_) {
    case mode::starting:
      // Children that came at run time have the highest numbers, and are not waited for.
      for (const step s : {step::starting, step::up}) {
        if (const waiting& w = filed_under(s); !w.empty() && !(*w.begin())->dynamic) return;
      }
      if (has_to_halt()) return;
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
  tell(report_kind::terminated, end_cause_);
  parent_ = nullptr;
}

// Children that have ended for good leave the tree if they came at run time or are temporary; others stay to be seen. Their places in the
// list are freed when most of it is such places: to close each gap by itself would cost as much as the list is long.
void supervisor::bury_the_gone() {
  if (leaving_.empty()) return;
  std::vector<child_declared>
      buried; // with a child go its constructor's arguments, which may look at the tree: so they go without the lock
  {
    const std::lock_guard guard(children_mutex_);
    for (const std::uint32_t number : leaving_) {
      follows_.erase(number);
      child& c = *child_of(number);
      if (c.plan.nursery) {
        tree_node last;
        c.plan.process->describe(last);
        last.restarts = c.restarts.load(std::memory_order_relaxed);
        c.plan.nursery->child_left(last);
        c.plan.nursery->child_gone();
      }
      buried.push_back(std::move(c.plan));
      c.plan = {};
      c.guard.reset();
    }
    buried_ += leaving_.size();
    if (2 * buried_ > children_.size()) {
      std::erase_if(children_, [](const auto& c) { return !c->plan.process; });
      counts_[static_cast<std::size_t>(phase::gone)] -= std::exchange(buried_, 0);
    }
  }
  leaving_.clear();
}

void supervisor::order(child& c, command_kind kind) noexcept {
  const bool for_good = kind == command_kind::stop;
  c.plan.process->post(std::make_unique<command>(kind, for_good ? 0 : c.incarnation, for_good ? stop_by_ : never_again));
}

// ---- time ----

void supervisor::on_time(std::chrono::nanoseconds at) noexcept {
  ring_alarms(at);
  if (at >= next_health_check_) {
    next_health_check_ = at + world().health_period();
    for (const auto& c : children_) {
      if (c->at == phase::up) order(*c, command_kind::check);
    }
  }
  reconcile();
}

void supervisor::set_alarm(child& c, std::chrono::nanoseconds at) {
  if (at == c.alarm) return;
  if (c.alarm != never_again) alarms_.erase({c.alarm, c.number});
  if (at != never_again) alarms_.emplace(at, c.number);
  c.alarm = at;
}

void supervisor::ring_alarms(std::chrono::nanoseconds at) {
  if (at >= stop_by_ && !rushed_) {
    rushed_ = true;
    for (const auto& c : children_) file(*c);
  }
  while (!alarms_.empty() && alarms_.begin()->first <= at) {
    child& c = *child_of(alarms_.begin()->second);
    set_alarm(c, never_again);
    if (c.at == phase::starting || on_its_way_down(c)) {
      deadline_passed(c, at);
    } else {
      c.not_before = {};
      file(c);
    }
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
    set_alarm(c, at + last_grace);
    c.plan.process->post(std::make_unique<command>(command_kind::give_up, c.incarnation));
    return;
  }
  const std::string name = c.plan.process->path();
  tree_node view;
  c.plan.process->describe(view);
  if (says_so_soon(c, view)) return set_alarm(c, at + last_grace);
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
  const auto first = alarms_.empty() ? never_again : alarms_.begin()->first;
  const auto next = std::min({first, next_health_check_, rushed_ ? never_again : stop_by_});
  if (next != never_again) wake_at(next);
}

} // namespace alys::detail
