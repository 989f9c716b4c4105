// SPDX-License-Identifier: Apache-2.0
#include "unit_executor.hpp"

#include <caf/actor_cast.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>
#include <caf/sec.hpp>

namespace alys::detail {

namespace {
// CAF's workers put what they wake up in front of their own queue, so that a few busy pairs starve everybody else. Every so many
// wake-ups of a worker go to the tail of some queue instead.
constexpr std::uint32_t fair_share = 64;
} // namespace

unit_executor::unit_executor(caf::strong_actor_ptr self)
    : self_(std::move(self)), clock_(self_->home_system->clock()), address_(caf::actor_cast<caf::weak_actor_ptr>(self_)) {}

void unit_executor::schedule() noexcept {
  auto* job = static_cast<unit*>(self_->get());
  intrusive_ptr_add_ref(self_.get());
  thread_local std::uint32_t wake_ups = 0;
  if (caf::execution_unit* host = unit::current_host(); host != nullptr && ++wake_ups % fair_share != 0) host->exec_later(job);
  else self_->home_system->scheduler().enqueue(job);
}

void unit_executor::wake_at(std::chrono::nanoseconds when) {
  clock_knows_ = true;
  const caf::actor_clock::time_point due{std::chrono::duration_cast<caf::actor_clock::duration_type>(when)};
  clock_.set_multi_timeout(due, self_->get(), caf::atom("alys"), 0);
}

void unit_executor::ended(const error& reason) noexcept {
  const caf::strong_actor_ptr last = std::move(self_);
  self_ = nullptr;
  if (clock_knows_) clock_.cancel_timeouts(last->get());
  caf::error why = reason ? caf::make_error(caf::sec::runtime_error, reason.message()) : caf::error{};
  static_cast<unit*>(last->get())->cleanup(std::move(why), unit::current_host());
}

} // namespace alys::detail
