// SPDX-License-Identifier: Apache-2.0
//
// What the watchdog does in one look. Slots publish when their batch of work began, what they are at, and a number that changes with every
// turn; nothing is added to the way of a message. The same number at two looks means that the same turn still runs.
#pragma once

#include "pulse.hpp"
#include "runtime.hpp"

#include <memory>
#include <unordered_map>

namespace alys::detail {

class watchdog {
public:
  watchdog(runtime& world, const watchdog_options& options);

  // Once a period, by one thread at a time.
  void look();
  // Any thread: the pool did a piece of work within the last two periods.
  [[nodiscard]] bool alive() const noexcept;
  [[nodiscard]] std::uint64_t overruns() const noexcept { return overruns_.load(std::memory_order_relaxed); }

private:
  struct seen_turn {
    std::uint64_t step = 0;
    std::chrono::nanoseconds first_seen{};
    std::unique_ptr<overrun> told; // null until it was
  };
  struct seen_queue {
    std::uint64_t step = 0;
    std::chrono::nanoseconds since{};
  };
  struct suspect {
    std::uint32_t slot = 0;
    std::string path;
    std::chrono::nanoseconds limit{};
  };
  using turns = std::unordered_map<std::uint32_t, seen_turn>;
  using queues = std::unordered_map<std::uint32_t, seen_queue>;

  void look_at_turn(scheduled& s, const work_sample& w, turns& still, std::vector<suspect>& suspects);
  void look_at_queue(scheduled& s, const work_sample& w, queues& still);
  void tell(const suspect& who, seen_turn& turn);
  void answer(const std::shared_ptr<scheduled>& who, const overrun& what);
  void look_at_pool();
  [[nodiscard]] std::string who_is_busy() const;

  runtime& world_;
  const watchdog_options options_;
  std::chrono::nanoseconds now_{};
  turns turns_;   // of those that were busy at the last look
  queues queues_; // of those that are expected to make progress and had work
  std::atomic<std::uint64_t> overruns_{0};
  const std::shared_ptr<pulse> pulse_ = std::make_shared<pulse>();
  bool was_alive_ = true;
};

} // namespace alys::detail
