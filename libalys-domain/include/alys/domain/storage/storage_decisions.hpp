// SPDX-License-Identifier: Apache-2.0
//
// What the storage supervisor does about each named failure of its actors. State that may be wrong, on disk or in the writer's head, is
// never worked on: the whole node goes down in order, and says why.
//
// ```cpp
// inline alys::supervisor_spec declare() {
//   return alys::supervisor_spec{"storage", alys::rest_for_one{}, {.decisions = alys::domain::storage_decisions}};
// }
// ```
#pragma once

#include <alys/actors/decision.hpp>
#include <alys/actors/supervisor.hpp>
#include <alys/domain/storage/chain_store.hpp>

namespace alys::domain {

inline constexpr row storage_decisions[] = {
    {store_error::damaged, action::escalate},        {store_error::io_failed, action::escalate},
    {store_error::no_space, action::escalate},       {store_error::newer_schema, action::escalate},
    {store_error::not_consistent, action::escalate}, {category::corruption, action::escalate},
    {category::configuration, action::escalate}, // a writer that only stopped would leave a node behind that does nothing
    {severity::critical, action::escalate},      // likewise
};
static_assert(reachable(storage_decisions), "a decision row is never reached");

} // namespace alys::domain
