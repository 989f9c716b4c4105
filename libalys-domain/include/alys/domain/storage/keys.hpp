// SPDX-License-Identifier: Apache-2.0
//
// The tables of the store: what the first byte of a key means, and what follows it. docs/reference/storage.md has them byte by byte.
//
// ```cpp
// inline alys::domain::bytes first_block() { return alys::domain::key_of(alys::domain::store_table::height, 0); }
// ```
#pragma once

#include <alys/domain/primitives/bytes.hpp>

#include <cstdint>

namespace alys::domain {

enum class store_table : std::uint8_t {
  schema = 'v',         // one record: the version of all this
  commit = 'c',         // one record: the number of the last commit, counted from 1
  progress = 'p',       // one record: genesis, head, last final block, last vote
  block = 'b',          // block id -> block
  receipts = 'r',       // block id -> receipts of its transactions
  height = 'h',         // height, big-endian -> block id, on the chain of the head
  payload = 'x',        // hash of an execution block -> block id
  transaction = 't',    // transaction hash -> block and place, on the chain of the head
  node = 'n',           // hash -> RLP, of an embedded engine's state
  dropped = 'u',        // height, big-endian, and block id -> what the block's state no longer has of its parent's
  rewritten = 'm',      // hash of a node that came when it was there already -> which import wrote it last
  pruning = 's',        // one record: imports so far, and from which height on states are kept
  journal = 'j',        // number, big-endian -> accepted transaction that is in no block
  journal_number = 'k', // transaction hash -> its number in the journal
};

// What this program reads and writes.
inline constexpr std::uint32_t store_schema_version = 2;

[[nodiscard]] bytes key_of(store_table table);
[[nodiscard]] bytes key_of(store_table table, bytes_view rest);
// Big-endian, so that keys sort as the numbers do.
[[nodiscard]] bytes key_of(store_table table, std::uint64_t number);
[[nodiscard]] bytes key_of(store_table table, std::uint64_t number, bytes_view rest);

} // namespace alys::domain
