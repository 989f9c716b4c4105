// SPDX-License-Identifier: Apache-2.0
//
// The smallest job there is: proves that a thread of the pool took one.
#pragma once

#include "../backend.hpp"

#include <caf/ref_counted.hpp>
#include <caf/resumable.hpp>

namespace alys::detail {

// The backend outlives all jobs of its scheduler.
class heartbeat final : public caf::resumable, public caf::ref_counted {
public:
  heartbeat(const backend& by, std::shared_ptr<pulse> of) noexcept : by_(by), pulse_(std::move(of)) {}
  resume_result resume(caf::execution_unit*, std::size_t) override {
    pulse_->beat(by_.now());
    return done;
  }
  void intrusive_ptr_add_ref_impl() override { ref(); }
  void intrusive_ptr_release_impl() override { deref(); }

private:
  const backend& by_;
  const std::shared_ptr<pulse> pulse_;
};

} // namespace alys::detail
