// SPDX-License-Identifier: Apache-2.0
//
// The fee market of EIP-1559.
#include <alys/domain/engine/fee_market.hpp>

#include <algorithm>

namespace alys::domain {

namespace {

constexpr std::uint64_t elasticity = 2;            // the limit is this many times the target
constexpr std::uint64_t base_fee_change_bound = 8; // at most an eighth up or down
constexpr std::uint64_t gas_limit_change_bound = 1'024;
constexpr std::uint64_t lowest_gas_limit = 5'000;

} // namespace

wei next_base_fee(const block_demand& parent) {
  const auto target = parent.gas_limit.value() / elasticity;
  const auto used = parent.gas_used.value();
  if (used == target || target == 0) return parent.base_fee;
  const auto off_target = used > target ? used - target : target - used;
  const auto change = static_cast<wei>(wide_wei{parent.base_fee} * off_target / target / base_fee_change_bound);
  return used > target ? parent.base_fee + std::max(change, wei{1}) : parent.base_fee - change;
}

bool gas_limit_allowed(gas parent, gas own) noexcept {
  const auto difference = parent > own ? parent.value() - own.value() : own.value() - parent.value();
  return difference < parent.value() / gas_limit_change_bound && own.value() >= lowest_gas_limit;
}

std::optional<wei> effective_tip(const transaction& tx, const wei& base_fee) {
  if (tx.max_fee_per_gas < base_fee) return std::nullopt;
  return std::min<wei>(tx.max_priority_fee_per_gas, tx.max_fee_per_gas - base_fee);
}

wide_wei highest_cost(const transaction& tx) { return wide_wei{tx.max_fee_per_gas} * tx.gas_limit.value() + tx.value; }

} // namespace alys::domain
