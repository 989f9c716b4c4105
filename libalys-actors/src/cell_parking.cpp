// SPDX-License-Identifier: Apache-2.0
//
// Full mailboxes that block. The message of a sender that waits is parked at the receiver's door, so that free room goes to whoever came
// first; the sender knows its tickets, and until the last of them is settled it handles no further message. What it does still handle
// (answers, timers, its supervisor) may send and park more. Its wait ends with the room, with its time, or with the receiver: so no ring
// of waits lasts, and nobody needs to look for one.
#include "cell.hpp"
#include "runtime.hpp"
#include "time_limit.hpp"

#include <algorithm>

namespace alys::detail {

namespace {

// A thread that stands still for a mailbox.
class waiting_thread final : public reply_port {
public:
  void deliver(reply_ptr) noexcept override {} // it has asked nothing
  void wait_over(std::uint64_t) noexcept override {
    const std::lock_guard guard(mutex_);
    over_ = true;
    told_.notify_all();
  }
  [[nodiscard]] bool over() {
    const std::lock_guard guard(mutex_);
    return over_;
  }
  void wait_for(std::chrono::nanoseconds most) {
    std::unique_lock lock(mutex_);
    told_.wait_for(lock, most, [&] { return over_; });
  }

private:
  std::mutex mutex_;
  std::condition_variable told_;
  bool over_ = false;
};

} // namespace

// ---- the receiver's side ----

bool cell::park(data_ptr message, const std::shared_ptr<reply_port>& sender, std::uint64_t ticket) noexcept {
  lane& at = lane_of(*message);
  waiting_send who{std::move(message), sender, ticket};
  switch (at.wait(who)) {
    case lane_result::waits: return true;
    case lane_result::queued: wake(); break;
    case lane_result::closed:
      rejected_.fetch_add(1, std::memory_order_relaxed);
      bounce(std::move(who.message), admission::stopped);
      break;
    case lane_result::full: // a breaker has narrowed the door meanwhile
      rejected_.fetch_add(1, std::memory_order_relaxed);
      bounce(std::move(who.message), admission::breaker_open);
      break;
  }
  return false;
}

// Whoever waits for room there waits no longer.
void cell::turn_away_waiting(lane& at, admission why) noexcept {
  for (waiting_send left = at.next_waiting(); left.message; left = at.next_waiting()) {
    rejected_.fetch_add(1, std::memory_order_relaxed);
    bounce(std::move(left.message), why);
    left.sender->wait_over(left.ticket);
  }
}

data_ptr cell::withdraw(priority which, const reply_port& sender, std::uint64_t ticket) noexcept {
  return lane_of(which).withdraw(sender, ticket);
}

// Before the tree runs nobody makes room, and a thread that runs actors must not stand still.
void cell::wait_for_room(data_ptr message) noexcept {
  if (!attached() || being_run() || world().threads().on_pool_thread()) return bounce(std::move(message), admission::blocked);
  const priority which = message->type->priority;
  const auto me = std::make_shared<waiting_thread>();
  constexpr std::uint64_t ticket = 1;
  const auto most = patience();
  const auto until = now() + most;
  const bool does_the_work = world().threads().work_until([] { return true; }, until); // else the tree may end, threads and all, any time
  if (!park(std::move(message), me, ticket)) return;
  if (does_the_work) (void)world().threads().work_until([&] { return me->over(); }, until);
  else me->wait_for(most);
  if (data_ptr back = withdraw(which, *me, ticket)) bounce(std::move(back), admission::blocked);
}

// ---- the sender's side ----

void cell::send_when_there_is_room(process& to, data_ptr message) noexcept {
  if (&to == this) return to.bounce(std::move(message), admission::blocked); // nobody else makes room here
  set_aside& aside = aside_.need();
  parked_send sent{.ticket = ++aside.last_ticket,
                   .at = to.shared_from_this(),
                   .which = message->type->priority,
                   .until = now() + to.patience(),
                   .incarnation = life_.incarnation()};
  const std::shared_ptr<reply_port> me = shared_from_this();
  if (!to.park(std::move(message), me, sent.ticket)) return;
  aside.parked.push_back(std::move(sent));
  parked_ = true;
  arm_parked();
}

void cell::wait_over(std::uint64_t ticket) noexcept { post(std::make_unique<room_made>(ticket)); }

void cell::room_was_made(std::uint64_t ticket) noexcept {
  auto& parked = aside_.need().parked;
  std::erase_if(parked, [ticket](const parked_send& p) { return p.ticket == ticket; });
#ifdef ALYS_PLANTED_IMPATIENT_SENDER
  parked_ = false;
#else
  parked_ = !parked.empty();
#endif
  if (!parked_ && some_are_late()) time_reached(); // some may have been due for long
}

void cell::arm_parked() {
  const auto& parked = aside_.get()->parked;
  if (parked.empty()) return;
  wake_at(std::min_element(parked.begin(), parked.end(), [](const auto& a, const auto& b) { return a.until < b.until; })->until);
}

void cell::expire_parked(std::chrono::nanoseconds at) noexcept {
  auto& parked = aside_.get()->parked;
  std::vector<parked_send> expired;
  std::erase_if(parked, [&](parked_send& p) {
    if (p.until > at) return false;
    expired.push_back(std::move(p));
    return true;
  });
  parked_ = !parked.empty();
  arm_parked();
  for (parked_send& p : expired) give_up_parked(p);
}

// What an ended incarnation has asked nobody waits for: it is a dead letter like all that was only sent.
void cell::give_up_parked(parked_send& send) noexcept {
  data_ptr message = send.at->withdraw(send.which, *this, send.ticket);
  if (!message) return; // room came, and the word of it is on its way
  if (!state_ || send.incarnation != life_.incarnation()) message->reply = {};
  send.at->bounce(std::move(message), admission::blocked);
}

void cell::settle_parked(outcome decided) noexcept {
#ifdef ALYS_PLANTED_FORGOTTEN_SENDS
  if (parked_ && decided == outcome::restart) {
    for (const parked_send& p : std::exchange(aside_.get()->parked, {})) (void)p.at->withdraw(p.which, *this, p.ticket);
    parked_ = false;
  }
#endif
  if (!parked_ || fate_of(message_role::parked_send, decided) != fate::dead_letter) return;
  auto sent = std::exchange(aside_.get()->parked, {});
  parked_ = false;
  for (parked_send& p : sent) {
    p.incarnation = 0; // of no living one
    give_up_parked(p);
  }
}

} // namespace alys::detail
