// SPDX-License-Identifier: Apache-2.0
//
// Why a transaction is not accepted. Wallets decide by the words: ethers, viem and MetaMask search an error's text for the phrases that
// geth uses, so each code has exactly one phrase, every error of that code begins with it, and the details follow behind a colon.
//
// ```cpp
// inline alys::error example() {
//   using namespace alys::domain;
//   return refuse_transaction(transaction_error::nonce_too_low, "next nonce 5, tx nonce 3"); // "nonce too low: next nonce 5, tx nonce 3"
// }
// ```
#pragma once

#include <alys/actors/error.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace alys::domain {

enum class transaction_error : std::uint8_t {
  none,
  malformed,                       // not the canonical encoding of a transaction
  too_short,                       // a type byte and nothing behind it
  type_not_supported,              // neither legacy nor EIP-1559
  creation_not_supported,          // makes a contract; this ledger runs no code
  not_replay_protected,            // a legacy transaction without a chain id (EIP-155)
  oversized,                       // larger than a pool takes
  invalid_signature,               // v, r or s out of range, s in the upper half of the curve's order (EIP-2), or no key recovers
  invalid_sender,                  // signed for another chain
  tip_above_fee_cap,               // max priority fee above max fee
  nonce_max,                       // the nonce has no successor (EIP-2681)
  nonce_too_low,                   // already used
  nonce_too_high,                  // a block holds it too early
  intrinsic_gas_too_low,           // the gas limit does not pay for the transaction itself
  exceeds_block_gas_limit,         // more gas than any block has
  gas_limit_reached,               // more gas than is left in this block
  fee_cap_too_low,                 // max fee below the block's base fee
  insufficient_funds,              // the sender cannot pay value and gas
  insufficient_funds_for_transfer, // the sender cannot pay the value alone
  already_known,                   // the pool has it
  underpriced,                     // cheaper than all others of a full pool
  replacement_underpriced,         // does not raise the fees of the one that it replaces by enough
  account_limit_exceeded,          // too many of one sender
  pool_full,                       // no room, and nothing that could make way
};
ALYS_ERRORS(transaction_error, malformed, too_short, type_not_supported, creation_not_supported, not_replay_protected, oversized,
            invalid_signature, invalid_sender, tip_above_fee_cap, nonce_max, nonce_too_low, nonce_too_high, intrinsic_gas_too_low,
            exceeds_block_gas_limit, gas_limit_reached, fee_cap_too_low, insufficient_funds, insufficient_funds_for_transfer, already_known,
            underpriced, replacement_underpriced, account_limit_exceeded, pool_full)

// The phrase that a wallet looks for.
[[nodiscard]] std::string_view phrase(transaction_error) noexcept;

// A refusal with the code's phrase, then ": " and the details if there are any.
[[nodiscard]] alys::error refuse_transaction(transaction_error, std::string_view details = {});

} // namespace alys::domain
