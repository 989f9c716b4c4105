// SPDX-License-Identifier: Apache-2.0
//
// What to say of a state that is damaged.
#pragma once

#include <alys/actors/error.hpp>
#include <alys/domain/engine/trie.hpp>

#include <string>

namespace alys::domain {

// An error of a trie with the words that an operator needs; others, those of the store, have them already. `whose`: "block 0x12…".
[[nodiscard]] inline error state_damage(const error& what, const std::string& whose) {
  const bool missing = what == trie_error::missing_node;
  if (!missing && what != trie_error::damaged_node) return what;
  return fail(missing ? trie_error::missing_node : trie_error::damaged_node,
              "the state of " + whose + (missing ? " lacks the node " : " is damaged at the node ") + what.text() +
                  ". Restore the folder from a copy, or let alysd repair show what can be kept of it");
}

} // namespace alys::domain
