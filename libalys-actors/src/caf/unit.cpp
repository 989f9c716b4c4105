// SPDX-License-Identifier: Apache-2.0
#include "unit.hpp"

#include "foreign.hpp"

#include <caf/system_messages.hpp>

namespace alys::detail {

unit::unit(caf::actor_config& config, std::shared_ptr<scheduled> owner) : caf::monitorable_actor(config), owner_(std::move(owner)) {}

caf::execution_unit*& unit::current_host() noexcept {
  thread_local caf::execution_unit* host = nullptr;
  return host;
}

void unit::enqueue(caf::mailbox_element_ptr what, caf::execution_unit*) {
  if (what->content().type_token() == caf::make_type_token<caf::timeout_msg>()) return owner_->time_reached();
  take_foreign(*owner_, ctrl(), std::move(what));
}

caf::resumable::resume_result unit::resume(caf::execution_unit* host, std::size_t max_throughput) {
  current_host() = host;
  const run_result result = owner_->run(max_throughput);
  current_host() = nullptr;
  switch (result) {
    case run_result::more: return caf::resumable::resume_later;
    case run_result::asleep: return caf::resumable::awaiting_message;
    case run_result::ended: break;
  }
  return caf::resumable::done;
}

} // namespace alys::detail
