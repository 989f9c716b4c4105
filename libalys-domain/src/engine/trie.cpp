// SPDX-License-Identifier: Apache-2.0
//
// The Merkle-Patricia trie: walking, changing and hashing.
#include <alys/domain/engine/trie.hpp>

#include "trie_node.hpp"

#include <alys/domain/primitives/digest.hpp>

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace alys::domain {

using detail::branch_node;
using detail::extension_node;
using detail::leaf_node;
using detail::link;
using detail::link_to;
using detail::nibbles_view;
using detail::node;
using detail::node_reference;

namespace {

// The one form of "path, then target" where the target is loaded and may be a path itself: two paths in a row become one.
[[nodiscard]] link prepend(nibbles_view path, link target) {
  auto& content = target.loaded->content;
  if (auto* leaf = std::get_if<leaf_node>(&content)) return link_to(leaf_node{detail::join(path, leaf->path), std::move(leaf->value)});
  if (auto* next = std::get_if<extension_node>(&content)) {
    return link_to(extension_node{detail::join(path, next->path), std::move(next->child)});
  }
  return link_to(extension_node{to_bytes(path), std::move(target)});
}

// A link to `path`, then target, which is a branch; without a path, to the branch itself.
[[nodiscard]] link behind(nibbles_view path, link target) {
  if (path.empty()) return target;
  return link_to(extension_node{to_bytes(path), std::move(target)});
}

// Puts a value into a fresh branch: at the branch itself, or as a leaf below it.
void place(branch_node& branch, nibbles_view path, bytes value) {
  if (path.empty()) branch.value = std::move(value);
  else branch.children[path[0]] = link_to(leaf_node{to_bytes(path.subspan(1)), std::move(value)});
}

// A node that went and came back was there all the time. Each as often as it is there: keys that are no hashes may lead to equal nodes.
void leave_out_common(trie_commit& done) {
  std::unordered_map<hash256, std::size_t> went;
  for (const hash256& hash : done.dropped) ++went[hash];
  std::unordered_map<hash256, std::size_t> back;
  std::erase_if(done.nodes, [&](const state_change& node) {
    const auto same = went.find(node.hash);
    if (same == went.end() || same->second == 0) return false;
    --same->second;
    ++back[node.hash];
    return true;
  });
  std::erase_if(done.dropped, [&](const hash256& hash) {
    const auto same = back.find(hash);
    if (same == back.end() || same->second == 0) return false;
    --same->second;
    return true;
  });
}

} // namespace

struct trie::state {
  link root;
  const state_source* nodes = nullptr;
  std::vector<hash256> dropped; // since the last commit; some may come back

  [[nodiscard]] alys::result<void> load(link& at) const;
  [[nodiscard]] alys::result<std::optional<bytes>> get(nibbles_view path);

  [[nodiscard]] alys::result<void> put(link& at, nibbles_view path, bytes_view value);
  [[nodiscard]] alys::result<void> put_into(leaf_node&, link& at, nibbles_view path, bytes_view value);
  [[nodiscard]] alys::result<void> put_into(extension_node&, link& at, nibbles_view path, bytes_view value);
  [[nodiscard]] alys::result<void> put_into(branch_node&, link& at, nibbles_view path, bytes_view value);

  // These answer whether something was removed.
  [[nodiscard]] alys::result<bool> erase(link& at, nibbles_view path);
  [[nodiscard]] alys::result<bool> erase_from(leaf_node&, link& at, nibbles_view path);
  [[nodiscard]] alys::result<bool> erase_from(extension_node&, link& at, nibbles_view path);
  [[nodiscard]] alys::result<bool> erase_from(branch_node&, link& at, nibbles_view path);
  // Restores the form of a branch that lost an entry.
  [[nodiscard]] alys::result<void> shrink(branch_node&, link& at);
  // The node that this names is no longer part of the trie.
  void drop(const node_reference& name);

  void seal(link& at, state_changes& out);
  [[nodiscard]] hash256 seal_root(state_changes& out);
};

alys::result<void> trie::state::load(link& at) const {
  if (at.loaded) return {};
  const auto hash = at.reference.hash();
  if (!hash || nodes == nullptr) return alys::fail(trie_error::missing_node, "no source");
  auto encoding = nodes->node(*hash);
  if (!encoding) return encoding.error();
  if (!*encoding) return alys::fail(trie_error::missing_node, to_hex(*hash));
  auto decoded = detail::decode_node(**encoding);
  if (!decoded) return alys::fail(trie_error::damaged_node, to_hex(*hash) + ": " + decoded.error().text());
  at.loaded = *std::move(decoded);
  return {};
}

alys::result<std::optional<bytes>> trie::state::get(nibbles_view path) {
  link* at = &root;
  for (;;) {
    if (at->empty()) return std::optional<bytes>{};
    if (auto loaded = load(*at); !loaded) return loaded.error();
    auto& content = at->loaded->content;
    if (auto* leaf = std::get_if<leaf_node>(&content)) return equal(leaf->path, path) ? std::optional{leaf->value} : std::nullopt;
    if (auto* extension = std::get_if<extension_node>(&content)) {
      if (detail::common_prefix(extension->path, path) < extension->path.size()) return std::optional<bytes>{};
      path = path.subspan(extension->path.size());
      at = &extension->child;
      continue;
    }
    auto& branch = std::get<branch_node>(content);
    if (path.empty()) return branch.value.empty() ? std::nullopt : std::optional{branch.value};
    at = &branch.children[path[0]];
    path = path.subspan(1);
  }
}

alys::result<void> trie::state::put(link& at, nibbles_view path, bytes_view value) {
  if (at.empty()) {
    at = link_to(leaf_node{to_bytes(path), to_bytes(value)});
    return {};
  }
  if (auto loaded = load(at); !loaded) return loaded;
  drop(at.reference);
  auto done = std::visit([&](auto& content) { return put_into(content, at, path, value); }, at.loaded->content);
  if (done) at.reference = {};
  return done;
}

alys::result<void> trie::state::put_into(leaf_node& leaf, link& at, nibbles_view path, bytes_view value) {
  const auto common = detail::common_prefix(leaf.path, path);
  if (common == leaf.path.size() && common == path.size()) {
    leaf.value = to_bytes(value);
    return {};
  }
  branch_node branch;
  place(branch, nibbles_view{leaf.path}.subspan(common), std::move(leaf.value));
  place(branch, path.subspan(common), to_bytes(value));
  at = behind(path.first(common), link_to(std::move(branch)));
  return {};
}

alys::result<void> trie::state::put_into(extension_node& extension, link& at, nibbles_view path, bytes_view value) {
  const auto common = detail::common_prefix(extension.path, path);
  if (common == extension.path.size()) return put(extension.child, path.subspan(common), value);
  branch_node branch;
  const nibbles_view rest = nibbles_view{extension.path}.subspan(common);
  branch.children[rest[0]] = behind(rest.subspan(1), std::move(extension.child));
  place(branch, path.subspan(common), to_bytes(value));
  at = behind(path.first(common), link_to(std::move(branch)));
  return {};
}

alys::result<void> trie::state::put_into(branch_node& branch, link&, nibbles_view path, bytes_view value) {
  if (!path.empty()) return put(branch.children[path[0]], path.subspan(1), value);
  branch.value = to_bytes(value);
  return {};
}

alys::result<bool> trie::state::erase(link& at, nibbles_view path) {
  if (at.empty()) return false;
  if (auto loaded = load(at); !loaded) return loaded.error();
  const node_reference before = at.reference;
  auto removed = std::visit([&](auto& content) { return erase_from(content, at, path); }, at.loaded->content);
  if (!removed || !*removed) return removed;
  drop(before);
  at.reference = {};
  return true;
}

alys::result<bool> trie::state::erase_from(leaf_node& leaf, link& at, nibbles_view path) {
  if (!equal(leaf.path, path)) return false;
  at = {};
  return true;
}

alys::result<bool> trie::state::erase_from(extension_node& extension, link& at, nibbles_view path) {
  if (detail::common_prefix(extension.path, path) < extension.path.size()) return false;
  auto removed = erase(extension.child, path.subspan(extension.path.size()));
  if (removed && *removed) at = prepend(extension.path, std::move(extension.child));
  return removed;
}

alys::result<bool> trie::state::erase_from(branch_node& branch, link& at, nibbles_view path) {
  if (path.empty()) {
    if (branch.value.empty()) return false;
    branch.value.clear();
  } else {
    auto removed = erase(branch.children[path[0]], path.subspan(1));
    if (!removed || !*removed) return removed;
  }
  if (auto shrunk = shrink(branch, at); !shrunk) return shrunk.error();
  return true;
}

// The last child of a branch takes up the path to it: a leaf or an extension becomes another one, a branch stays.
alys::result<void> trie::state::shrink(branch_node& branch, link& at) {
  const auto occupied = [](const link& child) { return !child.empty(); };
  const auto only = std::ranges::find_if(branch.children, occupied);
  if (only == branch.children.end()) {
    at = link_to(leaf_node{{}, std::move(branch.value)});
    return {};
  }
  if (!branch.value.empty() || std::find_if(only + 1, branch.children.end(), occupied) != branch.children.end()) return {};
  if (auto loaded = load(*only); !loaded) return loaded;
  if (!std::holds_alternative<branch_node>(only->loaded->content)) drop(only->reference);
  const auto nibble = static_cast<std::uint8_t>(only - branch.children.begin());
  at = prepend(nibbles_view{&nibble, 1}, std::move(*only));
  return {};
}

void trie::state::drop(const node_reference& name) {
  if (const auto hash = name.hash()) dropped.push_back(*hash);
}

void trie::state::seal(link& at, state_changes& out) {
  if (!at.changed()) return;
  if (auto* extension = std::get_if<extension_node>(&at.loaded->content)) seal(extension->child, out);
  if (auto* branch = std::get_if<branch_node>(&at.loaded->content)) {
    for (auto& child : branch->children) seal(child, out);
  }
  bytes encoding = detail::encode_node(*at.loaded);
  if (encoding.size() < hash256::size()) {
    at.reference = node_reference::in_place(encoding);
    return;
  }
  const hash256 hash = keccak256(encoding);
  at.reference = node_reference::to_hash(hash);
  out.push_back({.hash = hash, .rlp = std::move(encoding)});
}

hash256 trie::state::seal_root(state_changes& out) {
  if (root.empty()) return empty_trie_root;
  seal(root, out);
  if (const auto hash = root.reference.hash()) return *hash;
  bytes encoding = to_bytes(root.reference.encoding()); // a root is named by its hash however short it is
  const hash256 hash = keccak256(encoding);
  root.reference = node_reference::to_hash(hash);
  out.push_back({.hash = hash, .rlp = std::move(encoding)});
  return hash;
}

trie::trie() : state_(std::make_unique<state>()) {}

trie::trie(const hash256& root, const state_source& nodes) : trie() {
  state_->nodes = &nodes;
  if (root != empty_trie_root) state_->root.reference = node_reference::to_hash(root);
}

trie::trie(trie&&) noexcept = default;
trie& trie::operator=(trie&&) noexcept = default;
trie::~trie() = default;

alys::result<std::optional<bytes>> trie::get(bytes_view key) { return state_->get(detail::to_nibbles(key)); }

alys::result<void> trie::put(bytes_view key, bytes_view value) {
  if (value.empty()) return erase(key);
  return state_->put(state_->root, detail::to_nibbles(key), value);
}

alys::result<void> trie::erase(bytes_view key) {
  auto removed = state_->erase(state_->root, detail::to_nibbles(key));
  if (!removed) return removed.error();
  return {};
}

trie_commit trie::commit() {
  trie_commit done;
  done.root = state_->seal_root(done.nodes);
  done.dropped = std::exchange(state_->dropped, {});
  leave_out_common(done);
  return done;
}

} // namespace alys::domain
