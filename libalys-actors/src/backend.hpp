// SPDX-License-Identifier: Apache-2.0
//
// Threads and time, as the rest of the library sees them. Implemented in caf/.
#pragma once

#include "executor.hpp"
#include "pulse.hpp"
#include "scheduled.hpp"
#include "ticker.hpp"

#include <functional>

namespace alys::detail {

class backend {
public:
  virtual ~backend() = default;
  // Since an unspecified start; never goes back.
  [[nodiscard]] virtual std::chrono::nanoseconds now() const noexcept = 0;
  // Something that runs `what` and keeps it alive until it has ended.
  [[nodiscard]] virtual std::unique_ptr<executor> host(std::shared_ptr<scheduled> what, bool own_thread) = 0;
  // Whether the calling thread runs actors, so that it must not wait for one.
  [[nodiscard]] virtual bool on_pool_thread() const noexcept = 0;
  // Whether that thread is one of this backend's own.
  [[nodiscard]] virtual bool on_own_thread() const noexcept { return false; }
  // Whether anything may run beside the slots; where time is virtual, nothing may.
  [[nodiscard]] virtual bool has_threads() const noexcept { return true; }
  // Deterministic backends have no threads: whoever waits does the work. Runs actors until `done`, or until `until` on the backend's
  // clock. False if this backend has threads of its own, and the caller must wait by itself.
  [[nodiscard]] virtual bool work_until(const std::function<bool()>& done, std::chrono::nanoseconds until) {
    (void)done, (void)until;
    return false;
  }
  // Whether time passes only while somebody waits.
  [[nodiscard]] virtual bool virtual_time() const noexcept { return false; }
  // Calls `look` once a period, beside the tree.
  [[nodiscard]] virtual std::unique_ptr<ticker> every(std::chrono::nanoseconds period, std::function<void()> look) {
    return make_thread_ticker(period, std::move(look));
  }
  // Has a thread of the pool beat this, when one is free.
  virtual void beat(const std::shared_ptr<pulse>& which) { which->beat(now()); }
  // Slots were left behind: makes whoever is inside one come out. False if that cannot be.
  [[nodiscard]] virtual bool come_back() { return false; }
};

// The default one: CAF's scheduler and clock. 0 threads: one a core, at least 4.
[[nodiscard]] std::unique_ptr<backend> make_backend(std::size_t threads, std::size_t messages_per_turn);

} // namespace alys::detail
