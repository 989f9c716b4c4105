// SPDX-License-Identifier: Apache-2.0
//
// The tree of certified blocks.
#include <alys/domain/chain/block_tree.hpp>

#include <alys/domain/chain/finality.hpp>

#include <algorithm>
#include <string>
#include <unordered_set>

namespace alys::domain {
namespace {

[[nodiscard]] bool better(const block_ref& a, const block_ref& b) { return a.height != b.height ? a.height > b.height : a.id < b.id; }

} // namespace

block_tree::block_tree(const block_ref& root) : root_(root), head_(root) { nodes_.emplace(root.id, node{root, {}}); }

// That a block which is not in the tree may be; gives the block that it makes final.
alys::result<std::optional<block_ref>> block_tree::check(const block_ref& block, const block_id& parent) const {
  if (block.height <= root_.height) return alys::refuse(tree_error::final_already, "height " + std::to_string(block.height.value()));
  const node* below = find(parent);
  if (below == nullptr) return alys::refuse(tree_error::unknown_parent, to_hex(parent));
  if (block.height <= below->block.height || block.height - below->block.height != 1)
    return alys::refuse(tree_error::wrong_height, std::to_string(block.height.value()));
  if (block.slot <= below->block.slot) return alys::refuse(tree_error::wrong_slot, std::to_string(block.slot.value()));

  const node* second_below = find(below->parent);
  return second_below != nullptr ? finalized_by(second_below->block, below->block, block) : std::nullopt;
}

alys::result<void> block_tree::add(const block_ref& block, const block_id& parent) {
  if (contains(block.id)) return {};
  const auto final = check(block, parent);
  if (!final) return final.error();
  nodes_.emplace(block.id, node{block, parent});
  if (better(block, head_)) head_ = block;
  if (*final) finalize(**final);
  return {};
}

alys::result<chain_tip> block_tree::preview(const block_ref& block, const block_id& parent) const {
  if (contains(block.id)) return chain_tip{head_, root_};
  const auto final = check(block, parent);
  if (!final) return final.error();
  if (!*final) return chain_tip{better(block, head_) ? block : head_, root_};
  block_tree next = *this; // what stays in the tree decides
  if (auto added = next.add(block, parent); !added) return added.error();
  return chain_tip{next.head_, next.root_};
}

std::optional<chain_route> block_tree::route(const block_id& from, const block_id& to) const {
  const node* old_end = find(from);
  const node* new_end = find(to);
  if (old_end == nullptr || new_end == nullptr) return std::nullopt;
  chain_route way;
  while (old_end != new_end) {
    if (old_end->block.height >= new_end->block.height) {
      way.undone.push_back(old_end->block);
      old_end = find(old_end->parent);
    } else {
      way.applied.push_back(new_end->block);
      new_end = find(new_end->parent);
    }
  }
  std::ranges::reverse(way.applied);
  return way;
}

const block_tree::node* block_tree::find(const block_id& id) const {
  const auto found = nodes_.find(id);
  return found == nodes_.end() ? nullptr : &found->second;
}

// Keeps the new root and what descends from it.
void block_tree::finalize(const block_ref& root) {
  std::vector<node> upwards;
  for (const auto& [id, one] : nodes_) {
    if (one.block.height > root.height) upwards.push_back(one);
  }
  std::ranges::sort(upwards, {}, [](const node& one) { return one.block.height; });

  root_ = root;
  head_ = root;
  nodes_ = {{root.id, node{root, {}}}};
  for (const node& one : upwards) {
    if (!contains(one.parent)) continue;
    nodes_.emplace(one.block.id, one);
    if (better(one.block, head_)) head_ = one.block;
  }
}

} // namespace alys::domain
