// SPDX-License-Identifier: Apache-2.0
//
// What a supervisor hears and decides. The steps that follow are taken in supervisor_reconcile.cpp.
#include "supervisor.hpp"

#include "cell.hpp"
#include "nursery.hpp"
#include "supervised.hpp"

#include <algorithm>
#include <system_error>

namespace alys::detail {

supervisor::supervisor(std::shared_ptr<const supervisor_declared> plan, std::string path, stop_witness& witness)
    : scheduled(std::move(path)),
      plan_(std::move(plan)),
      witness_(witness),
      window_(plan_->how.limit()),
      subtree_restarts_(plan_->how.limit()),
      random_(0) {}

void supervisor::set_supervisor(std::shared_ptr<report_sink> parent, std::uint32_t number) {
  parent_ = std::move(parent);
  number_ = number;
}

void supervisor::add(child_declared&& declared) {
  auto c = std::make_unique<child>();
  c->number = ++last_number_;
  c->counters = declared.options->limit ? restart_counters{*declared.options->limit} : restart_counters{};
  c->plan = std::move(declared);
  guard(*c);
  const auto me = std::static_pointer_cast<supervisor>(shared_from_this());
  if (c->plan.is_supervisor) static_cast<supervisor&>(*c->plan.process).set_supervisor(me, c->number);
  else static_cast<supervised&>(*c->plan.process).set_supervisor(me, c->number);
  for (const std::string& name : c->plan.options->after) note_needed(name);
  if (c->plan.options->significant) ++significant_left_;
  ++counts_[static_cast<std::size_t>(c->at)];
  const std::lock_guard guard(children_mutex_);
  children_.push_back(std::move(c));
}

// Those that siblings start after are declared, and come before them.
void supervisor::note_needed(const std::string& name) {
  const auto [noted, is_new] = needed_.try_emplace(name, 0);
  if (!is_new) return;
  const auto found = std::find_if(children_.begin(), children_.end(),
                                  [&](const auto& c) { return c->plan.process && c->plan.process->own_name() == name; });
  if (found == children_.end()) return;
  (*found)->needed = true;
  noted->second = (*found)->number;
}

void supervisor::find_hosts(backend& threads, std::vector<hosted>& found) {
  for (const auto& c : children_) {
    if (c->plan.is_supervisor) static_cast<supervisor&>(*c->plan.process).find_hosts(threads, found);
    else found.push_back({c->plan.process, threads.host(c->plan.process, c->plan.options->own_thread)});
  }
  const auto me = std::static_pointer_cast<scheduled>(shared_from_this());
  found.push_back({me, threads.host(me, false)});
}

void supervisor::bounce(data_ptr message, admission) noexcept {
  if (message->asked()) message->reply.answer_error({error_kind::undelivered, errc::not_accepted, category::unknown, std::nullopt, path()});
  else if (attached()) world().dead_letter_made(dead_letter_cause::not_accepted, message->type->name(), message->header, path());
}

supervisor::child* supervisor::child_of(std::uint32_t number) const noexcept {
  const auto found =
      std::lower_bound(children_.begin(), children_.end(), number, [](const auto& c, std::uint32_t n) { return c->number < n; });
  return found != children_.end() && (*found)->number == number && (*found)->plan.process ? found->get() : nullptr;
}

void supervisor::tell(report_kind kind, error cause) noexcept {
  if (!parent_) return;
  auto r = std::make_unique<report>(kind, number_, life_.incarnation());
  r->cause = std::move(cause);
  r->source = failure_source::exit;
  if (kind == report_kind::failed) r->trace = failing_;
  parent_->take_report(std::move(r));
}

void supervisor::on_control(envelope_ptr control) noexcept {
  switch (control->kind) {
    case envelope_kind::command: obey(static_cast<command&>(*control)); break;
    case envelope_kind::event: heed(static_cast<report&>(*control)); break;
    case envelope_kind::adoption: adopt(std::move(static_cast<adoption&>(*control).child)); break;
    case envelope_kind::dismissal: dismiss(static_cast<dismissal&>(*control)); break;
    case envelope_kind::policy: heed(static_cast<policy_order&>(*control)); break;
    case envelope_kind::message:
    case envelope_kind::room:
    case envelope_kind::reply:
    case envelope_kind::reload:
    case envelope_kind::options: break;
  }
}

// ---- from above ----

void supervisor::obey(const command& order) {
  if (order.incarnation != 0 && order.incarnation != life_.incarnation()) return;
  switch (order.kind) {
    case command_kind::start:
      failing_ = order.trace;
      if (mode_ == mode::idle) begin_start();
      break;
    case command_kind::halt:
      if (mode_ == mode::stopping) break;
      if (mode_ == mode::idle) return tell(report_kind::halted);
      if (life_.state() == lifecycle_state::running) advance(lifecycle_state::stopping);
      mode_ = mode::halting;
      for (const auto& c : children_) {
        c->wanted = false;
        file(*c);
      }
      reconcile();
      break;
    case command_kind::stop:
      if (order.deadline < stop_by_) hurry(order.deadline);
      if (mode_ == mode::stopping) return reconcile();
      if (life_.state() == lifecycle_state::running) advance(lifecycle_state::stopping);
      mode_ = mode::stopping;
      condemn_all();
      reconcile();
      break;
    case command_kind::resume:
    case command_kind::release:
    case command_kind::hold:
    case command_kind::escalate:
    case command_kind::give_up: // a supervisor is never stuck: its children's deadlines are its own
    case command_kind::check:
    case command_kind::overran:
    case command_kind::fault_thrown:
    case command_kind::fault_returned: break;
  }
}

// Whoever is on its way gets no more time than is left.
void supervisor::hurry(std::chrono::nanoseconds stop_by) {
  stop_by_ = stop_by;
  rushed_ = now() >= stop_by_;
  for (const auto& c : children_) {
    if (c->alarm != never_again && c->at != phase::down) set_alarm(*c, std::min(c->alarm, stop_by_));
    file(*c);
    if (c->plan.is_supervisor && c->at == phase::ending) order(*c, command_kind::stop);
  }
}

void supervisor::begin_start() {
  if (begun_) {
    advance(lifecycle_state::restarting);
    advance(lifecycle_state::initializing);
    reset_budgets();           // as in OTP, a restarted supervisor has its whole budget ...
    subtree_restarts_.reset(); // ... and may heal itself as often as a new one
  } else {
    random_ = splitmix64{world().seed() ^ slot()};
  }
  begun_ = true;
  mode_ = mode::starting;
  in_order_ = true;
  start_failure_ = {};
  for (const auto& c : children_) {
    c->wanted = !c->condemned;
    c->came_up = false;
    c->not_before = {};
    follow(*c);
    file(*c);
  }
  const auto stuck = std::find_if(children_.begin(), children_.end(), [](const auto& c) { return c->at == phase::stuck; });
  if (stuck != children_.end())
    fail_start(fail(errc::hook_timeout, category::timeout, (*stuck)->plan.process->path() + ": has not come down yet"));
  if (world().health_period() > std::chrono::nanoseconds::zero()) next_health_check_ = now() + world().health_period();
  reconcile();
}

void supervisor::adopt(child_declared&& declared) {
  if (mode_ == mode::stopping) return turn_away(declared);
  add(std::move(declared));
  child& c = *children_.back();
  c.dynamic = true;
  c.wanted = mode_ != mode::halting && mode_ != mode::idle;
  try {
    world().attach(c.plan.process, world().threads().host(c.plan.process, c.plan.options->own_thread));
    file(c);
  } catch (const std::system_error& e) {
    world().log(log_level::error, c.plan.process->path() + ": cannot run, there is no thread for it: " + e.what());
    static_cast<supervised&>(*c.plan.process).never_run(world());
    move(c, phase::gone);
  }
  reconcile();
}

// It came too late, and turns away who wrote to it.
void supervisor::turn_away(const child_declared& born) {
  static_cast<supervised&>(*born.process).never_run(world());
  born.nursery->child_gone();
}

void supervisor::dismiss(const dismissal& d) {
  const auto* born = dynamic_cast<const cell*>(d.child.get());
  child* c = born != nullptr ? child_of(born->child_number()) : nullptr;
  if (c == nullptr || c->plan.process != d.child || c->plan.nursery != d.nursery) return;
  c->alone = true;
  condemn(*c);
  reconcile();
}

void supervisor::condemn(child& c) {
  if (!c.condemned && c.plan.options->significant) --significant_left_;
  c.condemned = true;
  file(c);
}

// ---- from below ----

void supervisor::heed(report& r) {
  child* const known = child_of(r.child);
  if (known == nullptr) return;
  child& c = *known;
  if (r.incarnation != c.incarnation && r.kind != report_kind::terminated) return;
  failing_ = r.trace;
  switch (r.kind) {
    case report_kind::started:
      if (c.at != phase::starting) return;
      move(c, phase::up);
      c.came_up = true;
      note_start(c);
      break;
    case report_kind::failed: failed(c, std::move(r.cause), r.source); break;
    case report_kind::halted:
      if (c.at == phase::halting || c.at == phase::stuck) came_down(c);
      break;
    case report_kind::finished:
      if (c.at == phase::halting || c.at == phase::stuck) came_down(c); // it ended by itself while it was told to come down
      else if (c.at == phase::up || c.at == phase::starting) ended_by_itself(c);
      break;
    case report_kind::terminated: reported_its_end(c, r.cause); break;
    case report_kind::probe_handled: note_probe(c); break;
    case report_kind::outdated:
      if (c.at == phase::up && (mode_ == mode::running || mode_ == mode::starting)) renew(c);
      break;
  }
  reconcile();
}

void supervisor::note_start(child& c) {
  const auto at = now();
  c.counters.count_start(at);
  if (!c.guard) return;
  const std::lock_guard guard(children_mutex_);
  c.guard->rule.came_up(at);
}

// Also when it goes down with others: only the time that it was up may end a row of failures, not what it needed to stop by itself.
void supervisor::note_end(child& c) {
  const auto at = c.plan.process->up_until(now());
  c.counters.count_end(at, c.plan.options->restart);
  if (!c.guard) return;
  const std::lock_guard guard(children_mutex_);
  c.guard->rule.came_down(at);
}

// A supervisor may end for good by itself; everybody else was told to.
void supervisor::reported_its_end(child& c, const error& why) {
  const bool by_itself = !c.condemned;
  if (by_itself) condemn(c);
  move(c, phase::gone);
  if (by_itself) end_for_good(c, why ? loss::missed : loss::none);
}

// A restart in order, which nothing has failed for: no budget counts it.
void supervisor::renew(child& c) {
  c.alone = true;
  c.cycling = true;
  c.not_before = {};
  file(c);
}

void supervisor::came_down(child& c) {
  c.cycling = false;
  move(c, phase::down);
}

void supervisor::ended_by_itself(child& c) {
  came_down(c);
  if (mode_ != mode::running && mode_ != mode::starting) return;
  if (c.plan.options->kind == child_kind::permanent) {
    const error why = fail(category::unknown, "a permanent child ended by itself");
    return act(c, about(c, why, failure_source::exit), action::restart);
  }
  end_for_good(c, loss::none);
}

void supervisor::failed(child& c, error what, failure_source source) {
  if (c.at != phase::up && c.at != phase::starting) return;
  move(c, phase::failed);
  // A child that was up already, or came at run time, has failed as at any other time.
  const bool fails_the_start = mode_ == mode::starting && !c.came_up && !c.dynamic;
  if (fails_the_start) {
    const bool says_where = what.text().rfind(path() + "/", 0) == 0; // it comes from further down
    fail_start(says_where ? what : fail(what.code(), what.category(), c.plan.process->path() + ": " + what.message()));
  } else if (mode_ == mode::starting || mode_ == mode::running) {
    decide_about(c, what, source);
  } // else it comes down with the others
}

void supervisor::fail_start(error why) {
  mode_ = mode::failed_start;
  start_failure_ = std::move(why);
  for (const auto& each : children_) {
    each->wanted = false;
    file(*each);
  }
}

// ---- views ----

std::uint64_t supervisor::batches() const noexcept {
  const std::lock_guard guard(children_mutex_);
  std::uint64_t sum = scheduled::batches();
  for (const auto& c : children_) sum += c->plan.process ? c->plan.process->batches() : 0;
  return sum;
}

bool supervisor::idle() const noexcept {
  const std::lock_guard guard(children_mutex_);
  return std::all_of(children_.begin(), children_.end(), [](const auto& c) { return !c->plan.process || c->plan.process->idle(); });
}

work_sample supervisor::sample() const noexcept {
  return {.busy = busy_since_.load(std::memory_order_relaxed) >= std::chrono::nanoseconds::zero(), .step = scheduled::batches()};
}

} // namespace alys::detail
