// SPDX-License-Identifier: Apache-2.0
//
// Blocks that were read from the store a short while ago. Decoding one with a thousand transfers takes about a millisecond, finding it here
// less than a microsecond.
//
// ```cpp
// inline bool at_hand(alys::domain::block_cache& cache, const alys::domain::block_id& id) { return cache.find(id) != nullptr; }
// ```
#pragma once

#include <alys/domain/storage/stored_block.hpp>

#include <cstddef>
#include <unordered_map>

namespace alys::domain {

// Two generations: what is used moves to the young one; when that is full, it becomes the old one, and the old one goes. Not thread-safe.
class block_cache {
public:
  // Each generation holds about so many bytes, and always at least one block.
  explicit block_cache(std::size_t bytes_kept) noexcept : bytes_kept_(bytes_kept) {}

  // The block, or null.
  [[nodiscard]] stored_block_ptr find(const block_id& id);
  // Adds a block, or replaces it. `block` is not null.
  void put(const block_id& id, stored_block_ptr block);

private:
  std::size_t bytes_kept_;
  std::unordered_map<block_id, stored_block_ptr> young_;
  std::unordered_map<block_id, stored_block_ptr> old_;
  std::size_t young_bytes_ = 0;
};

} // namespace alys::domain
