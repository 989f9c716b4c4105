// SPDX-License-Identifier: Apache-2.0
//
// Nodes of the Merkle-Patricia trie in memory and as RLP (Ethereum yellow paper, appendix D). Private to the trie.
//
// A node hangs on a link. The link knows how its parent refers to the node (the node's hash, or the node's own RLP where that is shorter
// than a hash), or has the node in memory, or both; a link with a node and no reference is one that changed since the last commit.
#pragma once

#include <alys/actors/result.hpp>
#include <alys/domain/primitives/bytes.hpp>
#include <alys/domain/primitives/hash.hpp>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <variant>

namespace alys::domain::detail {

// A path, one half-byte an element.
using nibbles = bytes;
using nibbles_view = bytes_view;

[[nodiscard]] nibbles to_nibbles(bytes_view key);
[[nodiscard]] std::size_t common_prefix(nibbles_view a, nibbles_view b) noexcept;
[[nodiscard]] nibbles join(nibbles_view head, nibbles_view tail);

// How a parent's RLP names a child: 0xa0 and its hash, or its RLP in place. Empty: no child, or not known.
class node_reference {
public:
  node_reference() noexcept = default;
  [[nodiscard]] static node_reference to_hash(const hash256&);
  // `encoding` is shorter than a hash.
  [[nodiscard]] static node_reference in_place(bytes_view encoding);

  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  [[nodiscard]] bytes_view encoding() const noexcept { return bytes_view{content_}.first(size_); }
  // The hash; nothing if the node stands in place.
  [[nodiscard]] std::optional<hash256> hash() const;

private:
  static constexpr std::size_t longest = hash256::size() + 1;
  std::array<std::uint8_t, longest> content_{};
  std::uint8_t size_ = 0;
};

struct node;

struct link {
  node_reference reference;
  std::unique_ptr<node> loaded;

  [[nodiscard]] bool empty() const noexcept { return reference.empty() && !loaded; }
  [[nodiscard]] bool changed() const noexcept { return reference.empty() && loaded; }
};

struct leaf_node {
  nibbles path;
  bytes value;
};

struct extension_node {
  nibbles path; // never empty
  link child;   // a branch
};

struct branch_node {
  std::array<link, 16> children;
  bytes value; // of the key that ends here; empty: none
};

struct node {
  std::variant<leaf_node, extension_node, branch_node> content;
};

// A link to a new node.
template <class T>
[[nodiscard]] link link_to(T content) {
  return {.reference = {}, .loaded = std::make_unique<node>(node{std::move(content)})};
}

// The node's RLP. All links below have their references.
[[nodiscard]] bytes encode_node(const node&);

// The node of which this is the RLP, with children that stand in place decoded too. Refuses with an rlp_error or damaged_node. Total.
[[nodiscard]] alys::result<std::unique_ptr<node>> decode_node(bytes_view encoding);

} // namespace alys::domain::detail
