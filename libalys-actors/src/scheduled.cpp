// SPDX-License-Identifier: Apache-2.0
//
// The run loop and its wake-ups.
#include "scheduled.hpp"

#include "runtime.hpp"

namespace alys::detail {

void scheduled::attach(runtime& world, std::uint32_t slot, std::unique_ptr<executor> host) {
  world_ = &world;
  slot_ = slot;
  host_ = std::move(host);
  token_.store(token::asleep, std::memory_order_seq_cst);
  if (work_waits(true)) wake();
}

void scheduled::refuse_foreign() noexcept { world_->dead_letter_made(dead_letter_cause::not_accepted, "(a message of a plain CAF actor)", {}, path_); }

bool scheduled::post(envelope_ptr control) noexcept {
  if (!control_.push(control)) return false;
  wake();
  return true;
}

void scheduled::time_reached() noexcept {
  time_reached_.store(true, std::memory_order_seq_cst);
  wake();
}

void scheduled::wake() noexcept {
  token expected = token::asleep;
  if (token_.load(std::memory_order_seq_cst) == expected && token_.compare_exchange_strong(expected, token::awake, std::memory_order_seq_cst))
    host_->schedule();
}

void scheduled::wake_at(std::chrono::nanoseconds when) {
  if (when >= wakes_at_) return;
  wakes_at_ = when;
  host_->wake_at(when);
}

bool scheduled::handle_control() noexcept {
  bool any = false;
  while (token_.load(std::memory_order_relaxed) == token::awake) {
    if (time_reached_.load(std::memory_order_relaxed) && time_reached_.exchange(false, std::memory_order_seq_cst)) {
      wakes_at_ = std::chrono::nanoseconds::max();
      on_time(world_->now());
      any = true;
      continue;
    }
    if (control_batch_.empty() && !control_.drain_to(control_batch_)) break;
    on_control(control_batch_.pop());
    any = true;
  }
  return any;
}

run_result scheduled::run(std::size_t most) noexcept {
  on_batch_begin();
  for (std::size_t handled = 0;;) {
    const bool controlled = handle_control();
    if (token_.load(std::memory_order_relaxed) == token::ended) {
      on_batch_end();
      return run_result::ended;
    }
    if (handled < most && on_data()) {
      ++handled;
      continue;
    }
    if (handled >= most) {
      on_batch_end();
      return run_result::more;
    }
    if (controlled) continue;
    on_batch_end();
    const bool data_counts = takes_data(); // once asleep another thread may run this: from there on only atomics are touched
    token_.store(token::asleep, std::memory_order_seq_cst);
#ifndef ALYS_PLANTED_LOST_WAKE_UP
    token expected = token::asleep;
    if (work_waits(data_counts) && token_.compare_exchange_strong(expected, token::awake, std::memory_order_seq_cst)) {
      on_batch_begin();
      continue;
    }
#endif
    return run_result::asleep;
  }
}

void scheduled::end(const error& reason, envelope_list& rest) noexcept {
  while (envelope_ptr e = control_batch_.pop()) rest.push_back(std::move(e));
  control_.close(rest);
  token_.store(token::ended, std::memory_order_seq_cst);
  host_->ended(reason);
}

} // namespace alys::detail
