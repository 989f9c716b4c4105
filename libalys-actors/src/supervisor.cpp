// SPDX-License-Identifier: Apache-2.0
//
// What a supervisor hears and decides. The steps that follow are taken in supervisor_reconcile.cpp.
#include "supervisor.hpp"

#include "cell.hpp"
#include "nursery.hpp"

#include <algorithm>

namespace alys::detail {

supervisor::supervisor(std::shared_ptr<const supervisor_declared> plan, std::string path, stop_witness& witness)
    : scheduled(std::move(path)), plan_(std::move(plan)), witness_(witness), window_(plan_->how.limit()), random_(0) {}

void supervisor::set_supervisor(std::shared_ptr<report_sink> parent, std::uint32_t number) {
  parent_ = std::move(parent);
  number_ = number;
}

void supervisor::add(child_declared&& declared) {
  auto c = std::make_unique<child>();
  c->number = ++last_number_;
  c->counters = declared.options.limit ? restart_counters{*declared.options.limit} : restart_counters{};
  c->plan = std::move(declared);
  const auto me = std::static_pointer_cast<supervisor>(shared_from_this());
  if (c->plan.is_supervisor) static_cast<supervisor&>(*c->plan.process).set_supervisor(me, c->number);
  else static_cast<cell&>(*c->plan.process).set_supervisor(me, c->number);
  numbers_.emplace(c->number, c.get());
  const std::lock_guard guard(children_mutex_);
  children_.push_back(std::move(c));
}

void supervisor::attach_children(runtime& world) {
  for (const auto& c : children_) {
    if (c->plan.is_supervisor) static_cast<supervisor&>(*c->plan.process).attach_children(world);
    world.attach(c->plan.process, c->plan.options.own_thread);
  }
}

void supervisor::bounce(data_ptr message, admission) noexcept {
  if (message->asked()) message->reply.answer_error({error_kind::undelivered, errc::not_accepted, category::unknown, std::nullopt, path()});
  else if (attached()) world().dead_letter_made(dead_letter_cause::not_accepted, message->type->name(), message->header, path());
}

supervisor::child* supervisor::by_number(std::uint32_t number) noexcept {
  const auto found = numbers_.find(number);
  return found != numbers_.end() ? found->second : nullptr;
}

void supervisor::tell(report_kind kind, error cause) noexcept {
  if (!parent_) return;
  auto r = std::make_unique<report>(kind, number_, life_.incarnation());
  r->cause = std::move(cause);
  r->source = failure_source::exit;
  parent_->take_report(std::move(r));
}

void supervisor::on_control(envelope_ptr control) noexcept {
  switch (control->kind) {
    case envelope_kind::command: obey(static_cast<command&>(*control)); break;
    case envelope_kind::event: heed(static_cast<report&>(*control)); break;
    case envelope_kind::adoption: adopt(std::move(static_cast<adoption&>(*control).child)); break;
    case envelope_kind::dismissal: dismiss(static_cast<dismissal&>(*control).path); break;
    case envelope_kind::message:
    case envelope_kind::reply: break;
  }
}

// ---- from above ----

void supervisor::obey(const command& order) {
  if (order.incarnation != 0 && order.incarnation != life_.incarnation()) return;
  switch (order.kind) {
    case command_kind::start:
      if (mode_ == mode::idle) begin_start();
      break;
    case command_kind::halt:
      if (mode_ == mode::stopping || mode_ == mode::idle) break;
      if (life_.state() == lifecycle_state::running) advance(lifecycle_state::stopping);
      mode_ = mode::halting;
      for (const auto& c : children_) c->wanted = false;
      reconcile();
      break;
    case command_kind::stop:
      stop_by_ = std::min(stop_by_, order.deadline);
      if (mode_ == mode::stopping) break;
      if (life_.state() == lifecycle_state::running) advance(lifecycle_state::stopping);
      mode_ = mode::stopping;
      for (const auto& c : children_) c->condemned = true;
      reconcile();
      break;
    case command_kind::resume:
    case command_kind::release:
    case command_kind::escalate:
    case command_kind::give_up: // a supervisor is never stuck: its children's deadlines are its own
    case command_kind::check:
    case command_kind::fault_thrown:
    case command_kind::fault_returned: break;
  }
}

void supervisor::begin_start() {
  if (begun_) {
    advance(lifecycle_state::restarting);
    advance(lifecycle_state::initializing);
    window_.reset(); // as in OTP, a restarted supervisor has its whole budget
    for (const auto& c : children_) c->counters.reset_window();
  } else {
    random_ = splitmix64{world().seed() ^ slot()};
  }
  begun_ = true;
  mode_ = mode::starting;
  in_order_ = true;
  start_failure_ = {};
  for (const auto& c : children_) {
    c->wanted = !c->condemned;
    c->not_before = {};
  }
  if (world().health_period() > std::chrono::nanoseconds::zero()) next_health_check_ = now() + world().health_period();
  reconcile();
}

void supervisor::adopt(child_declared&& declared) {
  const bool own_thread = declared.options.own_thread;
  add(std::move(declared));
  child& c = *children_.back();
  c.dynamic = true;
  c.condemned = mode_ == mode::stopping; // too late: it never starts, and turns away who wrote to it
  c.wanted = mode_ != mode::halting && mode_ != mode::idle;
  world().attach(c.plan.process, own_thread);
  reconcile();
}

void supervisor::dismiss(const std::string& path) {
  for (const auto& c : children_) {
    if (c->plan.process->path() == path) c->condemned = true;
  }
  reconcile();
}

// ---- from below ----

void supervisor::heed(report& r) {
  child* c = by_number(r.child);
  if (c == nullptr || (r.incarnation != c->incarnation && r.kind != report_kind::terminated)) return;
  switch (r.kind) {
    case report_kind::started:
      if (c->at != phase::starting) return;
      c->at = phase::up;
      c->counters.count_start(now());
      break;
    case report_kind::failed: failed(*c, std::move(r.cause), r.source); break;
    case report_kind::halted:
      c->at = phase::down;
      c->cycling = false;
      break;
    case report_kind::finished: ended_by_itself(*c); break;
    case report_kind::terminated: c->at = phase::gone; break;
  }
  c->deadline = c->at == phase::starting || c->at == phase::halting || c->at == phase::ending ? c->deadline : std::chrono::nanoseconds::max();
  reconcile();
}

void supervisor::ended_by_itself(child& c) {
  c.at = phase::down;
  c.cycling = false;
  if (mode_ != mode::running && mode_ != mode::starting) return;
  if (c.plan.options.kind == child_kind::permanent) restart(c, fail(category::unknown, "a permanent child ended by itself"));
  else c.condemned = true;
}

void supervisor::failed(child& c, error what, failure_source source) {
  if (c.at != phase::up && c.at != phase::starting) return;
  c.at = phase::failed;
  switch (mode_) {
    case mode::starting:
      mode_ = mode::failed_start;
      start_failure_ = what.text().rfind(path() + "/", 0) == 0 ? what // it comes from further down and says where
                                                               : fail(what.code(), what.category(), c.plan.process->path() + ": " + what.message());
      for (const auto& each : children_) each->wanted = false;
      break;
    case mode::running: decide_about(c, what, source); break;
    case mode::idle:
    case mode::failed_start:
    case mode::escalated:
    case mode::halting:
    case mode::stopping: break; // it comes down with the others
  }
}

void supervisor::decide_about(child& c, const error& what, failure_source source) {
  failure f{what, c.plan.process->path(), c.incarnation, source, c.plan.options.resume_after_throw};
  action then = action::escalate;
  try {
    then = decide(c.plan.options.decisions, plan_->options.decisions, f).then;
  } catch (const std::exception& e) {
    world().log(log_level::error, path() + ": a predicate of a decision table threw: " + e.what());
  }
  if (then == action::restart && (c.plan.options.kind == child_kind::temporary || std::holds_alternative<never>(c.plan.options.restart))) then = action::stop;
  world().failure_decided(f, then);
  switch (then) {
    case action::resume:
      order(c, command_kind::resume);
      c.at = phase::up;
      break;
    case action::restart: restart(c, what); break;
    case action::stop: c.condemned = true; break;
    case action::escalate: escalate(c, what); break;
  }
}

bool supervisor::in_group(const child& c, const child& failed_one) const {
  switch (plan_->how.kind()) {
    case strategy_kind::one_for_one: return &c == &failed_one;
    case strategy_kind::one_for_all: return true;
    case strategy_kind::rest_for_one: return c.number >= failed_one.number;
  }
  return true;
}

void supervisor::restart(child& c, const error& why) {
  const bool own_budget = c.counters.count_restart(now(), c.plan.options.restart);
  const bool budget = window_.count(now());
  if (!own_budget || !budget) {
    const std::string limit = to_string(own_budget ? window_.limit() : *c.plan.options.limit);
    return escalate(c, fail(errc::budget_exhausted, category::unknown, path() + ": " + limit + " restarts were not enough; last: " + c.plan.process->path() + ": " + why.message()));
  }
  const auto delay = next_delay(c.plan.options.restart, c.counters.streak(), random_);
  if (!delay) {
    c.condemned = true;
    return;
  }
  c.restarts.fetch_add(1, std::memory_order_relaxed);
  for (const auto& each : children_) {
    if (!in_group(*each, c) || each->condemned) continue;
    if (each.get() != &c && each->plan.options.kind == child_kind::temporary) {
      each->condemned = true; // as in OTP: a temporary sibling is terminated and not started again
      continue;
    }
    each->cycling = each->at != phase::down;
    each->not_before = now() + *delay;
    if (each.get() != &c) in_order_ = true;
  }
}

void supervisor::escalate(child& c, const error& why) {
  if (c.at == phase::failed && !c.plan.is_supervisor) {
    order(c, command_kind::escalate);
    c.at = phase::down;
  }
  c.cycling = false;
  mode_ = mode::escalated;
  life_.note_failure(now(), why);
  advance(lifecycle_state::failed, why);
  tell(report_kind::failed, why);
}

// ---- views ----

bool supervisor::idle() const noexcept {
  const std::lock_guard guard(children_mutex_);
  return std::all_of(children_.begin(), children_.end(), [](const auto& c) { return c->plan.process->idle(); });
}

void supervisor::describe(tree_node& into) const {
  into.path = path();
  into.name = plan_->name;
  into.type = std::string{to_string(plan_->how.kind())};
  into.policy = to_string(plan_->how.limit());
  into.critical = plan_->options.critical;
  into.supervisor = true;
  life_.describe(into);
  {
    const std::lock_guard guard(children_mutex_);
    into.children.resize(children_.size());
    for (std::size_t i = 0; i < children_.size(); ++i) {
      into.children[i].restarts = children_[i]->restarts.load(std::memory_order_relaxed);
      children_[i]->plan.process->describe(into.children[i]);
      if (children_[i]->plan.is_supervisor) into.children[i].critical = children_[i]->plan.options.critical;
    }
  }
  std::vector<child_health> healths;
  for (const tree_node& c : into.children) {
    if (c.state != lifecycle_state::terminated) healths.push_back({c.name, c.critical, c.health});
  }
  into.health = effective_health(into.state, worst_critical_child(healths));
}

} // namespace alys::detail
