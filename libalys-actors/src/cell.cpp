// SPDX-License-Identifier: Apache-2.0
//
// The cell's messages: in at the door and through the handler.
#include "cell.hpp"

#include "counter.hpp"
#include "runtime.hpp"

#include <alys/actors/actor.hpp>
#include <alys/actors/health_score.hpp>

#include <algorithm>
#include <stdexcept>

namespace alys::detail {

namespace {

// After this many urgent messages in a row one normal message goes first, so that urgent traffic alone cannot starve the rest.
constexpr std::uint8_t urgent_share = 16;

[[nodiscard]] error undelivered(errc why, std::string text = {}) {
  return {error_kind::undelivered, why, category::unknown, std::nullopt, std::move(text)};
}

} // namespace

void throw_bound_twice() { throw std::logic_error("alys: a promise was returned twice: each answer needs one of its own"); }

turn*& current_turn() noexcept {
  thread_local turn* current = nullptr;
  return current;
}

construction*& current_construction() noexcept {
  thread_local construction* current = nullptr;
  return current;
}

cell::cell(std::shared_ptr<const blueprint> plan, std::string path)
    : supervised(std::move(path)),
      plan_(std::move(plan)),
      normal_(plan_->options->mailbox.capacity, plan_->options->mailbox.overflow),
      urgent_(plan_->options->mailbox.urgent_capacity, plan_->options->mailbox.overflow) {}

std::chrono::nanoseconds cell::now() const noexcept { return world().now(); }

// ---- the door ----

admission cell::push(data_ptr& message) noexcept {
  const admission got = readmit(message);
  if (got == admission::queued || got == admission::blocked) return got;
  (got == admission::dropped ? dropped_ : rejected_).fetch_add(1, std::memory_order_relaxed);
  return got;
}

admission cell::readmit(data_ptr& message) noexcept {
  data_ptr displaced;
  lane& to = lane_of(*message);
  switch (to.push(message, displaced)) {
    case lane_result::queued:
      wake();
      if (displaced) {
        dropped_.fetch_add(1, std::memory_order_relaxed);
        bounce(std::move(displaced), admission::dropped);
      }
      return admission::queued;
    case lane_result::full:
      if (to.room() < capacity_of(to)) return admission::breaker_open;
      switch (plan_->options->mailbox.overflow) {
        case overflow::drop_newest: return admission::dropped;
        case overflow::block: return admission::blocked;
        case overflow::reject:
        case overflow::drop_oldest: break;
      }
      return admission::full;
    case lane_result::closed: return admission::stopped;
    case lane_result::waits: break;
  }
  return admission::full;
}

std::size_t cell::capacity_of(const lane& l) const noexcept {
  const mailbox_options& how = plan_->options->mailbox;
  return &l == &urgent_ ? how.urgent_capacity : how.capacity;
}

void cell::narrow_door(std::uint32_t room) noexcept {
  static_assert(fate_of(message_role::arriving, outcome::breaker_open) == fate::rejected, "an open breaker turns everybody away");
  for (lane* l : {&urgent_, &normal_}) {
    l->set_room(std::min<std::size_t>(room, capacity_of(*l)));
    if (room < capacity_of(*l)) turn_away_waiting(*l, admission::breaker_open);
  }
}

void cell::open_door() noexcept {
  for (lane* l : {&urgent_, &normal_}) l->set_room(capacity_of(*l));
}

void cell::bounce(data_ptr message, admission why) noexcept {
  const bool oldest = plan_->options->mailbox.overflow == overflow::drop_oldest;
  errc code = errc::stopped;
  dead_letter_cause cause = dead_letter_cause::receiver_stopped;
  if (why == admission::blocked) rejected_.fetch_add(1, std::memory_order_relaxed), why = admission::full;
  if (why == admission::full) code = errc::mailbox_full, cause = dead_letter_cause::mailbox_full;
  if (why == admission::breaker_open) code = errc::breaker_open, cause = dead_letter_cause::breaker_open;
  if (why == admission::dropped)
    code = errc::dropped, cause = oldest ? dead_letter_cause::dropped_oldest : dead_letter_cause::dropped_newest;
  if (message->asked()) message->reply.answer_error(undelivered(code, path()));
  else if (attached()) world().dead_letter_made(cause, message->type->name(), message->header, path());
}

void cell::deliver(reply_ptr reply) noexcept {
  static_assert(fate_of(message_role::awaited_reply, outcome::stop) == fate::cancelled, "an answer that finds its asker gone is nobody's");
  post(std::move(reply));
}

// ---- the run loop's calls ----

void cell::on_batch_begin() noexcept { busy_since_.store(world().now(), std::memory_order_relaxed); }

void cell::on_batch_end() noexcept {
  working_on_.store(call_in_hand_ ? name_of_call() : nullptr, std::memory_order_relaxed);
  busy_since_.store(std::chrono::nanoseconds{-1}, std::memory_order_relaxed);
}

void cell::on_control(envelope_ptr control) noexcept {
  if (control->kind == envelope_kind::room) return room_was_made(static_cast<room_made&>(*control).ticket);
  if (control->kind == envelope_kind::reply) handle_reply(reply_ptr{static_cast<reply_envelope*>(control.release())});
  else if (control->kind == envelope_kind::reload) heed(std::unique_ptr<reload_order>{static_cast<reload_order*>(control.release())});
  else if (control->kind == envelope_kind::options) heed(static_cast<options_order&>(*control));
  else obey(static_cast<command&>(*control));
}

bool cell::on_data() noexcept {
  if (!takes_data()) return false;
  data_ptr message;
  if (urgent_in_a_row_ < urgent_share && (message = urgent_.pop())) ++urgent_in_a_row_;
  else if ((message = normal_.pop())) urgent_in_a_row_ = 0;
  else if ((message = urgent_.pop())) urgent_in_a_row_ = 1;
  else return false;
  dispatch(std::move(message), false);
  return true;
}

void cell::dispatch(data_ptr in_hand, bool from_timer) noexcept {
  data_envelope& message = *in_hand;
  const handler_entry* entry = plan_->type->find(*message.type);
  if (entry == nullptr) {
    increment(undelivered_);
    if (message.asked()) message.reply.answer_error(undelivered(errc::not_accepted, std::string{message.type->name()}));
    else world().dead_letter_made(dead_letter_cause::not_accepted, message.type->name(), message.header, path());
    return;
  }
  working_on_.store(message.type->name, std::memory_order_relaxed);
  if (world().traced() && !tracing::leaves_out(message.header.trace, until_sampled_)) [[unlikely]]
    begin_span(message);
  handler_outcome how;
  failure_source source = failure_source::returned;
  turn now_running{&world(),
                   slot(),
                   life_.incarnation(),
                   &state_->sequence,
                   &message.header,
                   from_timer ? message.type : nullptr,
                   from_timer ? nullptr : &message,
                   this,
                   entry->keeps_message};
  {
    const turn_scope scope(now_running);
    if (error thrown = error_thrown_by([&] { how = entry->invoke(*state_->object, message); })) {
      how = {handled_as::failed, std::move(thrown), nullptr};
      source = failure_source::thrown;
    }
  }
  if (now_running.stashed) message.reply = std::exchange(aside_.get()->stashed_reply, {});
  if (how.how == handled_as::unfinished) {
    count_turn();
    hold(std::move(in_hand), now_running);
    return end_turn();
  }
  if (message.header.trace.sampled()) [[unlikely]]
    end_span(message.header, how);
  if (now_running.stashed && how.how != handled_as::failed) {
    count_turn();
    put_into_stash(std::move(in_hand));
    return end_turn();
  }
  last_progress_.store(busy_since_.load(std::memory_order_relaxed), std::memory_order_relaxed);
  const auto count = [&](std::atomic<std::uint64_t>& counter) { increment(from_timer ? timers_fired_ : counter); };
  switch (how.how) {
    case handled_as::answered: count(handled_); break;
    case handled_as::refused: count(refused_); break;
    case handled_as::deferred:
      count(handled_);
      remember_owed(how.owed);
      break;
    case handled_as::unfinished: break;
    case handled_as::late: return put_off(std::move(in_hand));
    case handled_as::failed: return failed_in_hand(std::move(in_hand), *entry, std::move(how.failure), source, from_timer);
  }
  tell_probe();
  end_turn();
}

void cell::tell_probe() noexcept {
  if (probes_to_tell_ == 0) return;
  --probes_to_tell_;
  tell(report_kind::probe_handled);
}

void cell::failed_in_hand(data_ptr in_hand, const handler_entry& by, error what, failure_source source, bool from_timer) noexcept {
  data_envelope& message = *in_hand;
  const trace_context during = message.header.trace;
  if (!from_timer && redelivers(by)) { // then its end depends on the decision
    aside_.need().failing = std::move(in_hand);
    return fail(std::move(what), source, during);
  }
  static_assert(fate_of(message_role::failing, outcome::resume) == fate::error_reply_or_dead_letter &&
                    fate_of(message_role::failing, outcome::restart) == fate::error_reply_or_dead_letter &&
                    fate_of(message_role::failing, outcome::stop) == fate::error_reply_or_dead_letter &&
                    fate_of(message_role::failing, outcome::escalate) == fate::error_reply_or_dead_letter &&
                    fate_of(message_role::failing, outcome::breaker_open) == fate::error_reply_or_dead_letter,
                "the failing message has the same end whatever is decided, so it need not wait for the decision");
  increment(from_timer ? timers_fired_ : failed_);
  if (message.asked()) message.reply.answer_error(what);
  else world().dead_letter_made(dead_letter_cause::failed, message.type->name(), message.header, path());
  fail(std::move(what), source, during);
}

void cell::end_turn() noexcept {
  if (finish_requested_ && running() && !suspended_) begin_stop(purpose::finish);
}

void cell::remember_owed(const std::shared_ptr<promise_state>& owed) {
  if (owed->answered()) return;
  auto& list = state_->owed;
  // Answered ones are swept when the list would have to grow: amortised constant, and bounded by twice what is really owed.
  if (list.size() == list.capacity())
    std::erase_if(list, [](const auto& weak) {
      const auto state = weak.lock();
      return !state || state->answered();
    });
  list.push_back(owed);
}

// ---- views ----

bool cell::idle() const noexcept {
  return normal_.depth() == 0 && urgent_.depth() == 0 && pending_asks_.load(std::memory_order_relaxed) == 0 && !some_are_late() &&
         busy_since_.load(std::memory_order_relaxed) < std::chrono::nanoseconds::zero();
}

work_sample cell::sample() const noexcept {
  const auto seen = [](const std::atomic<std::uint64_t>& counter) { return counter.load(std::memory_order_relaxed); };
  work_sample w;
  w.busy = busy_since_.load(std::memory_order_relaxed) >= std::chrono::nanoseconds::zero();
  w.step = scheduled::batches() + seen(handled_) + seen(refused_) + seen(failed_) + seen(undelivered_) + seen(timers_fired_);
  w.name = working_on_.load(std::memory_order_relaxed);
  const health_options& expected = plan_->options->health;
  w.limit = expected.handler_limit;
  if (expected.stalled_after > expected.stalled_after.zero()) {
    w.stalled_after = expected.stalled_after;
    w.running = life_.state_seen() == lifecycle_state::running;
    w.queued = normal_.depth() + urgent_.depth();
  }
  return w;
}

void cell::describe(tree_node& into) const {
  into.path = path();
  into.name = own_name();
  into.type = std::string{plan_->type->name};
  into.normal = {normal_.depth(), normal_.high_water(), capacity_of(normal_)};
  into.urgent = {urgent_.depth(), urgent_.high_water(), capacity_of(urgent_)};
  auto& m = into.messages;
  m.handled = handled_.load(std::memory_order_relaxed);
  m.refused = refused_.load(std::memory_order_relaxed);
  m.failed = failed_.load(std::memory_order_relaxed);
  m.undelivered = undelivered_.load(std::memory_order_relaxed);
  m.rejected = rejected_.load(std::memory_order_relaxed);
  m.dropped = dropped_.load(std::memory_order_relaxed);
  m.timers_fired = timers_fired_.load(std::memory_order_relaxed);
  m.timers_dropped = timers_dropped_.load(std::memory_order_relaxed);
  m.parked = normal_.waiting() + urgent_.waiting();
  m.queued = into.normal.depth + into.urgent.depth;
  describe_aside(m);
  if (const auto since = busy_since_.load(std::memory_order_relaxed); since >= std::chrono::nanoseconds::zero() && attached()) {
    into.busy_for = world().now() - since;
    const name_of_work name = working_on_.load(std::memory_order_relaxed);
    into.handling = name != nullptr ? name() : "its own affairs";
  } else if (const name_of_work name = working_on_.load(std::memory_order_relaxed)) {
    into.awaiting = name();
  }
  if (const auto last = last_progress_.load(std::memory_order_relaxed); last >= std::chrono::nanoseconds::zero() && attached())
    into.last_progress = world().now() - last;
  into.stuck = stuck() && !into.handling.empty();
  into.stalled = stalled() && m.queued > 0;
  life_.describe(into, attached() ? world().now() : std::chrono::nanoseconds::zero());
  into.score = health_score(m, into.failures, attached() ? world().now() : std::chrono::nanoseconds::zero());
  if (into.stuck) into.health = worse_of(into.health, {health_state::degraded, "in " + into.handling + " for longer than it may"});
  if (into.stalled) into.health = worse_of(into.health, stall());
  into.health = effective_health(into.state, into.health);
  // A turn that outlasts two periods has missed a check: the actor is stuck, whatever it said last.
  if (attached() && into.state == lifecycle_state::running && world().health_period() > std::chrono::nanoseconds::zero() &&
      into.busy_for > 2 * world().health_period())
    into.health = {health_state::unhealthy, "busy with " + into.handling + " and does not answer its health check"};
}

process_ptr make_cell(std::shared_ptr<const blueprint> plan, std::string path) {
  return std::make_shared<cell>(std::move(plan), std::move(path));
}

} // namespace alys::detail

namespace alys {

actor_base::actor_base() {
  const detail::construction* plan = std::exchange(detail::current_construction(), nullptr); // one slot, one actor
  if (plan == nullptr) throw std::logic_error("alys: an actor is built by its supervisor only: declare it with child<A>()");
  host_ = plan->host;
  config_ = plan->config;
}

} // namespace alys
