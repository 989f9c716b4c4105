// SPDX-License-Identifier: Apache-2.0
//
// Messages that were made late before their handler saw them: chaos' delays. What a sender sends after a late message of its own waits
// behind that, so that its order is kept; others pass. They wait in the cell, not in an incarnation, and hold no thread.
#pragma once

#include <alys/actors/detail/envelope.hpp>

#include <atomic>
#include <chrono>
#include <deque>
#include <map>

namespace alys::detail {

class late_messages {
public:
  // Whether `m` is the one that was let go just now, after its delay: it is not to be delayed again.
  [[nodiscard]] bool has_waited(const data_envelope& m) const noexcept { return let_go_ == &m && let_go_has_waited_; }
  // Whether a message of the same sender and priority waits here, so that `m` must too. Not for the one that was let go.
  [[nodiscard]] bool in_front_of(const data_envelope& m) const { return let_go_ != &m && queues_.contains(key_of(m)); }

  // For the next add().
  void set_delay(std::chrono::nanoseconds by) noexcept { delay_ = by; }

  // Takes the message in hand: in front if it was let go and is to wait again, else behind its sender's others. With `most` of them here
  // already its sender's are all due at once.
  void add(data_ptr message, std::chrono::nanoseconds now, std::size_t most) {
    auto& queue = queues_[key_of(*message)];
    const bool again = let_go_ == message.get();
    const bool delayed = again || queue.empty();
    waiting entry{std::move(message), now + (delayed ? delay_ : std::chrono::nanoseconds::zero()), delayed};
    if (again) queue.push_front(std::move(entry));
    else queue.push_back(std::move(entry));
    if (size() >= most) {
      for (waiting& each : queue) each.due = now;
    }
    size_.fetch_add(1, std::memory_order_relaxed);
  }
  // Takes back one that came from here or was overtaken by none that is here, as the first of its sender's. False if none of them waits: then
  // it belongs elsewhere.
  [[nodiscard]] bool put_back(data_ptr& message, std::chrono::nanoseconds now) {
    const auto queue = queues_.find(key_of(*message));
    if (queue == queues_.end()) return false;
    queue->second.push_front({std::move(message), now, true});
    size_.fetch_add(1, std::memory_order_relaxed);
    return true;
  }

  // When the next of them is due; max: none waits.
  [[nodiscard]] std::chrono::nanoseconds next_due() const {
    auto next = std::chrono::nanoseconds::max();
    for (const auto& [sender, queue] : queues_) next = std::min(next, queue.front().due);
    return next;
  }
  // Lets go of one whose delay is over; null if there is none. The owner says when it is over with it.
  [[nodiscard]] data_ptr let_go(std::chrono::nanoseconds now) {
    for (auto at = queues_.begin(); at != queues_.end(); ++at) {
      if (at->second.front().due > now) continue;
      return take_front(at);
    }
    return nullptr;
  }
  void over_with_it() noexcept { let_go_ = nullptr; }

  // Any thread.
  [[nodiscard]] std::size_t size() const noexcept { return size_.load(std::memory_order_relaxed); }

private:
  struct waiting {
    data_ptr message;
    std::chrono::nanoseconds due{};
    bool has_waited = false; // when it is due; else it only follows another
  };
  using key = std::pair<std::uint32_t, priority>; // the sender's slot; all senders outside of the tree are one
  using queues = std::map<key, std::deque<waiting>>;

  [[nodiscard]] static key key_of(const data_envelope& m) noexcept { return {m.header.id.slot, m.type->priority}; }
  [[nodiscard]] data_ptr take_front(queues::iterator at) {
    data_ptr message = std::move(at->second.front().message);
    let_go_ = message.get();
    let_go_has_waited_ = at->second.front().has_waited;
    at->second.pop_front();
    if (at->second.empty()) queues_.erase(at);
    size_.fetch_sub(1, std::memory_order_relaxed);
    return message;
  }

  queues queues_;
  std::chrono::nanoseconds delay_{};
  const data_envelope* let_go_ = nullptr; // while it is in hand
  bool let_go_has_waited_ = false;
  std::atomic<std::size_t> size_{0};
};

} // namespace alys::detail
