// SPDX-License-Identifier: Apache-2.0
//
// What an execution layer turns into one of its blocks: the fields of ExecutionPayloadV2 in the Engine API (Shanghai), and the fork that it
// obeys. What later forks add to a payload is the same in all blocks of Alys (see execution_fork.hpp), and needs no field.
// An Alys block carries one payload; the chain rules say which of its fields they bind, the execution engine checks all others.
//
// ```cpp
// inline alys::domain::execution_payload empty_after(const alys::domain::execution_payload& parent) {
//   alys::domain::execution_payload next;
//   next.parent_hash = parent.block_hash;
//   next.block_number = parent.block_number + 1;
//   return next;
// }
// ```
#pragma once

#include <alys/domain/engine/execution_fork.hpp>
#include <alys/domain/engine/log_entry.hpp>
#include <alys/domain/primitives/bytes.hpp>
#include <alys/domain/primitives/hash.hpp>
#include <alys/domain/primitives/units.hpp>
#include <alys/domain/primitives/wei.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace alys::domain {

inline constexpr std::size_t longest_extra_data = 32; // bytes (yellow paper, section 4.3.4)

// Coins that the consensus layer mints into an account (EIP-4895). On Alys: deposits and fees.
struct withdrawal {
  std::uint64_t index = 0;
  std::uint64_t validator_index = 0;
  address recipient{};
  gwei amount{};

  friend bool operator==(const withdrawal&, const withdrawal&) = default;
};

struct execution_payload {
  execution_fork fork = execution_fork::shanghai;
  hash256 parent_hash{}; // the parent payload's block_hash
  address fee_recipient{};
  hash256 state_root{};
  hash256 receipts_root{};
  bloom logs_bloom{};
  hash256 prev_randao{};
  block_height block_number{};
  gas gas_limit{};
  gas gas_used{};
  unix_seconds timestamp{};
  bytes extra_data{}; // at most longest_extra_data
  wei base_fee_per_gas{};
  hash256 block_hash{};              // Keccak-256 of the execution block's RLP header
  std::vector<bytes> transactions{}; // each as it is signed: RLP, or a type byte and RLP (EIP-2718)
  std::vector<withdrawal> withdrawals{};

  friend bool operator==(const execution_payload&, const execution_payload&) = default;
};

} // namespace alys::domain
