// SPDX-License-Identifier: Apache-2.0
//
// Gas has a price that the chain sets, the base fee, which is burnt; what a sender offers above it goes to the block's author (EIP-1559).
//
// ```cpp
// inline alys::domain::wei after_an_empty_block(const alys::domain::wei& base_fee) {
//   return alys::domain::next_base_fee({.gas_limit = alys::domain::gas{30'000'000}, .gas_used = {}, .base_fee = base_fee}); // 7/8 of it
// }
// ```
#pragma once

#include <alys/domain/engine/transaction.hpp>
#include <alys/domain/primitives/units.hpp>
#include <alys/domain/primitives/wei.hpp>

#include <optional>

namespace alys::domain {

// How full a block was, and at which price.
struct block_demand {
  gas gas_limit{};
  gas gas_used{};
  wei base_fee{};
};

// The base fee of the block after one with this demand: the same at half of the limit, at most an eighth more or less (EIP-1559).
[[nodiscard]] wei next_base_fee(const block_demand& parent);

// True if a block may have this limit: less than 1/1024 away from its parent's, and at least 5000.
[[nodiscard]] bool gas_limit_allowed(gas parent, gas own) noexcept;

// What a transaction pays the author for each gas; nothing if its fee cap lies below the base fee.
[[nodiscard]] std::optional<wei> effective_tip(const transaction&, const wei& base_fee);

// The most that a transaction can take from its sender: gas limit * fee cap + value. Never overflows.
[[nodiscard]] wide_wei highest_cost(const transaction&);

} // namespace alys::domain
