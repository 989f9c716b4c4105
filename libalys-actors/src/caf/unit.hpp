// SPDX-License-Identifier: Apache-2.0
//
// The CAF actor under a slot: its address, its place in the scheduler, its way to the clock. It derives from CAF's monitorable actor and
// resumable, not from one of its full actors, whose mailbox, behaviours and streams a slot has no use for.
#pragma once

#include "../scheduled.hpp"

#include <caf/actor_config.hpp>
#include <caf/actor_system.hpp>
#include <caf/execution_unit.hpp>
#include <caf/monitorable_actor.hpp>
#include <caf/resumable.hpp>

namespace alys::detail {

class unit final : public caf::monitorable_actor, public caf::resumable {
public:
  unit(caf::actor_config& config, std::shared_ptr<scheduled> owner);

  [[nodiscard]] const char* name() const override { return "alys.slot"; }
  // What other CAF actors, its middleman and its clock send.
  void enqueue(caf::mailbox_element_ptr what, caf::execution_unit* host) override;
  using caf::monitorable_actor::enqueue;

  caf::resumable::resume_result resume(caf::execution_unit* host, std::size_t max_throughput) override;
  void intrusive_ptr_add_ref_impl() override { intrusive_ptr_add_ref(ctrl()); }
  void intrusive_ptr_release_impl() override { intrusive_ptr_release(ctrl()); }

  // The execution unit of the worker that runs on this thread; null elsewhere.
  [[nodiscard]] static caf::execution_unit*& current_host() noexcept;

private:
  const std::shared_ptr<scheduled> owner_; // ends with this: the executor lets go of its handle first
};

} // namespace alys::detail
