// SPDX-License-Identifier: Apache-2.0
//
// Removes states of the embedded ledger that are no longer kept. An import writes down which nodes of its parent's state its own has not, and which of
// those that it writes the store had already. When a block is far enough below the last final one, what it dropped goes, unless a later import has
// written it again. docs/adr/0017 says why no state that is kept loses anything by that.
#pragma once

#include "record_reader.hpp"

#include <alys/domain/storage/import_batch.hpp>
#include <alys/domain/storage/records.hpp>

#include <leveldb/write_batch.h>

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

namespace alys::domain {

// The block at this height of the head's chain, as it will be after the commit.
using chain_index = std::function<result<std::optional<block_id>>(block_height)>;

class state_pruner {
public:
  // `keep_states`: of how many final blocks; 0: of all.
  state_pruner(const record_reader& reader, leveldb::WriteBatch& batch, pruning_progress at, std::uint64_t keep_states)
      : reader_(reader), batch_(batch), progress_(at), keep_states_(keep_states) {}

  // Notes what an import writes again and drops. `stored`: the block was there before, and all was noted when it came first. Fails with damaged
  // or io_failed.
  [[nodiscard]] result<void> add(const import_batch& import, bool stored);
  // Removes what is due, after all imports of a commit. A commit removes a limited number of states: what is left is for the next ones.
  // Fails with damaged, io_failed or not_consistent.
  [[nodiscard]] result<void> prune(const block_ref& last_final, const chain_index& chain);

  // After what was added and pruned.
  [[nodiscard]] const pruning_progress& progress() const noexcept { return progress_; }

private:
  using branches = std::vector<std::pair<block_id, dropped_state>>; // the blocks of a height

  [[nodiscard]] result<std::map<std::uint64_t, branches>> find_due(block_height until) const;
  [[nodiscard]] result<void> remove_dropped(const dropped_state& dropped);
  [[nodiscard]] result<bool> is_known(const hash256& node);
  [[nodiscard]] result<std::optional<std::uint64_t>> last_rewritten(const hash256& node) const;

  const record_reader& reader_;
  leveldb::WriteBatch& batch_;
  pruning_progress progress_;
  std::uint64_t keep_states_;
  // By this commit:
  std::map<std::uint64_t, branches> dropped_;
  std::unordered_set<hash256> written_;
  std::unordered_map<hash256, std::uint64_t> rewritten_;
};

} // namespace alys::domain
