// SPDX-License-Identifier: Apache-2.0
//
// The mailbox end that a handle points at: what a sender may do to a slot of the tree without knowing what lives in it.
#pragma once

#include <alys/actors/detail/envelope.hpp>

#include <chrono>
#include <string>

namespace alys::detail {

struct actor_type;

// What a mailbox says to a message. Only `queued` takes it.
enum class admission : std::uint8_t {
  queued,
  full,
  dropped,
  stopped,
  breaker_open,
  unavailable, // the node of the receiver cannot be reached
  too_large,   // for the way to that node
  blocked,     // full, but a sender that can wait may do so; not counted yet
};

class process : public reply_port, public std::enable_shared_from_this<process> {
public:
  // Never waits; any thread. Unless queued, the message stays with the caller, who owes it to bounce().
  [[nodiscard]] virtual admission push(data_ptr& message) noexcept = 0;
  // As push, for a sender that is no actor: turned away as well once the tree has begun to shut down.
  [[nodiscard]] virtual admission push_from_outside(data_ptr& message) noexcept = 0;
  // As push, for one that was in a mailbox here before: a refusal is not counted.
  [[nodiscard]] virtual admission readmit(data_ptr& message) noexcept {
    (void)message;
    return admission::stopped;
  }
  // For a message that was `blocked`. Waits for room at most as long as the mailbox allows, if this thread may wait; then, or if it may
  // not, bounces it.
  virtual void wait_for_room(data_ptr message) noexcept { bounce(std::move(message), admission::blocked); }
  // Likewise, but takes the message and tells `sender` when the wait is over. True if it waits; else it is in, or was bounced.
  virtual bool park(data_ptr message, const std::shared_ptr<reply_port>& sender, std::uint64_t ticket) noexcept {
    (void)sender, (void)ticket;
    bounce(std::move(message), admission::blocked);
    return false;
  }
  // Takes back a message that waits; null if it does no more.
  [[nodiscard]] virtual data_ptr withdraw(priority which, const reply_port& sender, std::uint64_t ticket) noexcept {
    (void)which, (void)sender, (void)ticket;
    return nullptr;
  }
  // Counts a message that was `blocked` and whose sender does not wait.
  virtual void refuse_to_wait() noexcept {}
  // How long a sender may wait for room here.
  [[nodiscard]] virtual std::chrono::nanoseconds patience() const noexcept { return {}; }
  // It has stopped for good. Any thread.
  [[nodiscard]] virtual bool has_ended() const noexcept { return false; }
  // Gives a message that was not queued its end: an error reply if it was asked, else a dead letter.
  virtual void bounce(data_ptr message, admission why) noexcept = 0;
  // "/root/bank/ledger"; before the tree starts, what is known of it.
  [[nodiscard]] virtual const std::string& path() const noexcept = 0;
  // What lives here; null for a supervisor.
  [[nodiscard]] virtual const actor_type* type() const noexcept = 0;
};

using process_ptr = std::shared_ptr<process>;

// Fills in the header from the turn that runs on this thread, if any, then pushes, and bounces what is not queued.
void send_envelope(process& to, data_ptr message);
// The same, but a message that is not queued is the caller's: errc::mailbox_full, errc::dropped or errc::stopped.
[[nodiscard]] result<void> try_send_envelope(process& to, data_ptr message);

} // namespace alys::detail
