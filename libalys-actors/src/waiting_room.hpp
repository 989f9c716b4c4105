// SPDX-License-Identifier: Apache-2.0
//
// Messages that wait at the door of a full mailbox whose policy is `block`, each with its sender. First come, first in: while somebody
// waits, nobody overtakes. Used under the mutex of the lane.
#pragma once

#include <alys/actors/detail/envelope.hpp>

#include <atomic>
#include <deque>

namespace alys::detail {

struct waiting_send {
  data_ptr message;
  std::shared_ptr<reply_port> sender;
  std::uint64_t ticket = 0; // the sender's own number for it
};

class waiting_room {
public:
  [[nodiscard]] bool empty() const noexcept { return waiting_.empty(); }
  // Any thread, without the mutex.
  [[nodiscard]] std::size_t size() const noexcept { return size_.load(std::memory_order_relaxed); }
  void enter(waiting_send who) {
#ifdef ALYS_PLANTED_PUSHING_IN
    waiting_.push_front(std::move(who));
#else
    waiting_.push_back(std::move(who));
#endif
    note_size();
  }
  [[nodiscard]] waiting_send leave() {
    waiting_send first = std::move(waiting_.front());
    waiting_.pop_front();
    note_size();
    return first;
  }
  // Null if it is not waiting any more.
  [[nodiscard]] data_ptr withdraw(const reply_port& sender, std::uint64_t ticket) {
    for (auto at = waiting_.begin(); at != waiting_.end(); ++at) {
      if (at->sender.get() != &sender || at->ticket != ticket) continue;
      data_ptr message = std::move(at->message);
      waiting_.erase(at);
      note_size();
      return message;
    }
    return nullptr;
  }

private:
  void note_size() noexcept { size_.store(waiting_.size(), std::memory_order_relaxed); }
  std::deque<waiting_send> waiting_;
  std::atomic<std::size_t> size_{0};
};

} // namespace alys::detail
