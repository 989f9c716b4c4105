// SPDX-License-Identifier: Apache-2.0
//
// The life of a foreign slot.
#include "foreign_slot.hpp"

#include "runtime.hpp"
#include "spec.hpp"
#include "thrown.hpp"

namespace alys::detail {

void news_line::tell(news_kind what, error why, failure_source source, health_report report) const noexcept {
  const auto slot = slot_.lock();
  if (!slot) return;
  auto news = std::make_unique<foreign_news>(what, life_);
  news->cause = std::move(why);
  news->source = source;
  news->report = std::move(report);
  slot->post(std::move(news));
}

foreign_slot::foreign_slot(std::unique_ptr<guest> what, std::shared_ptr<const child_options> options, std::string path)
    : supervised(std::move(path)), guest_(std::move(what)), options_(std::move(options)) {}

void foreign_slot::set_supervisor(std::shared_ptr<report_sink> supervisor, std::uint32_t child) {
  supervisor_ = std::move(supervisor);
  child_ = child;
}

void foreign_slot::tell(report_kind kind, error cause, failure_source source) noexcept {
  auto r = std::make_unique<report>(kind, child_, life_.incarnation());
  r->cause = std::move(cause);
  r->source = source;
  supervisor_->take_report(std::move(r));
}

void foreign_slot::at(stage next) noexcept {
  stage_ = next;
  const bool works = next == stage::starting || next == stage::ending;
  starts_.store(next == stage::starting, std::memory_order_relaxed);
  working_since_.store(works ? world().now() : std::chrono::nanoseconds{-1}, std::memory_order_relaxed);
}

void foreign_slot::on_control(envelope_ptr control) noexcept {
  if (control->kind == envelope_kind::command) obey(static_cast<command&>(*control));
  else if (control->kind == envelope_kind::event) heed(static_cast<foreign_news&>(*control));
  else if (control->kind == envelope_kind::reload) heed(static_cast<const reload_order&>(*control));
  else if (control->kind == envelope_kind::options) {
    const std::lock_guard guard(options_mutex_);
    options_ = static_cast<const options_order&>(*control).options;
  }
}

// ---- from above ----

void foreign_slot::obey(const command& order) noexcept {
  if (order.incarnation != 0 && order.incarnation != life_.incarnation()) return;
  switch (order.kind) {
    case command_kind::start: start(order.probes_to_tell); break;
    case command_kind::resume: resume(); break;
    case command_kind::release:
    case command_kind::hold:
    case command_kind::escalate:
    case command_kind::halt: come_down(purpose::halt); break;
    case command_kind::stop: come_down(purpose::stop); break;
    case command_kind::give_up: give_up(); break;
    case command_kind::check:
      if (stage_ == stage::up && !suspended_) guest_->check();
      break;
    case command_kind::overran: break; // nothing of it runs in a turn
    case command_kind::fault_thrown:
      if (stage_ == stage::up) fail(from_exception(std::runtime_error("a fault was injected: exception")), failure_source::thrown);
      break;
    case command_kind::fault_returned:
      if (stage_ == stage::up) fail(alys::fail(category::unknown, "a fault was injected: failure"), failure_source::returned);
      break;
  }
}

void foreign_slot::start(std::uint32_t probes) noexcept {
  if (stage_ != stage::down || life_.state() == lifecycle_state::terminated) return;
  if (begun_) {
    advance(lifecycle_state::restarting);
    advance(lifecycle_state::initializing);
  }
  begun_ = true;
  probes_ = probes;
  if (next_plan_) guest_->take(std::exchange(next_plan_, nullptr));
  at(stage::starting);
  const news_line here{std::static_pointer_cast<scheduled>(shared_from_this()), life_.incarnation()};
  if (error thrown = error_thrown_by([&] { guest_->start(world(), here); })) here.start_failed(std::move(thrown));
}

void foreign_slot::resume() noexcept {
  if (!suspended_) return;
  suspended_ = false;
  life_.begin_healthy();
  if (end_meanwhile_) return over(*std::exchange(end_meanwhile_, std::nullopt));
  if (next_plan_) tell(report_kind::outdated);
}

// Everything that it hosts can be replaced, so it agrees to all, by letting the order go.
void foreign_slot::heed(const reload_order& order) noexcept {
  if (order.step != reload_step::apply) return;
  next_plan_ = std::static_pointer_cast<const hosted_plan>(order.config);
  if (stage_ == stage::up && !suspended_ && purpose_ == purpose::none) tell(report_kind::outdated);
}

void foreign_slot::give_up() noexcept {
  if (stage_ == stage::ending) return guest_->kill();
  if (stage_ != stage::starting || suspended_) return;
  fail(
      alys::fail(errc::hook_timeout, category::timeout,
                 std::string{guest_->starting()} + " did not finish within " + std::to_string(options_->initialize_within.count()) + " ms"),
      failure_source::hook);
  guest_->give_up_start();
}

void foreign_slot::come_down(purpose why) noexcept {
  if (life_.state() == lifecycle_state::terminated) return;
  if (purpose_ != purpose::none) { // already on its way: a stop outranks the rest
    if (why == purpose::stop) purpose_ = why;
    return;
  }
  purpose_ = why;
  if (life_.state() == lifecycle_state::running && !suspended_) advance(lifecycle_state::stopping);
  if (stage_ == stage::down) came_down({});
  else if (stage_ == stage::up) end_life();
  // What is starting is ended when its start has come back.
}

void foreign_slot::end_life() noexcept {
  at(stage::ending);
  guest_->stop();
}

// ---- from below ----

void foreign_slot::heed(foreign_news& news) noexcept {
  if (news.life != life_.incarnation()) return;
  switch (news.what) {
    case news_kind::started: started(); break;
    case news_kind::start_failed:
      if (stage_ != stage::starting) break;
      at(stage::down);
      if (purpose_ != purpose::none) came_down(news.cause);
      else fail(std::move(news.cause), failure_source::hook);
      break;
    case news_kind::failed:
      if (stage_ == stage::up) fail(std::move(news.cause), news.source);
      break;
    case news_kind::ended: ended(std::move(news.cause)); break;
    case news_kind::health:
      if (stage_ == stage::up && !suspended_) note_verdict(std::move(news.report));
      break;
  }
}

void foreign_slot::started() noexcept {
  if (stage_ != stage::starting) return;
  if (suspended_ || purpose_ != purpose::none) return end_life(); // too late: nobody wants this life any more
  at(stage::up);
  life_.begin_healthy();
  advance(lifecycle_state::running);
  tell(report_kind::started);
  // It has no messages to prove itself with: that it starts is its proof.
  for (; probes_ > 0; --probes_) tell(report_kind::probe_handled);
  if (next_plan_) tell(report_kind::outdated);
}

void foreign_slot::ended(error why) noexcept {
  if (stage_ == stage::down) return;
  at(stage::down);
  if (purpose_ != purpose::none) return came_down(why);
  if (suspended_) end_meanwhile_ = std::move(why);
  else over(std::move(why));
}

// It has ended, and nobody told it to.
void foreign_slot::over(error why) noexcept {
  if (why) return fail(std::move(why), failure_source::exit);
  advance(lifecycle_state::stopping);
  advance(lifecycle_state::stopped);
  tell(report_kind::finished);
}

void foreign_slot::note_verdict(health_report said) noexcept {
  const health_report verdict = said;
  const std::uint32_t in_a_row = life_.note_verdict(world().now(), std::move(said), verdict);
  const std::uint32_t too_many = options_->health.unhealthy_in_a_row;
  if (too_many > 0 && in_a_row >= too_many)
    fail(alys::fail(errc::unhealthy, category::unknown, "unhealthy " + std::to_string(in_a_row) + " times in a row: " + verdict.why),
         failure_source::health);
}

void foreign_slot::fail(error what, failure_source source) noexcept {
  if (suspended_ || purpose_ != purpose::none) return; // one failure a life: the first is the cause
  life_.note_failure(world().now(), what);
  life_.failed();
  suspended_ = true;
  tell(report_kind::failed, std::move(what), source);
}

void foreign_slot::came_down(const error& why) noexcept {
  if (why && !suspended_) {
    life_.note_failure(world().now(), why);
    world().log(log_level::warning, path() + ": stopped with a failure: " + why.message());
  }
  if (suspended_) advance(lifecycle_state::failed, life_.last_failure()->what);
  else if (life_.state() == lifecycle_state::stopping) advance(why ? lifecycle_state::failed : lifecycle_state::stopped, why);
  else if (life_.state() == lifecycle_state::initializing) advance(lifecycle_state::failed, why);
  suspended_ = false;
  end_meanwhile_.reset();
  if (std::exchange(purpose_, purpose::none) == purpose::stop) terminate();
  else tell(report_kind::halted);
}

void foreign_slot::terminate() noexcept {
  gone_.store(true, std::memory_order_relaxed);
  envelope_list unheard;
  end({}, unheard);
  advance(lifecycle_state::terminated);
  tell(report_kind::terminated);
  supervisor_ = nullptr;
}

void foreign_slot::never_run(runtime& in) noexcept {
  gone_.store(true, std::memory_order_relaxed);
  attach_ended(in);
  advance(lifecycle_state::failed);
  advance(lifecycle_state::terminated);
  supervisor_ = nullptr;
}

// ---- from the side ----

void foreign_slot::bounce(data_ptr message, admission) noexcept {
  if (message->asked()) message->reply.answer_error({error_kind::undelivered, errc::not_accepted, category::unknown, std::nullopt, path()});
  else if (attached()) world().dead_letter_made(dead_letter_cause::not_accepted, message->type->name(), message->header, path());
}

void foreign_slot::turned_away(std::string_view message, bool sender_is_told) noexcept {
  turned_away_.fetch_add(1, std::memory_order_relaxed);
  if (sender_is_told || !attached()) return;
  auto cause = dead_letter_cause::no_receiver;
  if (gone_.load(std::memory_order_relaxed)) cause = dead_letter_cause::receiver_stopped;
  else if (shut()) cause = dead_letter_cause::breaker_open;
  world().dead_letter_made(cause, message, message_header{}, path());
}

void foreign_slot::describe(tree_node& into) const {
  into.path = path();
  into.name = own_name();
  into.type = guest_->type();
  {
    const std::lock_guard guard(options_mutex_);
    into.policy = child_policy_text(*options_, false);
    into.critical = options_->critical;
  }
  into.messages.rejected = turned_away_.load(std::memory_order_relaxed);
  life_.describe(into, attached() ? world().now() : std::chrono::nanoseconds::zero());
  guest_->describe(into);
  if (const auto since = working_since_.load(std::memory_order_relaxed); since >= idle_mark && attached()) {
    into.busy_for = world().now() - since;
    into.handling = starts_.load(std::memory_order_relaxed) ? guest_->starting() : guest_->ending();
  }
  into.health = effective_health(into.state, into.health);
}

} // namespace alys::detail
