// SPDX-License-Identifier: Apache-2.0
//
// What the execution layer puts into a block: ExecutionPayloadV2 of the Engine API, with the withdrawals of Shanghai (EIP-4895).
// A plain value; nothing here says that it is valid.
//
// ```cpp
// inline alys::domain::execution_payload example() {
//   alys::domain::execution_payload payload;
//   payload.withdrawals.push_back({.index = 0, .validator_index = 0, .recipient = {}, .amount = alys::domain::gwei{50}});
//   return payload;
// }
// ```
#pragma once

#include <alys/domain/primitives/bytes.hpp>
#include <alys/domain/primitives/hash.hpp>
#include <alys/domain/primitives/units.hpp>
#include <alys/domain/primitives/wei.hpp>

#include <cstdint>
#include <vector>

namespace alys::domain {

using logs_bloom = fixed_bytes<struct logs_bloom_tag, 256>;

// Coins that appear without a transaction (EIP-4895). Alys mints its pegged bitcoin this way.
struct withdrawal {
  std::uint64_t index = 0;
  std::uint64_t validator_index = 0;
  address recipient;
  gwei amount;

  friend bool operator==(const withdrawal&, const withdrawal&) noexcept = default;
};

// The header's fields, the raw signed transactions and the withdrawals. `block_hash` is the hash of the header that the other fields make.
struct execution_payload {
  hash256 parent_hash;
  address fee_recipient;
  hash256 state_root;
  hash256 receipts_root;
  domain::logs_bloom logs_bloom;
  hash256 prev_randao;
  std::uint64_t block_number = 0;
  gas gas_limit;
  gas gas_used;
  unix_seconds timestamp;
  bytes extra_data; // at most 32 bytes
  wei base_fee_per_gas;
  hash256 block_hash;
  std::vector<bytes> transactions; // each as eth_sendRawTransaction takes it
  std::vector<withdrawal> withdrawals;

  friend bool operator==(const execution_payload&, const execution_payload&) = default;
};

} // namespace alys::domain
