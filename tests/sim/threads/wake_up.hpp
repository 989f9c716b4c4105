// SPDX-License-Identifier: Apache-2.0
//
// One message at a time, from a thread outside of the tree, each only after the one before it was handled and a moment more. So every
// message meets an actor that is about to fall asleep or just has: the only place where a wake-up can be lost. A flood would not find it,
// since there the next message wakes whom the last one did not.
#pragma once

#include <alys/actors.hpp>
#include <alys/actors/random.hpp>

#include <atomic>
#include <thread>

namespace alys::sim {

struct touch {};
ALYS_MESSAGE(touch)

class touched final : public actor<touched> {
public:
  using messages = accepts<touch>;
  explicit touched(std::atomic<std::uint64_t>& count) : count_(&count) {}
  void handle(const touch&) { count_->fetch_add(1, std::memory_order_release); }

private:
  std::atomic<std::uint64_t>* count_;
};

// Whether the count comes to `least` within `patience`.
[[nodiscard]] inline bool comes_to(const std::atomic<std::uint64_t>& count, std::uint64_t least, std::chrono::milliseconds patience) {
  const auto there = [&] { return count.load(std::memory_order_acquire) >= least; };
  for (int looks = 0; looks < 1'000; ++looks) {
    if (there()) return true;
  }
  for (const auto until = std::chrono::steady_clock::now() + patience; !there(); std::this_thread::yield()) {
    if (std::chrono::steady_clock::now() > until) return false;
  }
  return true;
}

// How many of `many` messages were handled before one was not, within `patience`; all of them if none was lost.
[[nodiscard]] inline std::uint64_t handled_one_by_one(std::uint64_t many, bool own_thread, std::chrono::milliseconds patience) {
  std::atomic<std::uint64_t> handled{0};
  supervisor_spec root{"root"};
  const auto target = root.child<touched>("target", {}, {.own_thread = own_thread}, std::ref(handled));
  auto system = system::start(std::move(root), {.threads = 1, .log = log_to_nowhere()});
  splitmix64 random{1};
  for (std::uint64_t sent = 1; sent <= many; ++sent) {
    send(target, touch{});
    if (!comes_to(handled, sent, patience)) return sent - 1;
    for (std::uint64_t pause = random.below(97); pause > 0; --pause) std::atomic_signal_fence(std::memory_order_seq_cst);
  }
  return many;
}

} // namespace alys::sim
