// SPDX-License-Identifier: Apache-2.0
//
// What a scheduled thing needs from the framework below: being run, and being woken at a time. Implemented in caf/.
#pragma once

#include <alys/actors/error.hpp>

#include <chrono>

namespace alys::detail {

class executor {
public:
  virtual ~executor() = default;
  // Puts the owner into the run queue. Called once per wake-up, from any thread.
  virtual void schedule() noexcept = 0;
  // Calls the owner's time_reached at or after `when`. Cannot be taken back; a call too many does no harm.
  virtual void wake_at(std::chrono::nanoseconds when) = 0;
  // The owner has ended: monitors below are told, and the owner is never run again.
  virtual void ended(const error& reason) noexcept = 0;
};

} // namespace alys::detail
