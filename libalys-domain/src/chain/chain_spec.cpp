// SPDX-License-Identifier: Apache-2.0
//
// Which specs a chain can run by.
#include <alys/domain/chain/chain_spec.hpp>

#include <algorithm>
#include <functional>
#include <set>
#include <stdexcept>

namespace alys::domain {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t least_gas_limit = 5'000;

[[nodiscard]] bool all_different_points(const std::vector<schnorr_public_key>& keys) {
  const std::set<schnorr_public_key> distinct(keys.begin(), keys.end());
  return distinct.size() == keys.size() && std::ranges::all_of(keys, is_point);
}

[[nodiscard]] bool forks_ascend(const std::vector<fork_activation>& forks) {
  if (forks.empty() || forks.front().from != block_height{0}) return false;
  return std::ranges::adjacent_find(forks, [](const auto& a, const auto& b) { return b.from <= a.from || b.fork <= a.fork; }) ==
         forks.end();
}

[[nodiscard]] bool accounts_ascend(const std::vector<genesis_account>& accounts) {
  return std::ranges::adjacent_find(accounts, std::greater_equal{}, &genesis_account::address) == accounts.end();
}

// The same bounds as the embedded ledger has, so that no spec passes here and fails there.
[[nodiscard]] wei supply_limit() { return wei{1} << 255U; }
[[nodiscard]] wei base_fee_limit() { return wei{1} << 128U; }

[[nodiscard]] bool supply_fits(const std::vector<genesis_account>& accounts) {
  wei left = supply_limit() - 1;
  for (const genesis_account& account : accounts) {
    if (account.balance > left) return false;
    left -= account.balance;
  }
  return true;
}

} // namespace

alys::result<void> check(const chain_spec& spec) {
  if (spec.chain_id == 0) return alys::refuse(spec_error::bad_chain_id, "0; at least 1 is allowed");
  if (spec.slot_duration < 100ms || spec.slot_duration > 1h) {
    return alys::refuse(spec_error::bad_slot_duration, std::to_string(spec.slot_duration.count()) + " ms; 100 ms to 1 h are allowed");
  }
  if (spec.max_drift < 0ms || spec.max_drift > 1min) {
    return alys::refuse(spec_error::bad_drift, std::to_string(spec.max_drift.count()) + " ms; 0 to 1 min are allowed");
  }
  if (spec.gas_limit < gas{least_gas_limit}) {
    return alys::refuse(spec_error::bad_gas_limit, std::to_string(spec.gas_limit.value()) + "; at least 5000 is allowed");
  }
  if (spec.base_fee == 0 || spec.base_fee >= base_fee_limit()) {
    return alys::refuse(spec_error::bad_base_fee, spec.base_fee.str() + "; at least 1 and less than 2^128 is allowed");
  }
  if (!forks_ascend(spec.forks)) return alys::refuse(spec_error::bad_forks, "they start at height 0 and ascend, height and number");
  if (spec.authorities.empty() || spec.authorities.size() > max_authorities || !all_different_points(spec.authorities)) {
    return alys::refuse(spec_error::bad_authorities, "1 to " + std::to_string(max_authorities) + " different public keys are allowed");
  }
  if (!all_different_points(spec.federation)) return alys::refuse(spec_error::bad_federation, "only different public keys are allowed");
  if (!accounts_ascend(spec.accounts)) return alys::refuse(spec_error::bad_accounts, "they ascend by address, none twice");
  if (std::ranges::any_of(spec.accounts, [](const genesis_account& a) { return a.balance == 0; })) {
    return alys::refuse(spec_error::bad_accounts, "each holds at least 1 wei");
  }
  if (!supply_fits(spec.accounts)) return alys::refuse(spec_error::bad_accounts, "together they hold less than 2^255 wei");
  return {};
}

fork_id fork_at(const chain_spec& spec, block_height height) {
  const auto next = std::ranges::upper_bound(spec.forks, height, {}, &fork_activation::from);
  if (next == spec.forks.begin()) throw std::invalid_argument("a chain spec without a fork at height 0");
  return std::prev(next)->fork;
}

} // namespace alys::domain
