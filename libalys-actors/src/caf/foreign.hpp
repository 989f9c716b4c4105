// SPDX-License-Identifier: Apache-2.0
//
// Plain CAF actors as senders: their messages become ours, their requests get their answers.
#pragma once

#include "../scheduled.hpp"

#include <caf/actor_control_block.hpp>
#include <caf/mailbox_element.hpp>

namespace alys::detail {

// Puts a message of a plain CAF sender into the slot's mailbox, under the same bound as all others. A request that cannot be queued, or
// that the slot has no handler for, is answered with an error.
void take_foreign(scheduled& to, caf::actor_control_block* self, caf::mailbox_element_ptr what);

} // namespace alys::detail
