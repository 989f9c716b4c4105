// SPDX-License-Identifier: Apache-2.0
//
// A block with what the store keeps beside it.
//
// ```cpp
// inline std::size_t transactions(const alys::domain::stored_block& b) { return b.block.payload.transactions.size(); }
// ```
#pragma once

#include <alys/domain/chain/block.hpp>
#include <alys/domain/engine/receipt.hpp>

#include <memory>
#include <vector>

namespace alys::domain {

struct stored_block {
  domain::block block;
  std::vector<receipt> receipts; // in the order of the payload's transactions
  bool final = false;
};

// Blocks go from hand to hand without being copied: one with a thousand transfers takes a megabyte.
using stored_block_ptr = std::shared_ptr<const stored_block>;

} // namespace alys::domain
