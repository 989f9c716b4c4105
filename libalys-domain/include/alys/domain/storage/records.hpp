// SPDX-License-Identifier: Apache-2.0
//
// The values of the store: their encodings, and the checksum that every value carries over its own key and content. LevelDB's checksums
// cover blocks of its files; ours also finds a record that stands under another's key, or that a bug of memory changed before it was written.
//
// ```cpp
// inline bool survives(alys::domain::bytes_view key, alys::domain::bytes_view content) {
//   const auto stored = alys::domain::seal_record(key, content);
//   const auto read = alys::domain::open_record(key, stored);
//   return read && alys::domain::equal(*read, content);
// }
// ```
#pragma once

#include <alys/domain/storage/chain_store.hpp>

#include <utility>

namespace alys::domain {

// What a block's state no longer has of its parent's. The imports of a store are counted, whatever branch they are on: `import` is the block's number.
struct dropped_state {
  std::uint64_t import = 0; // from 1
  std::vector<hash256> nodes;

  friend bool operator==(const dropped_state&, const dropped_state&) = default;
};

// How far states were pruned.
struct pruning_progress {
  std::uint64_t imports = 0; // so far
  block_height first_kept{}; // below it, states of final blocks may lack nodes

  friend bool operator==(const pruning_progress&, const pruning_progress&) = default;
};

// Content behind its checksum: the first 8 bytes of SHA-256 over key and content.
[[nodiscard]] bytes seal_record(bytes_view key, bytes_view content);
// The content. Fails with store_error::damaged.
[[nodiscard]] result<bytes_view> open_record(bytes_view key, bytes_view record);

// Encodings of contents. Decoders are total; they fail with store_error::damaged.
[[nodiscard]] bytes encode_number(std::uint64_t);
[[nodiscard]] result<std::uint64_t> decode_number(bytes_view);
[[nodiscard]] result<block_id> decode_block_id(bytes_view);
[[nodiscard]] bytes encode_progress(const chain_progress&);
[[nodiscard]] result<chain_progress> decode_progress(bytes_view);
[[nodiscard]] bytes encode_receipts(const std::vector<receipt>&);
[[nodiscard]] result<std::vector<receipt>> decode_receipts(bytes_view);
[[nodiscard]] bytes encode_place(const transaction_place&);
[[nodiscard]] result<transaction_place> decode_place(bytes_view);
[[nodiscard]] bytes encode_journaled(const journaled_transaction&);
[[nodiscard]] result<journaled_transaction> decode_journaled(bytes_view);
[[nodiscard]] bytes encode_dropped(const dropped_state&);
[[nodiscard]] result<dropped_state> decode_dropped(bytes_view);
// Height and block of such a record, by its whole key.
[[nodiscard]] result<std::pair<block_height, block_id>> decode_dropped_key(bytes_view key);
[[nodiscard]] bytes encode_pruning(const pruning_progress&);
[[nodiscard]] result<pruning_progress> decode_pruning(bytes_view);

} // namespace alys::domain
