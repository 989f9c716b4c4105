// SPDX-License-Identifier: Apache-2.0
//
// One priority of a mailbox: a bounded queue with many producers and one consumer. Memory follows what is queued; an empty lane owns none.
//
// Admission is a ticket: a producer takes the next number and is in if the number lies below `limit`, a cached `consumed + room`.
// A producer that is not takes its ticket back, which may refuse others at the same instant; never more than the capacity are inside.
// drop_oldest needs to reach the oldest message from the producers' side, and block must hand over free room in order: these two keep
// their messages in a deque behind a mutex.
#pragma once

#include "envelope_list.hpp"
#include "waiting_room.hpp"

#include <alys/actors/mailbox_options.hpp>

#include <deque>
#include <limits>
#include <mutex>

namespace alys::detail {

enum class lane_result : std::uint8_t { queued, full, closed, waits };

class lane {
public:
  lane(std::size_t capacity, overflow policy)
      : room_(static_cast<std::uint32_t>(capacity)),
        limit_(capacity),
        ring_(policy == overflow::drop_oldest || policy == overflow::block ? std::make_unique<ring>(room(), policy == overflow::block)
                                                                           : nullptr) {}

  // Any thread. Queued: `message` was taken. Full or closed: it stays. With drop_oldest it is always taken unless closed, and the one
  // that made room is handed back in `displaced`; where there is less room than its capacity, nothing is displaced.
  [[nodiscard]] lane_result push(data_ptr& message, data_ptr& displaced) {
    if (ring_) return push_displacing(message, displaced);
    const std::uint64_t ticket = pushed_.fetch_add(1, std::memory_order_relaxed);
    if (ticket >= limit_.load(std::memory_order_relaxed) && !raise_limit(ticket)) {
      pushed_.fetch_sub(1, std::memory_order_relaxed);
      return lane_result::full;
    }
    envelope_ptr e{message.release()};
    if (stack_.push(e)) return lane_result::queued;
    message.reset(static_cast<data_envelope*>(e.release()));
    pushed_.fetch_sub(1, std::memory_order_relaxed);
    return lane_result::closed;
  }

  // Any thread; with block only. Queued if there is room after all; waits: `who` has left its message and will be told. Full or closed: it
  // keeps it.
  [[nodiscard]] lane_result wait(waiting_send& who) {
    const std::lock_guard guard(ring_->mutex);
    if (ring_->closed) return lane_result::closed;
    const std::uint32_t most = room();
    if (ring_->room_for_all(most)) {
      enqueue(std::move(who.message));
      return lane_result::queued;
    }
    if (most < ring_->capacity) return lane_result::full; // a breaker narrows the door: nobody waits for that
    ring_->waiting.enter(std::move(who));
    return lane_result::waits;
  }
  // Any thread; null if it waits no more.
  [[nodiscard]] data_ptr withdraw(const reply_port& sender, std::uint64_t ticket) {
    const std::lock_guard guard(ring_->mutex);
    return ring_->waiting.withdraw(sender, ticket);
  }
  // How many wait for room; any thread.
  [[nodiscard]] std::size_t waiting() const noexcept { return ring_ ? ring_->waiting.size() : 0; }
  // Any thread; after close, or with less room: the next of those who wait, who is to wait no longer; without a message if there is none.
  [[nodiscard]] waiting_send next_waiting() {
    if (!ring_) return {};
    const std::lock_guard guard(ring_->mutex);
    return ring_->waiting.empty() ? waiting_send{} : ring_->waiting.leave();
  }

  // Whether something waits that the consumer has not taken over yet; any thread.
  [[nodiscard]] bool waits() const noexcept { return ring_ ? ring_->size.load(std::memory_order_seq_cst) != 0 : !stack_.empty(); }
  // An instant's view, any thread.
  [[nodiscard]] std::size_t depth() const noexcept {
    if (ring_) return ring_->size.load(std::memory_order_relaxed);
    const std::uint64_t consumed = consumed_.load(std::memory_order_acquire);
    const std::uint64_t pushed = pushed_.load(std::memory_order_relaxed);
    return pushed > consumed ? static_cast<std::size_t>(pushed - consumed) : 0;
  }
  [[nodiscard]] std::size_t high_water() const noexcept { return high_water_.load(std::memory_order_relaxed); }
  // How many may wait at once. Any thread may change it; whoever is inside stays.
  [[nodiscard]] std::uint32_t room() const noexcept { return room_.load(std::memory_order_relaxed); }
  void set_room(std::size_t most) noexcept {
    room_.store(static_cast<std::uint32_t>(most), std::memory_order_seq_cst);
    limit_.store(0, std::memory_order_seq_cst);
  }

  // Consumer only.
  [[nodiscard]] data_ptr pop() noexcept {
    if (ring_) return pop_ring();
    if (batch_.empty()) {
      if (!stack_.drain_to(batch_)) return nullptr;
      note_depth(depth());
    }
    consumed_.store(consumed_.load(std::memory_order_relaxed) + 1, std::memory_order_release);
    return data_ptr{static_cast<data_envelope*>(batch_.pop().release())};
  }
  // Consumer only: takes back one that was popped, as the next to be popped. There is always room for it; meanwhile there is less for others.
  void put_back(data_ptr message) {
    if (ring_) {
      const std::lock_guard guard(ring_->mutex);
      ring_->messages.push_front(std::move(message));
      ring_->size.store(ring_->messages.size(), std::memory_order_seq_cst);
      return;
    }
    const std::uint64_t consumed = consumed_.load(std::memory_order_relaxed) - 1;
    consumed_.store(consumed, std::memory_order_release);
    limit_.store(consumed + room(), std::memory_order_relaxed);
    batch_.push_front(std::move(message));
  }
  // Consumer only: nothing comes in any more; what was in is popped until null.
  void close() noexcept {
    if (ring_) {
      const std::lock_guard guard(ring_->mutex);
      ring_->closed = true;
    } else {
      stack_.close(batch_);
    }
  }

private:
  struct ring {
    ring(std::uint32_t most, bool lets_wait) noexcept : capacity(most), blocks(lets_wait) {}
    // Room, and nobody who came before waits for it.
    [[nodiscard]] bool room_for_all(std::size_t room) const noexcept { return messages.size() < room && waiting.empty(); }
    const std::uint32_t capacity;
    const bool blocks;
    std::mutex mutex;
    std::deque<data_ptr> messages;
    waiting_room waiting;
    std::atomic<std::size_t> size{0};
    bool closed = false;
  };

  [[nodiscard]] bool raise_limit(std::uint64_t ticket) noexcept {
    const std::uint32_t most = room_.load(std::memory_order_seq_cst);
    const std::uint64_t limit = consumed_.load(std::memory_order_acquire) + most;
    if (ticket >= limit) return false;
    limit_.store(limit, std::memory_order_seq_cst);
    if (room_.load(std::memory_order_seq_cst) != most) limit_.store(0, std::memory_order_seq_cst); // it changed meanwhile: look again
    return true;
  }
  void note_depth(std::size_t depth_now) noexcept {
    if (depth_now > high_water_.load(std::memory_order_relaxed))
      high_water_.store(static_cast<std::uint32_t>(depth_now), std::memory_order_relaxed);
  }
  [[nodiscard]] lane_result push_displacing(data_ptr& message, data_ptr& displaced) {
    const std::lock_guard guard(ring_->mutex);
    if (ring_->closed) return lane_result::closed;
    const std::uint32_t most = room();
    if (ring_->blocks && !ring_->room_for_all(most)) return lane_result::full;
    if (ring_->messages.size() >= most) {
      if (most < ring_->capacity) return lane_result::full;
      displaced = std::move(ring_->messages.front());
      ring_->messages.pop_front();
    }
    enqueue(std::move(message));
    return lane_result::queued;
  }
  void enqueue(data_ptr message) {
    ring_->messages.push_back(std::move(message));
    ring_->size.store(ring_->messages.size(), std::memory_order_seq_cst);
    note_depth(ring_->messages.size());
  }
  [[nodiscard]] data_ptr pop_ring() noexcept {
    data_ptr oldest;
    waiting_send let_in;
    {
      const std::lock_guard guard(ring_->mutex);
      if (ring_->messages.empty()) return nullptr;
      oldest = std::move(ring_->messages.front());
      ring_->messages.pop_front();
      if (!ring_->closed && !ring_->waiting.empty() && ring_->messages.size() < room()) {
        let_in = ring_->waiting.leave();
        ring_->messages.push_back(std::move(let_in.message));
      }
      ring_->size.store(ring_->messages.size(), std::memory_order_seq_cst);
      if (ring_->messages.empty()) ring_->messages.shrink_to_fit();
    }
    if (let_in.sender) let_in.sender->wait_over(let_in.ticket);
    return oldest;
  }

  static_assert(max_mailbox_capacity <= std::numeric_limits<std::uint32_t>::max());
  std::atomic<std::uint32_t> room_;          // the capacity, unless a breaker narrows the door
  std::atomic<std::uint32_t> high_water_{0}; // the consumer's, or with the ring's mutex
  // The producers' side ...
  std::atomic<std::uint64_t> pushed_{0};
  std::atomic<std::uint64_t> limit_;
  envelope_stack stack_;
  std::unique_ptr<ring> ring_;
  // ... and the consumer's. It is not kept on a cache line of its own: that makes no message faster, since messages are taken out in
  // batches, but two such lanes are a good part of an idle actor's memory.
  std::atomic<std::uint64_t> consumed_{0};
  envelope_list batch_;
};

} // namespace alys::detail
