// SPDX-License-Identifier: Apache-2.0
//
// Runs a slot on CAF's pool, and wakes it through CAF's clock.
#pragma once

#include "../executor.hpp"
#include "unit.hpp"

#include <caf/actor_clock.hpp>
#include <caf/actor_control_block.hpp>

namespace alys::detail {

class unit_executor : public executor {
public:
  // `self` is the address of a unit.
  explicit unit_executor(caf::strong_actor_ptr self);

  void schedule() noexcept override;
  void wake_at(std::chrono::nanoseconds when) override;
  void ended(const error& reason) noexcept override;

  // Leads nowhere once the slot has ended. Any thread.
  [[nodiscard]] caf::strong_actor_ptr address() const { return address_.lock(); }

private:
  caf::strong_actor_ptr self_; // let go by the owner's own thread when it ends; nobody else looks at it then
  caf::actor_clock& clock_;
  const caf::weak_actor_ptr address_;
  bool clock_knows_ = false; // a wake-up may be outstanding, and keeps the unit in memory
};

} // namespace alys::detail
