// SPDX-License-Identifier: Apache-2.0
//
// The header of an execution block as its fork has it. Its RLP hashes to the block's hash, so that any Ethereum tool recognises the block
// (Ethereum yellow paper, section 4.3; EIP-1559, EIP-3675, EIP-4895; EIP-4844 and EIP-4788 from Cancun on, EIP-7685 from Prague on).
//
// ```cpp
// inline bool consistent(const alys::domain::execution_payload& payload) {
//   return alys::domain::hash_of(alys::domain::header_of(payload)) == payload.block_hash;
// }
// ```
#pragma once

#include <alys/actors/result.hpp>
#include <alys/domain/engine/execution_payload.hpp>
#include <alys/domain/primitives/bytes.hpp>
#include <alys/domain/primitives/hash.hpp>

namespace alys::domain {

// The fields that vary. Ommers, difficulty and nonce are what EIP-3675 fixes; there is no gas of blobs, and there are no requests; the beacon
// root is the same as prev_randao: the id of the parent's Alys block.
struct execution_header {
  execution_fork fork = execution_fork::shanghai;
  hash256 parent_hash{};
  address fee_recipient{};
  hash256 state_root{};
  hash256 transactions_root{};
  hash256 receipts_root{};
  bloom logs_bloom{};
  block_height number{};
  gas gas_limit{};
  gas gas_used{};
  unix_seconds timestamp{};
  bytes extra_data{};
  hash256 prev_randao{};
  wei base_fee_per_gas{};
  hash256 withdrawals_root{};

  friend bool operator==(const execution_header&, const execution_header&) = default;
};

// The hash of no requests to the consensus layer, SHA-256 of nothing, which all blocks from Prague on have here.
inline constexpr auto no_requests = hash256::literal("0xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");

[[nodiscard]] bytes encode_header(const execution_header&);

// The header that these bytes encode, as a store gives them back; fails with engine_error::damaged_header if they are none. Total.
[[nodiscard]] alys::result<execution_header> decode_header(bytes_view);

// The block's hash.
[[nodiscard]] hash256 hash_of(const execution_header&);

// The header that a payload's fields make. Hashes all transactions and withdrawals into their roots: some 3 us each.
[[nodiscard]] execution_header header_of(const execution_payload&);

// The encoding of a withdrawal in the list that the header commits to (EIP-4895).
[[nodiscard]] bytes encode_withdrawal(const withdrawal&);

} // namespace alys::domain
