// SPDX-License-Identifier: Apache-2.0
//
// What an actor waits for: the answers to its asks, with their deadlines, and its timers.
#include "cell.hpp"

#include "runtime.hpp"
#include "time_limit.hpp"

#include <alys/actors/actor.hpp>

#include <algorithm>
#include <limits>
#include <stdexcept>

namespace alys::detail {

namespace {

[[nodiscard]] error undelivered(errc why) { return {error_kind::undelivered, why, category::unknown, std::nullopt, {}}; }

} // namespace

// ---- asks ----

void cell::require_own_turn() const {
  const turn* t = current_turn();
  if (t == nullptr || t->world != &world() || t->slot != slot())
    throw std::logic_error("alys: asks and timers are made in the actor's own turn");
}

void cell::submit_ask(process_ptr to, data_ptr message, std::chrono::nanoseconds deadline, std::unique_ptr<continuation> then) {
  if (!state_) return send_envelope(*to, std::move(message)); // from the object's destructor: nobody is left to hear the answer
  require_own_turn();
  fill_header(*message);
  auto& entry = add_ask(deadline, std::move(then));
  entry.correlation = message->header.correlation;
  entry.trace = message->header.trace;
  const auto index = static_cast<std::uint32_t>(&entry - state_->asks.data());
  message->reply = {shared_from_this(), ask_id{life_.incarnation(), index, entry.number}};
  switch (const admission got = to->push(message)) {
    case admission::queued: break;
    case admission::blocked: send_when_there_is_room(*to, std::move(message)); break;
    default: to->bounce(std::move(message), got);
  }
}

incarnation_state::asked& cell::add_ask(std::chrono::nanoseconds deadline, std::unique_ptr<continuation> then) {
  auto& s = *state_;
  const std::uint32_t index = s.first_free;
  if (index == s.asks.size()) s.asks.emplace_back().next_free = index + 1;
  auto& entry = s.asks[index];
  s.first_free = entry.next_free;
  entry.number = ++s.numbers;
  entry.deadline = now() + bounded(deadline);
  entry.then = std::move(then);
  pending_asks_.store(pending_asks_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  if (entry.deadline < s.next_deadline) {
    s.next_deadline = entry.deadline;
    wake_at(entry.deadline);
  }
  return entry;
}

void cell::handle_reply(reply_ptr reply) noexcept {
  constexpr std::uint32_t hook_marker = std::numeric_limits<std::uint32_t>::max();
  const auto dead = [&](dead_letter_cause cause) { world().dead_letter_made(cause, "(answer)", message_header{}, path()); };
  const bool of_hook = reply->ask.slot == hook_marker; // it answers to this cell itself, so a late one is nobody's loss
#ifdef ALYS_PLANTED_STALE_ANSWER
  const bool of_this_life = state_ != nullptr;
#else
  const bool of_this_life = state_ && reply->ask.incarnation == life_.incarnation();
#endif
  if (!of_this_life) {
    if (!of_hook && answers_matter(reply->ask.incarnation)) dead(dead_letter_cause::old_incarnation);
    return;
  }
  if (of_hook) return hook_replied(*reply);
  if (suspended_) return held_.push_back(std::move(reply));
  auto& s = *state_;
  if (reply->ask.slot >= s.asks.size() || s.asks[reply->ask.slot].number != reply->ask.number) return dead(dead_letter_cause::late_answer);
  auto& entry = s.asks[reply->ask.slot];
  const auto then = std::move(entry.then);
  message_header conversation;
  conversation.correlation = entry.correlation;
  conversation.trace = entry.trace;
  entry.number = 0;
  entry.next_free = std::exchange(s.first_free, reply->ask.slot);
  pending_asks_.store(pending_asks_.load(std::memory_order_relaxed) - 1, std::memory_order_relaxed);
  if (coroutine_turn* const waiting = then->resumes()) return go_on(*waiting, *then, *reply);
  constexpr name_of_work name = []() noexcept -> std::string_view { return "an answer"; };
  in_turn(name, conversation, failure_source::thrown, [&] { then->resolve(*reply); });
  end_turn();
}

void cell::expire_asks(std::chrono::nanoseconds at) noexcept {
  const std::uint32_t mine = life_.incarnation();
  state_->next_deadline = std::chrono::nanoseconds::max();
  for (std::uint32_t i = 0; i < state_->asks.size(); ++i) {
    auto& entry = state_->asks[i];
    if (entry.number == 0) continue;
    if (entry.deadline > at) {
      state_->next_deadline = std::min(state_->next_deadline, entry.deadline);
      continue;
    }
    auto expired = std::make_unique<error_reply>(undelivered(errc::deadline));
    expired->ask = {mine, i, entry.number};
    handle_reply(std::move(expired));
    if (!state_ || life_.incarnation() != mine) return;
    if (suspended_) { // the others' turn comes if it is resumed
      state_->next_deadline = at;
      return;
    }
  }
}

// ---- timers ----

timer_id cell::add_timer(std::chrono::nanoseconds delay, std::chrono::nanoseconds period, data_ptr message) {
  if (!state_) return {}; // from the object's destructor: it would end with this very incarnation
  require_own_turn();
  auto& s = *state_;
  fill_header(*message);
  // A timer follows the trace that set it, but one that repeats itself would never let its trace come to an end.
  message->header.enqueued_at = {};
  if (period > std::chrono::nanoseconds::zero() || current_turn()->expired == message->type) message->header.trace = {};
  const auto due = now() + bounded(delay);
  if (!s.timers) s.timers = std::make_unique<timer_queue>();
  const std::uint64_t number = ++s.numbers;
  const std::uint32_t place = s.timers->add(number, due, bounded(period), std::move(message));
  wake_at(due);
  return {life_.incarnation(), place, number};
}

void cell::cancel_timer(const timer_id& id) noexcept {
  if (state_ && state_->timers && id.incarnation == life_.incarnation()) state_->timers->cancel(id.place, id.number);
}

void cell::fire_timers(std::chrono::nanoseconds at) noexcept {
  const std::uint32_t mine = life_.incarnation();
  // At most those that are set by now: a handler that sets a timer without delay again and again must not hold the turn for ever.
  for (std::size_t left = state_ ? state_->timers_set() : 0; left > 0 && state_ && takes_timers() && life_.incarnation() == mine; --left) {
    timer_queue& timers = *state_->timers;
    if (timers.empty() || timers.front().due > at) return;
    const timer_queue::entry& due = timers.front();
    data_ptr message;
    if (due.period > std::chrono::nanoseconds::zero()) {
      const error thrown = error_thrown_by([&] { message.reset(due.message->type->copy(due.message->payload())); });
      if (!thrown) message->header = due.message->header;
      timers.put_off_front(due.due + due.period * ((at - due.due) / due.period + 1)); // a copy that throws counts as an expiry
      if (thrown) return fail(thrown, failure_source::thrown);
    } else {
      message = timers.take_front();
    }
    dispatch(std::move(message), true);
  }
}

void cell::arm_timers() {
  if (!state_ || suspended_) return;
  auto next = std::min(state_->next_deadline, state_->finish_by());
  if (takes_timers() && state_->timers_set() > 0) next = std::min(next, state_->timers->front().due);
  if (takes_data() && some_are_late()) next = std::min(next, late()->next_due());
  if (next != std::chrono::nanoseconds::max()) wake_at(next);
}

void cell::on_time(std::chrono::nanoseconds at) noexcept {
  if (parked_) expire_parked(at);
  if (!state_ || suspended_) return;
  if (state_->finish_by() <= at) return give_up();
  if (state_->next_deadline <= at) expire_asks(at);
  fire_timers(at);
  if (some_are_late()) handle_late(at);
  arm_timers();
}

} // namespace alys::detail
