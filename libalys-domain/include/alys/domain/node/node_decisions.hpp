// SPDX-License-Identifier: Apache-2.0
//
// What the root supervisor does about a domain that gave up. A domain is restarted alone, so that trouble in one does not stop the others;
// what no restart can mend ends the node, in order.
//
// ```cpp
// inline alys::supervisor_spec declare() {
//   return alys::supervisor_spec{"root", alys::one_for_one{}, {.decisions = alys::domain::node_decisions}};
// }
// ```
#pragma once

#include <alys/actors/decision.hpp>
#include <alys/actors/supervisor.hpp>
#include <alys/domain/chain/chain_messages.hpp>
#include <alys/domain/storage/chain_store.hpp>

namespace alys::domain {

inline constexpr row node_decisions[] = {
    {store_error::damaged, action::escalate},
    {store_error::io_failed, action::escalate},
    {store_error::no_space, action::escalate},
    {store_error::newer_schema, action::escalate},
    {store_error::not_consistent, action::escalate},
    {chain_error::other_chain, action::escalate},
    {category::corruption, action::escalate},
    {category::configuration, action::escalate},
    {severity::critical, action::escalate},
    {category::logic, action::restart}, // a bug in one domain is that domain's; its budget says when it is too much
};
static_assert(reachable(node_decisions), "a decision row is never reached");

} // namespace alys::domain
