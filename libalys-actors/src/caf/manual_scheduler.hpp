// SPDX-License-Identifier: Apache-2.0
//
// CAF's test scheduler and test clock behind plain functions: turns that somebody else picks, and a time that somebody else moves.
#pragma once

#include "../backend.hpp"

#include <memory>
#include <optional>

namespace alys::detail {

class caf_backend;

// One thread at a time.
class manual_scheduler {
public:
  manual_scheduler();
  ~manual_scheduler();
  manual_scheduler(const manual_scheduler&) = delete;
  manual_scheduler& operator=(const manual_scheduler&) = delete;

  // Slots with a thread of their own get none.
  [[nodiscard]] std::unique_ptr<executor> host(std::shared_ptr<scheduled> what);

  // How many slots wait for a turn.
  [[nodiscard]] std::size_t waiting() const noexcept;
  // Gives a turn to the one at this place, less than waiting(): one data message, and all control ones.
  void run(std::size_t place);

  // From 0 on.
  [[nodiscard]] std::chrono::nanoseconds now() const noexcept;
  // When the next wake-up is due, perhaps for somebody who has lost interest.
  [[nodiscard]] std::optional<std::chrono::nanoseconds> next_wake_up() const;
  // Moves time on, never back, and delivers the wake-ups that are due then.
  void move_to(std::chrono::nanoseconds when);

private:
  struct machinery;
  std::unique_ptr<machinery> caf_;
};

} // namespace alys::detail
