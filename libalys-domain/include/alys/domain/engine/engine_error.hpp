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
  // Requests that cannot be answered.
  unknown_block,      // a block that was never imported, or whose state is gone
  unknown_payload,    // a payload id that was never given, or is too old
  invalid_attributes, // attributes that no payload on this head can have
  invalid_genesis,    // a genesis that no chain can start with
  // A failure.
  damaged_header, // what the store has under a block's hash is no header
};
[[nodiscard]] constexpr alys::classification alys_classify(engine_error e) noexcept {
  return {.category = e == engine_error::damaged_header ? alys::category::corruption : alys::category::logic};
}
ALYS_ERRORS(engine_error, wrong_block_hash, wrong_number, wrong_timestamp, wrong_gas_limit, wrong_base_fee, wrong_gas_used,
            wrong_state_root, wrong_receipts_root, wrong_logs_bloom, extra_data_too_long, invalid_transaction, unknown_block,
            unknown_payload, invalid_attributes, invalid_genesis, damaged_header)

} // namespace alys::domain
