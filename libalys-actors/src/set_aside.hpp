// SPDX-License-Identifier: Apache-2.0
//
// What only some slots have, and no slot pays for that has not: messages that are neither in the mailbox nor at their end.
#pragma once

#include "late.hpp"
#include "parking.hpp"
#include "quarantine.hpp"

#include <atomic>
#include <vector>

namespace alys::detail {

// Built by its owner when first needed, and never taken away: so others may look at it at any time.
template <class T>
class on_demand {
public:
  on_demand() noexcept = default;
  on_demand(const on_demand&) = delete;
  on_demand& operator=(const on_demand&) = delete;
  ~on_demand() { delete built_.load(std::memory_order_acquire); }

  // Any thread; null if it was never needed.
  [[nodiscard]] T* get() const noexcept { return built_.load(std::memory_order_acquire); }
  // Owner only.
  [[nodiscard]] T& need() {
    if (T* there = built_.load(std::memory_order_relaxed)) return *there;
    auto added = std::make_unique<T>();
    built_.store(added.get(), std::memory_order_release);
    return *added.release();
  }

private:
  std::atomic<T*> built_{nullptr};
};

struct set_aside {
  // Redelivery: the message that its handler failed on, until the decision.
  data_ptr failing;
  std::uint32_t running = 0;    // the incarnation that handles messages ...
  std::uint32_t ran_before = 0; // ... and the one that did before it
  std::atomic<std::uint64_t> redelivered{0};
  std::shared_ptr<quarantine_counts> quarantined = std::make_shared<quarantine_counts>();

  // The stash, in the order in which the actor set them aside; and who waits for an answer to the one that it is setting aside.
  reply_address stashed_reply;
  std::vector<data_ptr> stash;
  std::atomic<std::uint64_t> stashed{0};

  // What it has sent and what waits for room; in the order of their ends.
  std::vector<parked_send> parked;
  std::uint64_t last_ticket = 0;

  // What chaos made late.
  on_demand<late_messages> late;
};

} // namespace alys::detail
