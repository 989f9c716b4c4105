// SPDX-License-Identifier: Apache-2.0
//
// eth_feeHistory: what gas cost in past blocks, and what was paid on top at chosen percentiles of the gas used.
#include "eth_json.hpp"

#include <alys/domain/api/eth_encoding.hpp>
#include <alys/domain/engine/fee_market.hpp>

#include <algorithm>
#include <utility>
#include <vector>

namespace alys::domain::eth {

namespace {

// The tips of a block at these percentiles of its gas, from the cheapest; zeros for an empty block.
json rewards(const stored_block& found, std::span<const double> percentiles) {
  const auto& payload = found.block.payload;
  std::vector<std::pair<wei, std::uint64_t>> paid; // tip, gas
  for (const auto& outcome : found.receipts)
    paid.emplace_back(outcome.effective_gas_price - payload.base_fee_per_gas, outcome.gas_used.value());
  std::ranges::stable_sort(paid, {}, &std::pair<wei, std::uint64_t>::first);
  auto list = json::array();
  std::size_t at = 0;
  std::uint64_t gas_so_far = paid.empty() ? 0 : paid.front().second;
  for (const double percentile : percentiles) {
    const auto threshold = static_cast<std::uint64_t>(static_cast<double>(payload.gas_used.value()) * percentile / 100);
    while (gas_so_far < threshold && at + 1 < paid.size()) gas_so_far += paid[++at].second;
    list.push_back(paid.empty() ? "0x0" : to_quantity(paid[at].first));
  }
  return list;
}

} // namespace

json fee_history(const fee_history_query& query, std::span<const stored_block_ptr> blocks) {
  auto base_fees = json::array();
  auto ratios = json::array();
  auto rewarded = json::array();
  for (const auto& each : blocks) {
    const auto& payload = each->block.payload;
    base_fees.push_back(to_quantity(payload.base_fee_per_gas));
    ratios.push_back(static_cast<double>(payload.gas_used.value()) / static_cast<double>(payload.gas_limit.value()));
    if (query.percentiles) rewarded.push_back(rewards(*each, *query.percentiles));
  }
  const auto& newest = blocks.back()->block.payload;
  base_fees.push_back(to_quantity(next_base_fee({newest.gas_limit, newest.gas_used, newest.base_fee_per_gas})));
  json out;
  out["oldestBlock"] = to_quantity(blocks.front()->block.payload.block_number);
  if (query.percentiles) out["reward"] = std::move(rewarded);
  out["baseFeePerGas"] = std::move(base_fees);
  out["gasUsedRatio"] = std::move(ratios);
  return out;
}

} // namespace alys::domain::eth
