// SPDX-License-Identifier: Apache-2.0
//
// What the chain supervisor does about each named failure of its actors. Its children depend on each other in their order (engine, aura,
// chain), so that a restart of one takes those after it along.
//
// ```cpp
// inline alys::supervisor_spec declare() {
//   return alys::supervisor_spec{"chain", alys::rest_for_one{}, {.decisions = alys::domain::chain_decisions}};
// }
// ```
#pragma once

#include <alys/actors/decision.hpp>
#include <alys/actors/supervisor.hpp>
#include <alys/domain/chain/chain_messages.hpp>
#include <alys/domain/storage/chain_store.hpp>

namespace alys::domain {

inline constexpr row chain_decisions[] = {
    {chain_error::engine_unavailable, action::restart}, // a new life leads the engine to the head again
    {chain_error::not_stored, action::restart},         // a new life reads from the store what is true
    {chain_error::other_chain, action::escalate},       // nothing here can mend a wrong folder
    {store_error::damaged, action::escalate},
    {store_error::io_failed, action::escalate}, // it was met in a read; the store has stopped for good
    {store_error::no_space, action::escalate},
    {store_error::not_consistent, action::escalate},
    {category::corruption, action::escalate},
    {category::configuration, action::escalate}, // a chain that only stopped would leave a node behind that does nothing
    {severity::critical, action::escalate},      // likewise
};
static_assert(reachable(chain_decisions), "a decision row is never reached");

} // namespace alys::domain
