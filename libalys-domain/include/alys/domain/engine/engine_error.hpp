// SPDX-License-Identifier: Apache-2.0
//
// Why the execution layer does not take a block, or cannot answer.
//
// ```cpp
// inline bool retry_later(const alys::error& e) { return e == alys::domain::engine_error::unknown_block; }
// ```
#pragma once

#include <alys/actors/error.hpp>

#include <cstdint>

namespace alys::domain {

enum class engine_error : std::uint8_t {
  none,
  // A payload that breaks a rule. As a verdict: INVALID, with the error's text.
  wrong_block_hash,    // not the hash of the other fields
  wrong_number,        // not the parent's plus one
  wrong_timestamp,     // before the parent's
  wrong_gas_limit,     // too far from the parent's
  wrong_base_fee,      // not what the parent's demand makes (EIP-1559)
  wrong_gas_used,      // not what the transactions use
  wrong_state_root,    // not what execution leads to
  wrong_receipts_root, // likewise
  wrong_logs_bloom,    // not empty
  extra_data_too_long, // above 32 bytes
  invalid_transaction, // one that this block cannot contain
  invalid_ancestor,    // built on a block that breaks a rule
  // Requests that cannot be answered.
  unknown_block,      // a block that was never imported, or whose state is gone
  state_not_kept,     // a block that is there, and its state is not any more
  unknown_payload,    // a payload id that was never given, or is too old
  invalid_attributes, // attributes that no payload on this head can have
  invalid_genesis,    // a genesis that no chain can start with
  reverted,           // a call was; the text is what it gave for that, as hexadecimal digits behind 0x
  // What an execution client in another process says.
  invalid_forkchoice, // its safe or final block is no ancestor of the head (-38002)
  request_too_large,  // -38004
  unsupported_fork,   // a block of a fork that one of the two does not speak (-38005)
  reorg_too_deep,     // further back than it goes (-38006)
  not_offered,        // it has no such method
  client_refused,     // any other error of its own; the text has its code and words
  invalid_answer,     // not what the method answers
  wrong_chain,        // it runs another chain
  catching_up,        // it lacks blocks, and is being given them
  // A failure.
  damaged_header, // what the store has under a block's hash is no header
};
[[nodiscard]] constexpr alys::classification alys_classify(engine_error e) noexcept {
  return {.category = e == engine_error::damaged_header ? alys::category::corruption : alys::category::logic};
}
ALYS_ERRORS(engine_error, wrong_block_hash, wrong_number, wrong_timestamp, wrong_gas_limit, wrong_base_fee, wrong_gas_used,
            wrong_state_root, wrong_receipts_root, wrong_logs_bloom, extra_data_too_long, invalid_transaction, invalid_ancestor,
            unknown_block, state_not_kept, unknown_payload, invalid_attributes, invalid_genesis, reverted, invalid_forkchoice,
            request_too_large, unsupported_fork, reorg_too_deep, not_offered, client_refused, invalid_answer, wrong_chain, catching_up,
            damaged_header)

} // namespace alys::domain
