// SPDX-License-Identifier: Apache-2.0
//
// Fork choice: of the certified chains on top of the last final block, the longest is the head; of equally long ones, the one whose last
// block has the lowest id. The tree forgets what conflicts with a final block, so no head ever goes below one.
//
// ```cpp
// inline bool moves(alys::domain::block_tree& tree, const alys::domain::block_ref& next) {
//   const auto before = tree.head();
//   return tree.add(next, before.id).has_value() && tree.head() == next && tree.route(before.id, next.id)->undone.empty();
// }
// ```
#pragma once

#include <alys/actors/result.hpp>
#include <alys/domain/chain/block.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

namespace alys::domain {

// Why a block cannot be added.
enum class tree_error : std::uint8_t {
  none,
  unknown_parent, // the parent was never added, or conflicts with a final block
  wrong_height,   // not the parent's plus one
  wrong_slot,     // not after the parent's
  final_already,  // at or below the height of the last final block
};
ALYS_ERRORS(tree_error, unknown_parent, wrong_height, wrong_slot, final_already)

// How to get from one block to another.
struct chain_route {
  std::vector<block_ref> undone;  // newest first
  std::vector<block_ref> applied; // oldest first
};

// Where the chain stands.
struct chain_tip {
  block_ref head;
  block_ref last_final;
};

// The certified blocks from the last final one up. A value; no thread-safety of its own. Holds about 200 bytes a block; blocks that become final
// leave it, so it is small unless finality stands still.
class block_tree {
public:
  // A tree of one block, which is final: genesis, or what the store says.
  explicit block_tree(const block_ref& root);

  // Adds a certified block. Adding one twice changes nothing. Refuses with a tree_error. Constant cost, but for a block that makes
  // another final: then linear in the size of the tree.
  [[nodiscard]] alys::result<void> add(const block_ref&, const block_id& parent);

  // Where the chain would stand if this block were added; changes nothing. Refuses and costs as `add` does.
  [[nodiscard]] alys::result<chain_tip> preview(const block_ref&, const block_id& parent) const;

  [[nodiscard]] const block_ref& head() const noexcept { return head_; }
  [[nodiscard]] const block_ref& last_final() const noexcept { return root_; }
  [[nodiscard]] bool contains(const block_id& id) const { return nodes_.contains(id); }
  [[nodiscard]] std::size_t size() const noexcept { return nodes_.size(); }

  // What to undo and apply to get from one block to another. Nothing if either is not in the tree. Linear in the length of the route.
  [[nodiscard]] std::optional<chain_route> route(const block_id& from, const block_id& to) const;

private:
  struct node {
    block_ref block;
    block_id parent;
  };

  [[nodiscard]] const node* find(const block_id&) const;
  [[nodiscard]] alys::result<std::optional<block_ref>> check(const block_ref&, const block_id& parent) const;
  void finalize(const block_ref&);

  block_ref root_;
  block_ref head_;
  std::unordered_map<block_id, node> nodes_;
};

} // namespace alys::domain
