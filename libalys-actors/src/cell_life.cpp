// SPDX-License-Identifier: Apache-2.0
//
// The cell's life: what its supervisor says, and the hooks between. Every end of an incarnation goes through release(), which gives each
// thing that hung on it the fate that the table states.
#include "cell.hpp"
#include "counter.hpp"
#include "runtime.hpp"

#include <alys/actors/actor.hpp>

#include <string>

namespace alys::detail {

namespace {

[[nodiscard]] error undelivered(errc why) { return {error_kind::undelivered, why, category::unknown, std::nullopt, {}}; }

// What a slot is at while it handles no message; for people who look at a stuck one.
using name_of_work = std::string_view (*)() noexcept;
constexpr name_of_work in_initialize = []() noexcept -> std::string_view { return "initialize()"; };
constexpr name_of_work in_started = []() noexcept -> std::string_view { return "started()"; };
constexpr name_of_work in_stopping = []() noexcept -> std::string_view { return "stopping()"; };
constexpr name_of_work in_stopped = []() noexcept -> std::string_view { return "stopped()"; };
constexpr name_of_work in_destructor = []() noexcept -> std::string_view { return "its destructor"; };
constexpr name_of_work in_health = []() noexcept -> std::string_view { return "health()"; };
constexpr name_of_work in_injected_fault = []() noexcept -> std::string_view { return "an injected fault"; };

[[nodiscard]] error hook_timed_out(std::string_view hook, std::chrono::milliseconds within) {
  return alys::fail(errc::hook_timeout, category::timeout,
                    std::string{hook} + "() did not finish within " + std::to_string(within.count()) + " ms");
}

[[nodiscard]] error call_timed_out(std::chrono::milliseconds within) {
  return alys::fail(errc::hook_timeout, category::timeout,
                    "the call in hand did not finish within " + std::to_string(within.count()) + " ms");
}

} // namespace

void cell::set_supervisor(std::shared_ptr<report_sink> supervisor, std::uint32_t child) {
  supervisor_ = std::move(supervisor);
  child_.store(child, std::memory_order_relaxed);
}

void cell::tell(report_kind kind, error cause, failure_source source) noexcept {
  auto r = std::make_unique<report>(kind, child_number(), life_.incarnation());
  r->cause = std::move(cause);
  r->source = source;
  if (kind == report_kind::failed) r->trace = life_.last_failure()->trace;
  supervisor_->take_report(std::move(r));
}

void cell::obey(const command& order) noexcept {
  if (order.incarnation != 0 && order.incarnation != life_.incarnation()) return;
  switch (order.kind) {
    case command_kind::start: start(order); break;
    case command_kind::resume: resume(); break;
    case command_kind::release: give_back(outcome::restart); break;
    case command_kind::hold: give_back(outcome::breaker_open); break;
    case command_kind::escalate: give_back(outcome::escalate); break;
    case command_kind::halt: begin_stop(purpose::halt); break;
    case command_kind::stop: begin_stop(purpose::stop); break;
    case command_kind::give_up: give_up(); break;
    case command_kind::check: check_health(); break;
    case command_kind::overran:
      if (running() && !suspended_) fail(order.cause, failure_source::watchdog);
      break;
    case command_kind::fault_thrown:
    case command_kind::fault_returned:
      if (running() && !suspended_) suffer(order);
      break;
  }
}

// Fails as if a handler had, which here is the command's own.
void cell::suffer(const command& fault) noexcept {
  message_header conversation;
  conversation.trace = fault.trace;
  const auto span = world().traced() ? begin_hook_span(conversation.trace, in_injected_fault()) : nullptr;
  if (fault.kind == command_kind::fault_thrown)
    in_turn(in_injected_fault, conversation, failure_source::thrown, [] { throw std::runtime_error("a fault was injected: exception"); });
  else fail(alys::fail(category::unknown, "a fault was injected: failure"), failure_source::returned, conversation.trace);
  if (span) span->end_with(life_.last_failure()->what);
}

// ---- the beginning of a life ----

void cell::start(const command& order) noexcept {
  if (state_ || life_.state() == lifecycle_state::terminated) return;
  if (begun_) {
    const auto at = now();
    advance(lifecycle_state::restarting, at);
    advance(lifecycle_state::initializing, at);
  }
  begun_ = true;
  finish_requested_ = false;
  probes_to_tell_ = order.probes_to_tell;
  state_ = std::make_unique<incarnation_state>();
  if (reload_) reload_->overdue = false;
  hook_outcome initialized;
  message_header conversation;
  const std::shared_ptr<live_span> span = world().traced() ? begin_life_span(conversation.trace, order.trace) : nullptr;
  in_turn(in_initialize, conversation, failure_source::hook, [&] {
    construction building{this, config()};
    current_construction() = &building;
    try {
      state_->object = plan_->build();
    } catch (...) {
      current_construction() = nullptr;
      throw;
    }
    current_construction() = nullptr;
    if (plan_->type->initialize != nullptr) initialized = plan_->type->initialize(*state_->object);
  });
  if (span && !initialized.pending) span->end_with(suspended_ ? life_.last_failure()->what : initialized.failure);
  if (suspended_) return; // it threw
  if (initialized.pending) await_hook(hook_kind::initialize, initialized.pending, span);
  else finish_initialize(std::move(initialized.failure), conversation.trace);
}

void cell::finish_initialize(error e, const trace_context& during) noexcept {
  hook_ = hook_kind::none;
  if (e) return fail(std::move(e), failure_source::hook, during);
  const auto at = now();
  life_.begin_healthy();
  advance(lifecycle_state::running, at);
  note_running();
  if (error begun = call_hook(in_started, plan_->type->started).failure) return fail(std::move(begun), failure_source::hook);
  tell(report_kind::started);
  if (reload_) take_overdue_config();
  end_turn();
  on_time(at); // what came due while it was not running
}

hook_outcome cell::call_hook(name_of_work name, hook h) noexcept {
  hook_outcome how;
  if (h == nullptr) return how;
  count_turn();
  working_on_.store(name, std::memory_order_relaxed);
  message_header conversation;
  turn now_running{&world(), slot(), life_.incarnation(), &state_->sequence, &conversation};
  now_running.self = this;
  const turn_scope scope(now_running);
  if (error thrown = error_thrown_by([&] { how = h(*state_->object); })) how.failure = std::move(thrown);
  return how;
}

void cell::await_hook(hook_kind kind, const std::shared_ptr<promise_state>& pending, std::shared_ptr<live_span> span) noexcept {
  hook_ = kind;
  reply_address here{shared_from_this(), ask_id{life_.incarnation(), std::numeric_limits<std::uint32_t>::max(), 0}};
  if (span) here.port = std::make_shared<traced_port>(std::move(span), std::move(here.port));
  if (pending->bind(here)) return;
  const bool starts = kind == hook_kind::initialize;
  error e = alys::fail(category::logic, std::string{starts ? "initialize" : "stopping"} + "() returned a promise that was returned before");
  if (starts) finish_initialize(std::move(e));
  else finish_stop(std::move(e));
}

void cell::hook_replied(const reply_envelope& reply) noexcept {
  switch (hook_) {
    case hook_kind::none:
    case hook_kind::call_in_hand: break;
    case hook_kind::initialize: finish_initialize(reply.error()); break;
    case hook_kind::stopping: finish_stop(reply.error()); break;
  }
}

void cell::give_up() noexcept {
  switch (hook_) {
    case hook_kind::none: break;
    case hook_kind::initialize: finish_initialize(hook_timed_out("initialize", options().initialize_within)); break;
    case hook_kind::call_in_hand: finish_stop(call_timed_out(options().stop_within)); break;
    case hook_kind::stopping: finish_stop(hook_timed_out("stopping", options().stop_within)); break;
  }
}

// ---- failure and decision ----

void cell::fail(error what, failure_source source, const trace_context& during) noexcept {
  if (suspended_ || !state_) return; // one failure a life: the first is the cause
  life_.note_failure(now(), what, during);
  if (purpose_ != purpose::none) return finish_stop(std::move(what)); // on its way down anyway
  life_.failed();
  suspended_ = true;
  hook_ = hook_kind::none;
  tell(report_kind::failed, std::move(what), source);
}

void cell::resume() noexcept {
  if (!suspended_ || !running()) return;
  suspended_ = false;
  settle_failing(outcome::resume);
  life_.begin_healthy();
  envelope_list replies;
  while (envelope_ptr e = held_.pop()) replies.push_back(std::move(e));
  while (envelope_ptr e = replies.pop()) handle_reply(reply_ptr{static_cast<reply_envelope*>(e.release())});
  if (reload_) heed_waiting();
  on_time(now());
}

// Also if it has come back, too late, from a hook for which it was given up, and runs.
void cell::give_back(outcome decided) noexcept {
  release(decided);
  tell(report_kind::halted);
}

void cell::release(outcome decided) noexcept {
  if (!state_) return;
  if (suspended_) advance(lifecycle_state::failed, life_.last_failure()->at, life_.last_failure()->what);
  else if (life_.state() != lifecycle_state::stopped && life_.state() != lifecycle_state::failed) advance(lifecycle_state::failed, now());
  const std::uint64_t mine = std::uint64_t{1} << (life_.incarnation() % remembered_lives);
  answers_matter_ = fate_of(message_role::awaited_reply, decided) == fate::dead_letter ? answers_matter_ | mine : answers_matter_ & ~mine;
  suspended_ = false;
  hook_ = hook_kind::none;
  purpose_ = purpose::none;
  if (fate_of(message_role::owed_reply, decided) == fate::error_reply) {
    for (const auto& weak : state_->owed) {
      if (const auto owed = weak.lock()) owed->abandon(undelivered(decided == outcome::stop ? errc::stopped : errc::restarted));
    }
  }
  if (fate_of(message_role::timer, decided) == fate::dropped_and_counted)
    timers_dropped_.store(timers_dropped_.load(std::memory_order_relaxed) + state_->timers_set(), std::memory_order_relaxed);
  while (envelope_ptr e = held_.pop()) {
    if (answers_matter(life_.incarnation()))
      world().dead_letter_made(dead_letter_cause::old_incarnation, "(answer)", message_header{}, path());
  }
  state_->asks.clear(); // continuations may hold handles and promises, but never outlive the object
  pending_asks_.store(0, std::memory_order_relaxed);
  count_turn();
  call_in_hand_ = false;
  working_on_.store(in_destructor, std::memory_order_relaxed);
  const auto ended = std::move(state_);        // what it still asks or sets from its destructors concerns no life
  if (ended->rare) cut_turns(*ended, decided); // before the stash is emptied, to which they may add
  // Behind each other as they came: what was stashed came before what failed, and both before what waits.
  static_assert(fate_of(message_role::stashed, outcome::restart) == fate::to_front_of_queue &&
                    fate_of(message_role::stashed, outcome::escalate) == fate::to_front_of_queue &&
                    fate_of(message_role::stashed, outcome::breaker_open) == fate::to_front_of_queue &&
                    fate_of(message_role::stashed, outcome::stop) == fate_of(message_role::queued, outcome::stop),
                "the stash ends with its incarnation, and what was in it is queued again");
#ifdef ALYS_PLANTED_OVERTAKING
  unstash_all();
  settle_failing(decided);
#else
  settle_failing(decided);
  unstash_all();
#endif
  settle_parked(decided);
  if (reload_) heed_waiting();
}

// Whether an answer to this ended incarnation is a dead letter, by how that one ended. Of those before the remembered ones each answer is:
// rather one too many than one that disappears.
bool cell::answers_matter(std::uint32_t of_incarnation) const noexcept {
  if (life_.incarnation() - of_incarnation >= remembered_lives) return true;
  return ((answers_matter_ >> (of_incarnation % remembered_lives)) & 1) != 0;
}

// ---- the end ----

void cell::begin_stop(purpose why) noexcept {
  if (life_.state() == lifecycle_state::terminated) return;
  if (purpose_ != purpose::none) { // already on its way down: a stop outranks the rest
    if (why == purpose::stop) purpose_ = why;
    else if (why == purpose::halt && hook_ == hook_kind::call_in_hand) run_stopping();
    return;
  }
  if (!state_) return end_incarnation(why); // between two lives, or before the first
  if (!running() || suspended_) {
    release(why == purpose::stop ? outcome::stop : outcome::restart);
    return end_incarnation(why);
  }
  purpose_ = why;
  advance(lifecycle_state::stopping, now());
  // A call in hand ends first, as OTP's gen_server does it. Not before a restart: what it waits for may be the very actor that failed.
#ifndef ALYS_PLANTED_HASTY_STOP
  if (!call_in_hand_ || why == purpose::halt)
#endif
    return run_stopping();
  hook_ = hook_kind::call_in_hand;
  watch_own_end();
}

void cell::run_stopping() noexcept {
  hook_ = hook_kind::none;
  hook_outcome how = call_hook(in_stopping, plan_->type->stopping);
  if (!how.pending) return finish_stop(std::move(how.failure));
  watch_own_end();
  await_hook(hook_kind::stopping, how.pending);
}

// An end that nobody ordered is one whose time nobody else watches.
void cell::watch_own_end() noexcept {
  if (purpose_ != purpose::finish) return;
  auto& until = state_->rarities().finish_by;
  until = std::min(until, now() + options().stop_within);
  wake_at(until);
}

void cell::finish_stop(error e) noexcept {
  hook_ = hook_kind::none;
  const purpose why = purpose_;
  if (!e) e = call_hook(in_stopped, plan_->type->stopped).failure;
  if (e) {
    life_.note_failure(now(), e);
    world().log(log_level::warning, path() + ": stopped with a failure: " + e.message());
  }
  advance(e ? lifecycle_state::failed : lifecycle_state::stopped, now(), e);
  release(why == purpose::stop ? outcome::stop : outcome::restart);
  end_incarnation(why);
}

void cell::end_incarnation(purpose why) noexcept {
  purpose_ = purpose::none;
  switch (why) {
    case purpose::none: break;
    case purpose::halt: tell(report_kind::halted); break;
    case purpose::finish: tell(report_kind::finished); break;
    case purpose::stop: terminate(); break;
  }
}

void cell::terminate() noexcept {
  if (!begun_) advance(lifecycle_state::failed, now());
  settle_parked(outcome::stop);
  turn_away_queued();
  envelope_list unheard;
  end({}, unheard);
  advance(lifecycle_state::terminated, now());
  tell(report_kind::terminated);
  supervisor_ = nullptr;
}

void cell::never_run(runtime& in) noexcept {
  attach_ended(in);
  turn_away_queued();
  advance(lifecycle_state::failed, now());
  advance(lifecycle_state::terminated, now());
  supervisor_ = nullptr;
}

void cell::turn_away_queued() noexcept {
  static_assert(fate_of(message_role::arriving, outcome::stop) == fate::rejected &&
                    fate_of(message_role::queued, outcome::stop) == fate::error_reply_or_dead_letter,
                "a stopped slot turns everybody away");
  open_door(); // whoever comes is to hear that it has ended, not that its breaker is open
  while (data_ptr left = some_are_late() ? late()->let_go(std::chrono::nanoseconds::max()) : nullptr) {
    increment(undelivered_);
    bounce(std::move(left), admission::stopped);
  }
  for (lane* l : {&urgent_, &normal_}) {
    l->close();
    while (data_ptr left = l->pop()) {
      undelivered_.store(undelivered_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
      bounce(std::move(left), admission::stopped);
    }
    turn_away_waiting(*l, admission::stopped);
  }
}

// ---- health ----

void cell::check_health() noexcept {
  if (!running() || suspended_) return; // its state speaks for it
  health_report own;
  if (plan_->type->health != nullptr) in_turn(in_health, {}, failure_source::health, [&] { own = plan_->type->health(*state_->object); });
  if (!suspended_) judge_itself(std::move(own));
  end_turn();
}

void cell::judge_itself(health_report own) noexcept {
  const bool never_asked = plan_->type->health == nullptr && !stalled();
  if (never_asked) return life_.begin_healthy();
  const health_report verdict = stalled() ? worse_of(own, stall()) : own;
  const std::uint32_t in_a_row = life_.note_verdict(now(), std::move(own), verdict);
  const std::uint32_t too_many = options().health.unhealthy_in_a_row;
  if (too_many > 0 && in_a_row >= too_many)
    fail(alys::fail(errc::unhealthy, category::unknown, "unhealthy " + std::to_string(in_a_row) + " times in a row: " + verdict.why),
         failure_source::health);
}

health_report cell::stall() const {
  return {plan_->options->health.stalled_is,
          "handles nothing, with " + std::to_string(normal_.depth() + urgent_.depth()) + " messages queued"};
}

} // namespace alys::detail
