// SPDX-License-Identifier: Apache-2.0
//
// A look at a whole state, part by part: that each node is there, hashes to its name and leads on to accounts. A part ends with a place among
// the keys, so that the next one can go on in the state of a later block, which has nearly all of its nodes from this one.
//
// ```cpp
// inline alys::result<std::uint64_t> count_nodes(const alys::domain::state_source& nodes, const alys::domain::hash256& root) {
//   std::uint64_t count = 0;
//   for (std::optional<alys::domain::bytes> at = alys::domain::bytes{}; at;) {
//     auto part = alys::domain::check_state_part(nodes, root, *at, 100);
//     if (!part) return part.error();
//     count += part->nodes;
//     at = std::move(part->next);
//   }
//   return count;
// }
// ```
#pragma once

#include <alys/actors/result.hpp>
#include <alys/domain/engine/state_source.hpp>
#include <alys/domain/primitives/bytes.hpp>
#include <alys/domain/primitives/hash.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>

namespace alys::domain {

struct checked_state_part {
  std::uint64_t nodes = 0;   // that were looked at, without those above where the part began
  std::optional<bytes> next; // where the next part begins; nothing: this was the last one
};

// Looks at up to `most` nodes of the state with this root, which is at least 1. `from` is where to begin: empty at the root, else the `next` of
// another part, also of another state. Fails with a trie_error that says where, or as the source does. A node costs a read and some 4 us; those
// above `from`, some ten, are read too.
[[nodiscard]] alys::result<checked_state_part> check_state_part(const state_source& nodes, const hash256& root, bytes_view from,
                                                                std::size_t most);

} // namespace alys::domain
