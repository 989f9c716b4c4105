// SPDX-License-Identifier: Apache-2.0
//
// The cell's messages that are neither in the mailbox nor at their end: what failed and waits for the decision, the stash, and what is late.
#include "cell.hpp"
#include "counter.hpp"
#include "runtime.hpp"

#include <alys/actors/actor.hpp>

#include <stdexcept>

namespace alys::detail {

// ---- what failed ----

bool cell::redelivers(const handler_entry& by) const noexcept { return options().redeliver.times > 0 && by.keeps_message; }

void cell::note_running() noexcept {
  if (options().redeliver.times == 0) return;
  set_aside& aside = aside_.need();
  aside.ran_before = std::exchange(aside.running, life_.incarnation());
}

// What a failed message is, if its incarnation ends now: by how often that has happened to it.
message_role cell::role_of_failing(const data_envelope& m, const set_aside& aside) const noexcept {
  const redelivery& policy = options().redeliver;
  const bool again = m.last_killed != 0 && m.last_killed == aside.ran_before;
  if ((again ? m.killed_in_a_row : 0u) + 1 >= policy.quarantine_after) return message_role::poisonous;
  return m.redeliveries < policy.times ? message_role::redeliverable : message_role::failing;
}

void cell::settle_failing(outcome decided) noexcept {
  set_aside* aside = aside_.get();
  if (aside == nullptr || !aside->failing) return;
  data_ptr message = std::move(aside->failing);
  const message_role role = role_of_failing(*message, *aside);
  message->killed_in_a_row = message->last_killed != 0 && message->last_killed == aside->ran_before
                                 ? static_cast<std::uint8_t>(message->killed_in_a_row + 1)
                                 : std::uint8_t{1};
  message->last_killed = life_.incarnation();
  switch (fate_of(role, decided)) {
    case fate::to_front_of_queue:
      ++message->redeliveries;
      increment(aside->redelivered);
      return take_back(std::move(message));
    case fate::quarantined: return quarantine_message(std::move(message), *aside);
    default: return end_failed(std::move(message), life_.last_failure()->what);
  }
}

// The end of a message that its handler failed on.
void cell::end_failed(data_ptr message, const error& why) noexcept {
  increment(failed_);
  if (message->asked()) message->reply.answer_error(why);
  else world().dead_letter_made(dead_letter_cause::failed, message->type->name(), message->header, path());
}

void cell::quarantine_message(data_ptr message, const set_aside& aside) noexcept {
  constexpr std::size_t longest_text = 1'000;
  const error& why = life_.last_failure()->what;
  reply_address asker = std::exchange(message->reply, {}); // who does not wait for people
  message_text words(longest_text);
  message->type->describe(message->payload(), words);
  quarantined_message shown{.receiver = path(),
                            .sender = message->header.id.known() ? world().paths().path_of(message->header.id.slot) : std::string{},
                            .message = std::string{message->type->name()},
                            .text = words.text(),
                            .killed = message->killed_in_a_row,
                            .last_incarnation = life_.incarnation(),
                            .last_error = why,
                            .at = now(),
                            .bytes = sizeof(data_envelope) + words.owned() + words.text().size(),
                            .header = message->header};
  message->killed_in_a_row = 0; // should it be replayed, it begins anew
  message->redeliveries = 0;
  message->last_killed = 0;
  world().in_quarantine().add({std::move(shown), std::move(message), weak_from_this(), aside.quarantined});
  if (asker) asker.answer_error(why);
}

void cell::take_back(data_ptr message) noexcept {
  if (some_are_late() && late()->put_back(message, now())) return time_reached();
  lane_of(*message).put_back(std::move(message));
}

// ---- the stash ----

error cell::stash() {
  turn* t = current_turn();
  if (t == nullptr || t->world != &world() || t->slot != slot() || t->in_hand == nullptr)
    throw std::logic_error("alys: stash() sets aside the message from the mailbox that a handler has in hand, and here is none");
  if (!t->keeps_message) throw std::logic_error("alys: stash() needs a handler that leaves its message whole: handle(const M&)");
  if (!std::exchange(t->stashed, true))
    aside_.need().stashed_reply = std::exchange(t->in_hand->reply, {}); // what it returns answers nobody
  return {error_kind::refused, errc::stashed, category::unknown, std::nullopt, {}};
}

// Its handler has set it aside, whatever it says besides.
void cell::put_into_stash(data_ptr message) noexcept {
  set_aside& aside = aside_.need();
  if (aside.stash.size() < options().mailbox.stash_capacity) {
    aside.stash.push_back(std::move(message));
    aside.stashed.store(aside.stash.size(), std::memory_order_relaxed);
    return;
  }
  increment(undelivered_);
  if (message->asked()) message->reply.answer_error({error_kind::undelivered, errc::stash_full, category::unknown, std::nullopt, path()});
  else world().dead_letter_made(dead_letter_cause::stash_full, message->type->name(), message->header, path());
}

void cell::unstash_all() noexcept {
  set_aside* aside = aside_.get();
  if (aside == nullptr) return;
  for (; !aside->stash.empty(); aside->stash.pop_back()) take_back(std::move(aside->stash.back()));
  aside->stashed.store(0, std::memory_order_relaxed);
}

// ---- what is late ----

void cell::put_off(data_ptr message) noexcept {
  count_turn();
  const auto at = now();
  const std::size_t most = capacity_of(lane_of(*message));
  need_late().add(std::move(message), at, most);
  if (const auto next = late()->next_due(); next > at) wake_at(next);
  else time_reached();
  end_turn();
}

// At most those that wait by now: what a handler puts back must not hold the turn for ever.
void cell::handle_late(std::chrono::nanoseconds at) noexcept {
  for (std::size_t left = late()->size(); left > 0 && takes_data(); --left) {
    data_ptr message = late()->let_go(at);
    if (!message) return;
    dispatch(std::move(message), false);
    late()->over_with_it();
  }
}

void cell::describe_aside(message_counts& into) const noexcept {
  const set_aside* aside = aside_.get();
  if (aside == nullptr) return;
  into.stashed = aside->stashed.load(std::memory_order_relaxed);
  into.redelivered = aside->redelivered.load(std::memory_order_relaxed);
  into.quarantined = aside->quarantined->held.load(std::memory_order_relaxed);
  into.undelivered += aside->quarantined->lost.load(std::memory_order_relaxed);
  if (const late_messages* waiting = aside->late.get()) into.queued += waiting->size();
}

} // namespace alys::detail
