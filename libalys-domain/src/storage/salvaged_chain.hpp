// SPDX-License-Identifier: Apache-2.0
//
// Which chain the records of a damaged store still tell.
#pragma once

#include "salvage.hpp"

#include <alys/domain/chain/block.hpp>
#include <alys/domain/storage/chain_store.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace alys::domain {

// A block that is who its key says, with the payload that its header commits to.
struct salvaged_block {
  block_ref ref;
  block_id parent;
  hash256 transactions; // Keccak-256 of their hashes
  bool has_receipts = false;
};

// What the records say, without blocks and state themselves.
struct salvaged_records {
  std::optional<std::uint64_t> schema;
  std::optional<std::uint64_t> commit;
  std::optional<chain_progress> progress;
  bool progress_is_newest = false;
  std::unordered_map<block_id, salvaged_block> blocks;
  std::unordered_map<std::uint64_t, block_id> heights;
  std::vector<journaled_transaction> journal;
  bool has_state = false;                // of an embedded ledger, though not necessarily all of it
  std::map<char, std::uint64_t> damaged; // table -> records that fail their checks
  std::vector<std::string> examples;     // the first of them, by table and key
};

// Reads all there is.
[[nodiscard]] salvaged_records read_records(const salvage&);

// The head's chain from genesis up to the last block before the first that is missing, or lacks its receipts; empty if that is genesis. Follows what the progress
// record says, then the index of heights, then the rule of the fork choice: the longest, of equal ones that with the lower id.
[[nodiscard]] std::vector<block_ref> whole_chain(const salvaged_records&);

// The last final block of this chain: what the progress record says, and no block that is not on the chain. Where that record is not the
// newest, at least what the rule of finality makes of the chain.
[[nodiscard]] block_ref last_final_of(const salvaged_records&, const std::vector<block_ref>& chain);

} // namespace alys::domain
