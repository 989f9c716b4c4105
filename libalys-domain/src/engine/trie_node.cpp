// SPDX-License-Identifier: Apache-2.0
//
// Nodes of the Merkle-Patricia trie to RLP and back.
#include "trie_node.hpp"

#include <alys/domain/engine/rlp.hpp>
#include <alys/domain/engine/trie.hpp>

#include <algorithm>
#include <string>

namespace alys::domain::detail {

namespace {

constexpr std::uint8_t odd_flag = 0x10;  // hex-prefix encoding: the path has an odd number of nibbles
constexpr std::uint8_t leaf_flag = 0x20; // and the node is a leaf

// Hex-prefix encoding (appendix C): flags, then the path two nibbles a byte.
[[nodiscard]] bytes compact(nibbles_view path, bool is_leaf) {
  bytes out;
  out.reserve(1 + path.size() / 2);
  const bool odd = path.size() % 2 == 1;
  out.push_back(static_cast<std::uint8_t>((is_leaf ? leaf_flag : 0) | (odd ? odd_flag | path[0] : 0)));
  for (std::size_t i = odd ? 1 : 0; i < path.size(); i += 2) out.push_back(static_cast<std::uint8_t>((path[i] << 4U) | path[i + 1]));
  return out;
}

struct short_path {
  bool is_leaf = false;
  nibbles path;
};

[[nodiscard]] std::optional<short_path> expand(bytes_view encoded) {
  if (encoded.empty() || encoded[0] >= 2 * leaf_flag) return std::nullopt;
  const bool odd = (encoded[0] & odd_flag) != 0;
  if (!odd && (encoded[0] & 0x0fU) != 0) return std::nullopt;
  short_path out{.is_leaf = (encoded[0] & leaf_flag) != 0, .path = to_nibbles(encoded)};
  out.path.erase(out.path.begin(), out.path.begin() + (odd ? 1 : 2));
  return out;
}

[[nodiscard]] alys::error damaged(const char* what) { return alys::fail(trie_error::damaged_node, what); }

[[nodiscard]] alys::result<link> decode_link(const rlp_item& item) {
  if (item.is_list) {
    if (item.encoding.size() >= hash256::size()) return damaged("a node in place that is too long for it");
    auto inner = decode_node(item.encoding);
    if (!inner) return inner.error();
    return link{.reference = node_reference::in_place(item.encoding), .loaded = *std::move(inner)};
  }
  if (item.payload.empty()) return link{};
  const auto hash = hash256::from(item.payload);
  if (!hash) return damaged("a reference that is no hash");
  return link{.reference = node_reference::to_hash(*hash), .loaded = nullptr};
}

[[nodiscard]] alys::result<std::unique_ptr<node>> decode_branch(rlp_reader items) {
  branch_node branch;
  for (auto& child : branch.children) {
    auto decoded = decode_link(items.item());
    if (!decoded) return decoded.error();
    child = *std::move(decoded);
  }
  branch.value = to_bytes(items.string());
  if (!items.finish()) return damaged("a branch with other than 17 items");
  return std::make_unique<node>(node{std::move(branch)});
}

[[nodiscard]] alys::result<std::unique_ptr<node>> decode_short(rlp_reader items) {
  auto head = expand(items.string());
  const rlp_item tail = items.item();
  if (!items.finish() || !head) return damaged("a path that is not hex-prefix encoded");
  if (head->is_leaf) {
    if (tail.is_list || tail.payload.empty()) return damaged("a leaf without a value");
    return std::make_unique<node>(node{leaf_node{std::move(head->path), to_bytes(tail.payload)}});
  }
  auto child = decode_link(tail);
  if (!child) return child.error();
  if (head->path.empty() || child->empty()) return damaged("an extension that leads nowhere");
  return std::make_unique<node>(node{extension_node{std::move(head->path), *std::move(child)}});
}

[[nodiscard]] bytes encode(const leaf_node& leaf) { return rlp_list{}.string(compact(leaf.path, true)).string(leaf.value).encode(); }

[[nodiscard]] bytes encode(const extension_node& extension) {
  return rlp_list{}.string(compact(extension.path, false)).encoded(extension.child.reference.encoding()).encode();
}

[[nodiscard]] bytes encode(const branch_node& branch) {
  rlp_list items;
  for (const auto& child : branch.children) {
    if (child.empty()) items.string({});
    else items.encoded(child.reference.encoding());
  }
  return items.string(branch.value).encode();
}

} // namespace

nibbles to_nibbles(bytes_view key) {
  nibbles path;
  path.reserve(2 * key.size());
  for (const auto byte : key) {
    path.push_back(byte >> 4U);
    path.push_back(byte & 0x0fU);
  }
  return path;
}

std::size_t common_prefix(nibbles_view a, nibbles_view b) noexcept {
  return static_cast<std::size_t>(std::ranges::mismatch(a, b).in1 - a.begin());
}

nibbles join(nibbles_view head, nibbles_view tail) {
  nibbles path = to_bytes(head);
  append(path, tail);
  return path;
}

node_reference node_reference::to_hash(const hash256& hash) {
  node_reference reference;
  reference.content_[0] = 0xa0; // the RLP header of 32 bytes
  std::ranges::copy(hash, reference.content_.begin() + 1);
  reference.size_ = longest;
  return reference;
}

node_reference node_reference::in_place(bytes_view encoding) {
  node_reference reference;
  std::ranges::copy(encoding, reference.content_.begin());
  reference.size_ = static_cast<std::uint8_t>(encoding.size());
  return reference;
}

std::optional<hash256> node_reference::hash() const {
  if (size_ != longest) return std::nullopt;
  hash256 hash;
  std::copy(content_.begin() + 1, content_.end(), hash.data());
  return hash;
}

bytes encode_node(const node& n) {
  return std::visit([](const auto& content) { return encode(content); }, n.content);
}

alys::result<std::unique_ptr<node>> decode_node(bytes_view encoding) {
  const auto items = rlp_reader::whole_list(encoding);
  rlp_reader counting = items;
  std::size_t count = 0;
  for (; !counting.at_end(); ++count) (void)counting.item();
  if (counting.error() != rlp_error::none) return damaged("no RLP list");
  return count == 2 ? decode_short(items) : decode_branch(items);
}

} // namespace alys::domain::detail
