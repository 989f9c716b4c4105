// SPDX-License-Identifier: Apache-2.0
//
// When an authority may sign. It signs for one block in a slot and never again for that slot or an earlier one: what it signed last is made
// durable before the signature leaves the node, and a restart reads it back. Seal and approval of one slot share the lock, since an author
// approves the block that it sealed.
//
// ```cpp
// inline bool never_twice(const alys::domain::block_ref& one, const alys::domain::block_ref& other) { // of the same slot
//   const auto lock = alys::domain::lock_vote(std::nullopt, one).value(); // store it, then sign
//   return alys::domain::lock_vote(lock, other) == alys::domain::vote_error::already_voted;
// }
// ```
#pragma once

#include <alys/actors/result.hpp>
#include <alys/domain/chain/block.hpp>
#include <alys/domain/chain/chain_spec.hpp>

#include <cstdint>
#include <optional>

namespace alys::domain {

// What an authority signed last.
struct vote_lock {
  domain::slot slot;
  block_id block;

  friend bool operator==(const vote_lock&, const vote_lock&) = default;
};

// Why an authority must not sign.
enum class vote_error : std::uint8_t {
  none,
  already_voted,  // for another block in this slot
  slot_passed,    // it voted in a later slot
  slot_not_now,   // the local clock, give or take the allowed drift, is in another slot
  not_on_longest, // the block does not extend a longest certified chain
};
ALYS_ERRORS(vote_error, already_voted, slot_passed, slot_not_now, not_on_longest)

// The lock to store before signing for this block. Voting again for the same block gives the same lock, so a signature lost in a crash can be
// made again. Refuses with already_voted or slot_passed.
[[nodiscard]] alys::result<vote_lock> lock_vote(const std::optional<vote_lock>& current, const block_ref&);

// An authority signs for a slot only while its clock, give or take the allowed drift, is in it. Refuses with slot_not_now.
[[nodiscard]] alys::result<void> check_slot_is_now(slot, const slot_clock&, std::chrono::milliseconds drift, unix_milliseconds now);

// May an authority approve this block, which passed check_proposal and which its engine called valid? `longest`: the height of the longest
// certified chain that it has seen. Refuses with slot_not_now or not_on_longest.
[[nodiscard]] alys::result<void> may_approve(const block_header&, const chain_spec&, block_height longest, unix_milliseconds now);

} // namespace alys::domain
