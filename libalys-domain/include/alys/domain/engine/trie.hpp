// SPDX-License-Identifier: Apache-2.0
//
// The Merkle-Patricia trie (Ethereum yellow paper, appendix D): a map from bytes to bytes with one hash, its root, that depends on the
// content alone. Nodes are loaded from a source when a path needs them, and a commit hashes and hands out only what changed, so that the
// cost of a block follows the accounts that it touched and not the size of the state. It also names the nodes that became superfluous by
// that: the trie consists of what it consisted of before, with the new ones and without these.
//
// ```cpp
// inline alys::result<alys::domain::hash256> root_of_one() {
//   alys::domain::trie t;
//   if (auto put = t.put(alys::domain::bytes_of("dog"), alys::domain::bytes_of("puppy")); !put) return put.error();
//   return t.commit().root;
// }
// ```
#pragma once

#include <alys/actors/result.hpp>
#include <alys/domain/engine/account.hpp>
#include <alys/domain/engine/state_source.hpp>
#include <alys/domain/primitives/bytes.hpp>
#include <alys/domain/primitives/hash.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace alys::domain {

// What is wrong with stored state. Both are failures of category corruption.
enum class trie_error : std::uint8_t {
  none,
  missing_node, // the source does not have a node that the trie refers to
  damaged_node, // what the source has is no node
};
[[nodiscard]] constexpr alys::classification alys_classify(trie_error) noexcept { return {.category = alys::category::corruption}; }
ALYS_ERRORS(trie_error, missing_node, damaged_node)

// What a commit yields.
struct trie_commit {
  hash256 root{};
  state_changes nodes{};          // of the trie now and not at the last commit, children before parents
  std::vector<hash256> dropped{}; // of the trie at the last commit and not now
};

// Not thread-safe. Keys of any length, though no more than some hundred bytes (each nibble can be a level of recursion). After an error of
// put or erase the content is undefined: drop the trie.
class trie {
public:
  // Without entries; needs no source.
  trie();
  // The trie with this root, whose nodes are in the source. The source must outlive the trie.
  trie(const hash256& root, const state_source& nodes);
  trie(trie&&) noexcept;
  trie& operator=(trie&&) noexcept;
  ~trie();

  // The value, or nothing. Fails with a trie_error, or as the source does.
  [[nodiscard]] alys::result<std::optional<bytes>> get(bytes_view key);

  // Sets the value; an empty value erases the key. Fails as get does.
  [[nodiscard]] alys::result<void> put(bytes_view key, bytes_view value);

  // Removes the key; does nothing if there is none. Fails as get does.
  [[nodiscard]] alys::result<void> erase(bytes_view key);

  // The root and the nodes that are new. The trie can be used on.
  [[nodiscard]] trie_commit commit();

private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace alys::domain
