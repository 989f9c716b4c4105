// SPDX-License-Identifier: Apache-2.0
//
// The rules that a block must meet, whoever made it. One's own blocks pass the same checks as a stranger's. What only execution can tell
// (state root, gas used, block hash, …) is the execution engine's verdict and not repeated here.
//
// ```cpp
// inline bool acceptable(const alys::domain::block& one, const alys::domain::chain_spec& spec, const alys::domain::parent_block& parent,
//                        alys::domain::unix_milliseconds now) {
//   return alys::domain::check_block(one, {.spec = spec, .parent = &parent, .withdrawals = {}, .now = now}).has_value();
// }
// ```
#pragma once

#include <alys/actors/result.hpp>
#include <alys/domain/chain/block.hpp>
#include <alys/domain/chain/chain_spec.hpp>
#include <alys/domain/chain/mints.hpp>

#include <cstdint>
#include <span>

namespace alys::domain {

// Why a block is refused: one code a rule.
enum class block_error : std::uint8_t {
  none,
  wrong_chain,           // chain id
  unknown_parent,        // the caller has no such block (yet)
  parent_not_certified,  // the parent has too few approvals
  wrong_height,          // not the parent's plus one
  wrong_fork,            // not the fork that the spec has at this height
  slot_not_after_parent, // at or before the parent's
  time_outside_slot,     // the block's time belongs to another slot
  too_early,             // the time lies further ahead of the local clock than max_drift
  wrong_author,          // not the authority whose turn the slot is
  over_limit,            // larger than limits.hpp allows
  wrong_payload,         // the header commits to another payload
  wrong_payload_parent,  // does not extend the parent's payload
  wrong_payload_number,  // not the block's height
  wrong_payload_time,    // not the second in which the slot begins
  wrong_payload_fork,    // not the fork that the spec has at that time
  wrong_prev_randao,     // not the parent's id
  wrong_gas_limit,       // not the spec's
  bad_seal,              // not the author's signature over this header
};
ALYS_ERRORS(block_error, wrong_chain, unknown_parent, parent_not_certified, wrong_height, wrong_fork, slot_not_after_parent,
            time_outside_slot, too_early, wrong_author, over_limit, wrong_payload, wrong_payload_parent, wrong_payload_number,
            wrong_payload_time, wrong_payload_fork, wrong_prev_randao, wrong_gas_limit, bad_seal)

// What validation needs of the parent.
struct parent_block {
  block_ref ref;
  hash256 payload_hash; // its payload's block_hash
  unix_milliseconds time;
  bool certified = false;
};

[[nodiscard]] parent_block parent_of(const block&, bool certified);

struct validation_context {
  const chain_spec& spec;
  const parent_block* parent;              // the block with the id that header.parent names; null if the caller has none
  std::span<const withdrawal> withdrawals; // exactly what the rules grant to this block, in order
  unix_milliseconds now;                   // of the local clock
};

// The second that a payload in this slot carries: the one in which the slot begins. It rises from slot to slot while slots last a second or
// longer, as Ethereum's clients demand; shorter slots are for the embedded ledger only.
[[nodiscard]] unix_seconds payload_time(const chain_spec&, slot);

// The prev_randao of a payload on top of this block. No randomness: contracts that want some must look elsewhere, but no author can choose it.
[[nodiscard]] hash256 prev_randao_after(const block_id& parent);

// Everything but approvals: what a proposal must meet before it is executed and approved. Checks in the order of block_error and refuses with
// the first that fails; with a mint_error (mints.hpp), before bad_seal, for withdrawals other than the granted ones; with encoding_error
// nothing, as a limit is over_limit here. About 50 us and 4 us for each kB of the payload.
[[nodiscard]] alys::result<void> check_proposal(const block&, const validation_context&);

// What can be held against a block without its parent: chain, fork, turn, seal and certificate. Where it passes, enough authorities have
// executed it, so its ancestors exist. Refuses as check_block does. About 50 us an approval.
[[nodiscard]] alys::result<void> check_without_parent(const block&, const chain_spec&, unix_milliseconds now);

// check_proposal and check_certificate: what a block must meet to be imported.
[[nodiscard]] alys::result<void> check_block(const block&, const validation_context&);

} // namespace alys::domain
