// SPDX-License-Identifier: Apache-2.0
//
// Walking a state in the order of its keys.
#include <alys/domain/engine/state_check.hpp>

#include "trie_node.hpp"

#include <alys/domain/engine/account.hpp>
#include <alys/domain/engine/trie.hpp>
#include <alys/domain/primitives/digest.hpp>

#include <algorithm>
#include <string>

namespace alys::domain {

using detail::nibbles;
using detail::nibbles_view;

namespace {

constexpr std::size_t key_length = 2 * hash256::size(); // keys are hashes

[[nodiscard]] alys::error damaged(const hash256& name, const std::string& what) {
  return alys::fail(trie_error::damaged_node, to_hex(name) + ": " + what);
}

class part_in_work {
public:
  part_in_work(const state_source& nodes, nibbles_view from, std::size_t most) : nodes_(nodes), from_(from), most_(most) {}

  // The node of this name at the end of this path, and what is below it. Does nothing once the part has ended.
  [[nodiscard]] alys::result<void> look(const hash256& name, const nibbles& path);
  [[nodiscard]] checked_state_part done() && { return std::move(part_); }

private:
  [[nodiscard]] alys::result<void> look_below(const detail::node& at, const hash256& name, const nibbles& path);
  [[nodiscard]] alys::result<void> follow(const detail::link& to, const hash256& name, const nibbles& path);

  // All keys with this path come before the part.
  [[nodiscard]] bool is_before(nibbles_view path) const {
    const auto common = std::min(path.size(), from_.size());
    return std::ranges::lexicographical_compare(path.first(common), from_.first(common));
  }
  // The part begins below it.
  [[nodiscard]] bool is_above(nibbles_view path) const {
    return path.size() < from_.size() && std::ranges::equal(path, from_.first(path.size()));
  }

  const state_source& nodes_;
  nibbles_view from_;
  std::size_t most_;
  checked_state_part part_;
};

alys::result<void> part_in_work::look(const hash256& name, const nibbles& path) {
  if (part_.next || is_before(path)) return {};
  if (!is_above(path)) {
    if (part_.nodes == most_) {
      part_.next = path;
      return {};
    }
    ++part_.nodes;
  }
  const auto rlp = nodes_.node(name);
  if (!rlp) return rlp.error();
  if (!*rlp) return alys::fail(trie_error::missing_node, to_hex(name));
  if (keccak256(**rlp) != name) return damaged(name, "what is stored under it hashes to something else");
  const auto at = detail::decode_node(**rlp);
  if (!at) return damaged(name, at.error().text());
  return look_below(**at, name, path);
}

alys::result<void> part_in_work::look_below(const detail::node& at, const hash256& name, const nibbles& path) {
  if (const auto* leaf = std::get_if<detail::leaf_node>(&at.content)) {
    if (path.size() + leaf->path.size() != key_length) return damaged(name, "a leaf that is nobody's");
    const auto who = decode_account(leaf->value);
    return who ? alys::result<void>{} : damaged(name, "no account: " + who.error().text());
  }
  if (const auto* extension = std::get_if<detail::extension_node>(&at.content))
    return follow(extension->child, name, detail::join(path, extension->path));
  const auto& children = std::get<detail::branch_node>(at.content).children;
  for (std::uint8_t nibble = 0; nibble < children.size(); ++nibble) {
    if (auto done = follow(children[nibble], name, detail::join(path, nibbles_view{&nibble, 1})); !done) return done;
  }
  return {};
}

alys::result<void> part_in_work::follow(const detail::link& to, const hash256& name, const nibbles& path) {
  if (to.empty()) return {};
  if (path.size() > key_length) return damaged(name, "a path that is longer than any key");
  if (const auto hash = to.reference.hash()) return look(*hash, path);
  return look_below(*to.loaded, name, path); // it stands in place
}

} // namespace

alys::result<checked_state_part> check_state_part(const state_source& nodes, const hash256& root, bytes_view from, std::size_t most) {
  part_in_work part{nodes, from, most};
  if (root == empty_trie_root) return std::move(part).done();
  if (auto looked = part.look(root, {}); !looked) return looked.error();
  return std::move(part).done();
}

} // namespace alys::domain
