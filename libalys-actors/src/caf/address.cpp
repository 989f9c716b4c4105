// SPDX-License-Identifier: Apache-2.0
//
// From handles and systems to what they are for CAF.
#include <alys/actors/caf.hpp>

#include "../system_impl.hpp"
#include "backend.hpp"
#include "unit_executor.hpp"

#include <stdexcept>

namespace alys {

caf::actor detail::address_of(const process& slot) {
  const auto* at = dynamic_cast<const unit_executor*>(static_cast<const scheduled&>(slot).host());
  return at != nullptr ? caf::actor_cast<caf::actor>(at->address()) : caf::actor{};
}

caf::actor_system& caf_system(alys::system& of) {
  auto* threads = dynamic_cast<detail::caf_backend*>(detail::system_access::impl(of).world().threads.get());
  if (threads == nullptr) throw std::logic_error("alys: this system does not run on CAF's own scheduler");
  return threads->system();
}

} // namespace alys
