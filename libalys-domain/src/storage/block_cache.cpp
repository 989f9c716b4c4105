// SPDX-License-Identifier: Apache-2.0
//
// Blocks at hand.
#include <alys/domain/storage/block_cache.hpp>

#include <alys/domain/chain/limits.hpp>

#include <utility>

namespace alys::domain {

stored_block_ptr block_cache::find(const block_id& id) {
  if (const auto found = young_.find(id); found != young_.end()) return found->second;
  auto found = old_.extract(id);
  if (found.empty()) return nullptr;
  put(id, found.mapped());
  return std::move(found.mapped());
}

void block_cache::put(const block_id& id, stored_block_ptr block) {
  if (young_bytes_ >= bytes_kept_) {
    old_ = std::exchange(young_, {});
    young_bytes_ = 0;
  }
  const std::size_t size = encoded_size(block->block) + block->receipts.size() * sizeof(receipt);
  if (young_.insert_or_assign(id, std::move(block)).second) young_bytes_ += size;
}

} // namespace alys::domain
