// SPDX-License-Identifier: Apache-2.0
//
// A state source in front of the store: what blocks have added and the store does not hold yet, and a bounded number of bytes of what was
// read lately, so that the upper levels of the trie are read from the store once.
//
// ```cpp
// inline void adopt(alys::domain::state_cache& nodes, const alys::domain::hash256& block, alys::domain::state_changes changes) {
//   nodes.hold(block, std::move(changes)); // readable at once
//   nodes.release(block);                  // when the store has them: from now on they may be forgotten
// }
// ```
#pragma once

#include <alys/domain/engine/state_source.hpp>
#include <alys/domain/primitives/bytes.hpp>
#include <alys/domain/primitives/hash.hpp>

#include <cstddef>
#include <unordered_map>
#include <vector>

namespace alys::domain {

// Not thread-safe, other than the source behind it.
class state_cache final : public state_source {
public:
  // Keeps `bytes_kept` to twice as many bytes of nodes that the store has too. The store must outlive the cache.
  state_cache(const state_source& store, std::size_t bytes_kept);

  [[nodiscard]] alys::result<std::optional<bytes>> node(const hash256& hash) const override;

  // Keeps a block's changes until they are released. Holding a block twice is holding it once.
  void hold(const hash256& block, state_changes changes);

  // The store has the block's changes. Does nothing for a block that is not held.
  void release(const hash256& block);

  // Blocks that are held.
  [[nodiscard]] std::size_t held_blocks() const noexcept { return blocks_.size(); }

private:
  struct held_node {
    bytes rlp;
    std::size_t holders = 0; // blocks that brought it: the same node can come from several
  };
  using node_map = std::unordered_map<hash256, bytes>;

  void keep(const hash256& hash, bytes rlp) const;

  const state_source& store_;
  std::size_t bytes_kept_;
  std::unordered_map<hash256, std::vector<hash256>> blocks_; // what each held block brought
  std::unordered_map<hash256, held_node> held_;

  // Two generations: what is used moves to the young one; when that is full it becomes the old one, and what nobody used meanwhile is gone.
  mutable node_map young_;
  mutable node_map old_;
  mutable std::size_t young_bytes_ = 0;
};

} // namespace alys::domain
