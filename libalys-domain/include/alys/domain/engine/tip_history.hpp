// SPDX-License-Identifier: Apache-2.0
//
// What the latest blocks were paid, and from it what a new transaction should offer: the 60th percentile of the three lowest tips of each
// of the last 20 blocks, which is how geth's gas price oracle answers eth_maxPriorityFeePerGas.
//
// ```cpp
// inline alys::domain::wei without_blocks() { return alys::domain::tip_history{}.suggest(5); } // 5
// ```
#pragma once

#include <alys/domain/engine/receipt.hpp>
#include <alys/domain/primitives/wei.hpp>

#include <deque>
#include <span>
#include <vector>

namespace alys::domain {

class tip_history {
public:
  // A block that joined the chain.
  void record(std::span<const receipt> receipts, const wei& base_fee);

  // The suggestion, per gas; `fallback` while the blocks recorded had no transactions.
  [[nodiscard]] wei suggest(const wei& fallback) const;

private:
  std::deque<std::vector<wei>> lowest_; // of each block, the oldest block first
};

} // namespace alys::domain
