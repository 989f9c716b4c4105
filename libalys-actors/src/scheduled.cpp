// SPDX-License-Identifier: Apache-2.0
//
// The run loop and its wake-ups.
#include "scheduled.hpp"

#include "runtime.hpp"

namespace alys::detail {

namespace {
// So many control messages are handled before others get the thread; more than any supervisor sends, less than a ring of asks can make.
constexpr std::size_t control_share = 1'000;
// How many slots this thread is in the middle of.
[[nodiscard]] std::size_t& runs_on_this_thread() noexcept {
  thread_local std::size_t runs = 0;
  return runs;
}
class run_on_this_thread {
public:
  run_on_this_thread() noexcept { ++runs_on_this_thread(); }
  ~run_on_this_thread() { --runs_on_this_thread(); }
  run_on_this_thread(const run_on_this_thread&) = delete;
  run_on_this_thread& operator=(const run_on_this_thread&) = delete;
};
} // namespace

bool scheduled::being_run() noexcept { return runs_on_this_thread() > 0; }

void scheduled::attach(runtime& world, std::uint32_t slot, std::unique_ptr<executor> host) {
  world_ = world.shared_from_this();
  slot_ = slot;
  host_ = std::move(host);
  token_.store(token::asleep, std::memory_order_seq_cst);
  if (work_waits(true)) wake();
}

void scheduled::attach_ended(runtime& world) noexcept {
  world_ = world.shared_from_this();
  envelope_list unheard;
  control_.close(unheard);
  token_.store(token::ended, std::memory_order_seq_cst);
  world_->paths().erase(path_);
}

void scheduled::refuse_foreign() noexcept {
  world_->dead_letter_made(dead_letter_cause::not_accepted, "(a message of a plain CAF actor)", {}, path_);
}

admission scheduled::push_from_outside(data_ptr& message) noexcept {
  const bool runs = attached();
  if (runs && message->header.trace.sampled()) message->header.enqueued_at = world_->now();
  if (!runs || world_->accepts_from_outside()) return push(message);
  count_turned_away();
  return admission::stopped;
}

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
  if (token_.load(std::memory_order_seq_cst) == expected &&
      token_.compare_exchange_strong(expected, token::awake, std::memory_order_seq_cst))
    host_->schedule();
}

void scheduled::wake_at(std::chrono::nanoseconds when) {
  if (when >= wakes_at_) return;
  wakes_at_ = when;
  host_->wake_at(when);
}

void scheduled::begin_batch() noexcept {
  count_turn();
  on_batch_begin();
}

std::size_t scheduled::handle_control() noexcept {
  std::size_t handled = 0;
  for (; handled < control_share && token_.load(std::memory_order_relaxed) == token::awake; ++handled) {
    if (time_reached_.load(std::memory_order_relaxed) && time_reached_.exchange(false, std::memory_order_seq_cst)) {
      wakes_at_ = std::chrono::nanoseconds::max();
      on_time(world_->now());
      continue;
    }
    if (control_batch_.empty() && !control_.drain_to(control_batch_)) break;
    on_control(control_batch_.pop());
  }
  return handled;
}

run_result scheduled::run(std::size_t most) noexcept {
  const run_on_this_thread running;
  begin_batch();
  for (std::size_t handled = 0, controlled = 0;;) {
    const std::size_t just_now = handle_control();
    controlled += just_now;
    if (token_.load(std::memory_order_relaxed) == token::ended) {
      on_batch_end();
      return run_result::ended;
    }
    if (handled < most && on_data()) {
      ++handled;
      if (controlled < control_share) continue;
    }
    if (handled >= most || controlled >= control_share) {
      on_batch_end();
      return run_result::more;
    }
    if (just_now > 0) continue;
    on_batch_end();
    [[maybe_unused]] const bool data_counts =
        takes_data(); // once asleep another thread may run this: from there on only atomics are touched
    token_.store(token::asleep, std::memory_order_seq_cst);
#ifndef ALYS_PLANTED_LOST_WAKE_UP
    token expected = token::asleep;
    if (work_waits(data_counts) && token_.compare_exchange_strong(expected, token::awake, std::memory_order_seq_cst)) {
      begin_batch();
      continue;
    }
#endif
    return run_result::asleep;
  }
}

void scheduled::end(const error& reason, envelope_list& rest) noexcept {
  while (envelope_ptr e = control_batch_.pop()) rest.push_back(std::move(e));
  control_.close(rest);
  wakes_at_ = std::chrono::nanoseconds::min(); // never again
  world_->paths().erase(path_);
  world_->paths().retire(slot_);
  token_.store(token::ended, std::memory_order_seq_cst);
  host_->ended(reason);
}

} // namespace alys::detail
