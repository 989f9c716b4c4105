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

namespace alys::domain {

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

} // namespace alys::domain
