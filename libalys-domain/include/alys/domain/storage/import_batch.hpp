// SPDX-License-Identifier: Apache-2.0
//
// Everything that one import changes, to be written in one atomic step: the block and its indexes, the head, the last final block, the
// vote that the block carries, receipts, and the engine's state. There is no state of the chain on disk that is only half of a batch.
//
// ```cpp
// inline alys::domain::import_batch genesis_of(alys::domain::block first, alys::domain::block_ref ref, alys::domain::state_changes state) {
//   return {.contents = std::move(first), .ref = ref, .state_changes = std::move(state), .applied = {ref}, .head = ref, .last_final = ref};
// }
// ```
#pragma once

#include <alys/domain/chain/block.hpp>
#include <alys/domain/chain/vote.hpp>
#include <alys/domain/engine/receipt.hpp>
#include <alys/domain/engine/state_source.hpp>

#include <optional>
#include <vector>

namespace alys::domain {

struct import_batch {
  block contents;
  block_ref ref;                            // of this block
  std::vector<receipt> receipts = {};       // in the order of its transactions
  domain::state_changes state_changes = {}; // of an embedded engine
  std::vector<hash256> dropped_nodes = {};  // likewise: what the parent's state has and this block's has not
  std::vector<block_ref> undone = {};       // leave the chain of the head, newest first: their transactions are in the journal again
  std::vector<block_ref> applied = {};      // join it, oldest first; this block is among them if it becomes the head
  std::optional<block_ref> head = {};       // the new head, if it changes
  std::optional<block_ref> last_final = {}; // the new last final block, if it changes
  std::optional<vote_lock> vote = {};       // of this node's authority, which signed the block
};

} // namespace alys::domain
