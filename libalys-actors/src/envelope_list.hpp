// SPDX-License-Identifier: Apache-2.0
//
// The two ends of every queue here: a lock-free stack that any thread pushes to (R. K. Treiber, "Systems programming: coping with
// parallelism", 1986), and the list into which its one reader turns it round to get the order of arrival back.
#pragma once

#include <alys/actors/detail/envelope.hpp>

#include <atomic>
#include <cstddef>

namespace alys::detail {

// A singly linked list in order, owned by one thread.
class envelope_list {
public:
  envelope_list() noexcept = default;
  envelope_list(const envelope_list&) = delete;
  envelope_list& operator=(const envelope_list&) = delete;
  ~envelope_list() {
    while (pop()) {}
  }

  [[nodiscard]] bool empty() const noexcept { return first_ == nullptr; }
  [[nodiscard]] envelope_ptr pop() noexcept {
    envelope* e = first_;
    if (e == nullptr) return nullptr;
    first_ = e->next;
    if (first_ == nullptr) last_ = nullptr;
    e->next = nullptr;
    return envelope_ptr{e};
  }
  void push_back(envelope_ptr e) noexcept {
    envelope* added = e.release();
    added->next = nullptr;
    (last_ != nullptr ? last_->next : first_) = added;
    last_ = added;
  }
  void push_front(envelope_ptr e) noexcept {
    envelope* added = e.release();
    added->next = first_;
    first_ = added;
    if (last_ == nullptr) last_ = added;
  }
  // Appends a chain whose first element is the youngest.
  void append_reversed(envelope* youngest) noexcept {
    envelope* oldest = nullptr;
    envelope* const end = youngest;
    while (youngest != nullptr) {
      envelope* older = youngest->next;
      youngest->next = oldest;
      oldest = youngest;
      youngest = older;
    }
    if (oldest == nullptr) return;
    (last_ != nullptr ? last_->next : first_) = oldest;
    last_ = end;
  }

private:
  envelope* first_ = nullptr;
  envelope* last_ = nullptr;
};

// Many producers, one consumer. Every operation on the head is sequentially consistent: "push, then look whether the reader sleeps" and
// "fall asleep, then look whether something was pushed" must not both miss each other.
class envelope_stack {
public:
  envelope_stack() noexcept = default;
  envelope_stack(const envelope_stack&) = delete;
  envelope_stack& operator=(const envelope_stack&) = delete;
  ~envelope_stack() {
    envelope_list rest;
    drain_to(rest);
  }

  // False once closed; the envelope stays with the caller then.
  [[nodiscard]] bool push(envelope_ptr& e) noexcept {
    envelope* head = head_.load(std::memory_order_relaxed);
    do {
      if (head == closed_mark()) return false;
      e->next = head;
    } while (!head_.compare_exchange_weak(head, e.get(), std::memory_order_seq_cst, std::memory_order_relaxed));
    (void)e.release();
    return true;
  }
  [[nodiscard]] bool empty() const noexcept {
    const envelope* head = head_.load(std::memory_order_seq_cst);
    return head == nullptr || head == closed_mark();
  }
  // Reader only. False if there was nothing.
  bool drain_to(envelope_list& list) noexcept {
    if (empty()) return false;
    list.append_reversed(head_.exchange(nullptr, std::memory_order_acquire));
    return true;
  }
  // Reader only: what is in goes to the list, and nothing comes in any more.
  void close(envelope_list& rest) noexcept {
    envelope* head = head_.exchange(closed_mark(), std::memory_order_acq_rel);
    if (head != closed_mark()) rest.append_reversed(head);
  }

private:
  // An address that is no envelope's; never looked behind.
  [[nodiscard]] static envelope* closed_mark() noexcept { return reinterpret_cast<envelope*>(&closed_place_); }
  alignas(envelope) static inline std::byte closed_place_{};
  std::atomic<envelope*> head_{nullptr};
};

} // namespace alys::detail
