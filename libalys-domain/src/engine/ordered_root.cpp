// SPDX-License-Identifier: Apache-2.0
//
// The root of a list.
#include <alys/domain/engine/ordered_root.hpp>
#include <alys/domain/engine/rlp.hpp>
#include <alys/domain/engine/trie.hpp>

namespace alys::domain {

hash256 ordered_root(std::span<const bytes> items) {
  trie list;
  for (std::size_t i = 0; i < items.size(); ++i) list.put(rlp_integer(i), items[i]).value(); // a trie without a source cannot fail
  return list.commit().root;
}

} // namespace alys::domain
