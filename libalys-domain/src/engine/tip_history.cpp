// SPDX-License-Identifier: Apache-2.0
//
// Suggested tips.
#include <alys/domain/engine/tip_history.hpp>

#include <algorithm>
#include <utility>

namespace alys::domain {

namespace {

constexpr std::size_t blocks_considered = 20;
constexpr std::size_t lowest_of_a_block = 3;
constexpr std::size_t percentile = 60;

} // namespace

void tip_history::record(std::span<const receipt> receipts, const wei& base_fee) {
  std::vector<wei> tips;
  tips.reserve(receipts.size());
  for (const auto& r : receipts) tips.push_back(r.effective_gas_price - base_fee);
  const auto kept = std::min(tips.size(), lowest_of_a_block);
  std::partial_sort(tips.begin(), tips.begin() + static_cast<std::ptrdiff_t>(kept), tips.end());
  tips.resize(kept);
  lowest_.push_back(std::move(tips));
  if (lowest_.size() > blocks_considered) lowest_.pop_front();
}

wei tip_history::suggest(const wei& fallback) const {
  std::vector<wei> all;
  for (const auto& tips : lowest_) all.insert(all.end(), tips.begin(), tips.end());
  if (all.empty()) return fallback;
  const auto chosen = all.begin() + static_cast<std::ptrdiff_t>((all.size() - 1) * percentile / 100);
  std::nth_element(all.begin(), chosen, all.end());
  return *chosen;
}

} // namespace alys::domain
