// SPDX-License-Identifier: Apache-2.0
//
// Handlers and hooks that are coroutines: where they wait, how they go on, and how they end with the life that they belong to.
#include "cell.hpp"

#include "counter.hpp"
#include "runtime.hpp"
#include "time_limit.hpp"

#include <alys/actors/actor.hpp>

namespace alys::detail {

namespace {

constexpr std::string_view (*in_a_hook)() noexcept = []() noexcept -> std::string_view { return "a hook that waited"; };

} // namespace

void cell::wake_after(std::chrono::nanoseconds time, std::unique_ptr<continuation> then) {
  if (!state_) return; // from a frame that ends with its life
  require_own_turn();
  (void)add_ask(time, std::move(then)); // an ask that nobody answers
  if (time <= std::chrono::nanoseconds::zero()) time_reached();
}

void cell::keep(std::unique_ptr<coroutine_turn> turn) {
  turn->header() = *current_turn()->handling; // a hook's; a message has its own
  auto& first = state_->rarities().turns;
  if (first) first->previous = turn.get();
  turn->next = std::exchange(first, nullptr);
  first = std::move(turn);
}

// The handler of this message waits; its turn was kept just now.
void cell::hold(data_ptr message, const turn& first) noexcept {
  coroutine_turn& kept = *state_->rare->turns;
  kept.message = std::move(message);
  kept.of_timer = first.in_hand == nullptr;
  kept.stashed = first.stashed;
#ifndef ALYS_PLANTED_OPEN_CALL
  if (!kept.reentrant) call_in_hand_ = true;
#endif
}

void cell::go_on(coroutine_turn& waiting, continuation& then, reply_envelope& reply) noexcept {
  count_turn();
  last_progress_.store(busy_since_.load(std::memory_order_relaxed), std::memory_order_relaxed);
  data_envelope* const message = waiting.message.get();
  const handler_entry* const entry = message != nullptr ? plan_->type->find(*message->type) : nullptr;
  working_on_.store(message != nullptr ? message->type->name : in_a_hook, std::memory_order_relaxed);
  handler_outcome how{handled_as::unfinished, {}, nullptr};
  failure_source source = failure_source::returned;
  turn now_running{&world(),
                   slot(),
                   life_.incarnation(),
                   &state_->sequence,
                   &waiting.header(),
                   waiting.of_timer ? message->type : nullptr,
                   waiting.of_timer ? nullptr : message,
                   this,
                   entry != nullptr && entry->keeps_message,
                   waiting.stashed};
  if (waiting.stashed) aside_.need().stashed_reply = std::exchange(message->reply, {});
  {
    const turn_scope scope(now_running);
    const error thrown = error_thrown_by([&] {
      then.resolve(reply);
      waiting.run();
      if (waiting.over()) how = waiting.end(message);
    });
    if (thrown) {
      waiting.cut(); // also when it could not even hear the answer
      how = {handled_as::failed, thrown, nullptr};
      source = failure_source::thrown;
    }
  }
  waiting.stashed = now_running.stashed;
  if (waiting.stashed) message->reply = std::exchange(aside_.need().stashed_reply, {});
  if (how.how == handled_as::unfinished) return end_turn();
  end_of_turn(take_out(waiting), entry, std::move(how), source);
}

// The frame is gone and the answer is on its way.
void cell::end_of_turn(std::unique_ptr<coroutine_turn> over, const handler_entry* entry, handler_outcome how,
                       failure_source source) noexcept {
  const bool was_exclusive = !over->reentrant;
  if (was_exclusive) call_in_hand_ = false;
  if (data_envelope* const message = over->message.get()) {
    if (message->header.trace.sampled()) end_span(message->header, how);
    if (how.how == handled_as::failed)
      return failed_in_hand(std::move(over->message), *entry, std::move(how.failure), source, over->of_timer);
    if (over->stashed) {
      put_into_stash(std::move(over->message));
    } else {
      increment(over->of_timer ? timers_fired_ : how.how == handled_as::refused ? refused_ : handled_);
      tell_probe();
    }
  }
  turn_over(was_exclusive);
}

cell::name_of_work cell::name_of_call() const noexcept {
  const coroutine_turn* each = state_->rare->turns.get();
  while (each->reentrant) each = each->next.get();
  return each->message->type->name;
}

std::unique_ptr<coroutine_turn> cell::take_out(coroutine_turn& over) noexcept {
  auto& owner = over.previous != nullptr ? over.previous->next : state_->rare->turns;
  auto taken = std::move(owner);
  owner = std::move(taken->next);
  if (owner) owner->previous = taken->previous;
  return taken;
}

// What waited for it may come: timers, the end of the actor, and, in the run loop, messages.
void cell::turn_over(bool was_exclusive) noexcept {
  if (was_exclusive && reload_) heed_waiting();
  if (was_exclusive && (state_->timers_set() > 0 || some_are_late())) time_reached(); // some may have been due for long
  if (was_exclusive && hook_ == hook_kind::call_in_hand) return run_stopping();
  end_turn();
}

// First the frames, whose locals may work on the object, then their answers. What its handler had set aside waits in the stash.
void cell::cut_turns(incarnation_state& ended, outcome decided) noexcept {
  static_assert(fate_of(message_role::owed_reply, outcome::restart) == fate::error_reply &&
                    fate_of(message_role::owed_reply, outcome::stop) == fate::error_reply &&
                    fate_of(message_role::owed_reply, outcome::escalate) == fate::error_reply,
                "a message whose handler waits has no answer yet, and ends as one that is owed");
  for (coroutine_turn* each = ended.rare->turns.get(); each != nullptr; each = each->next.get()) each->cut();
  std::vector<data_ptr> stashed; // the youngest first, as the turns are
  for (auto each = std::move(ended.rare->turns); each; each = std::move(each->next)) {
    if (!each->message) continue;
    data_envelope& message = *each->message;
    if (each->stashed) {
      if (message.header.trace.sampled()) end_span(message.header, {handled_as::answered, {}, nullptr});
      stashed.push_back(std::move(each->message));
      continue;
    }
    increment(each->of_timer ? timers_fired_ : undelivered_);
    const errc reason = decided == outcome::stop ? errc::stopped : errc::restarted;
    const error why{error_kind::undelivered, reason, category::unknown, std::nullopt, path()};
    if (message.asked()) {
#ifdef ALYS_PLANTED_UNTOLD_ASKER
      message.reply = {};
#else
      message.reply.answer_error(why);
#endif
      continue;
    }
    if (message.header.trace.sampled()) end_span(message.header, {handled_as::failed, why, nullptr});
    world().dead_letter_made(dead_letter_cause::interrupted, message.type->name(), message.header, path());
  }
  for (; !stashed.empty(); stashed.pop_back()) put_into_stash(std::move(stashed.back()));
}

} // namespace alys::detail
