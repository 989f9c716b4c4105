// SPDX-License-Identifier: Apache-2.0
#include <alys/domain/storage/state_checker.hpp>

#include "state_damage.hpp"

#include <alys/domain/engine/execution_header.hpp>
#include <alys/domain/engine/state_check.hpp>

#include <string>

namespace alys::domain {

result<state_checker::final_state> state_checker::read(const block_ref& ref) const {
  const auto block = store_.block_by_id(ref.id);
  if (!block) return block.error();
  if (!*block) return fail(store_error::damaged, "block " + to_hex(ref.id) + " is final and missing");
  const hash256 payload = (*block)->block.payload.block_hash;
  const auto stored = store_.node(payload);
  if (!stored) return stored.error();
  if (!*stored) return fail(trie_error::missing_node, to_hex(payload) + ", its header");
  const auto header = decode_header(**stored);
  if (!header) return header.error();
  return final_state{ref, header->state_root};
}

result<state_check_step> state_checker::look(const block_ref& block, std::size_t most) {
  if (!state_ || state_->block != block) {
    auto state = read(block);
    if (!state) return state.error();
    state_ = *std::move(state);
  }
  auto part = check_state_part(store_, state_->root, next_, most);
  if (!part) return part.error();
  seen_ += part->nodes;
  const state_check_step done{.nodes = part->nodes, .nodes_so_far = seen_, .final_block = block, .last = !part->next};
  next_ = std::move(part->next).value_or(bytes{});
  if (done.last) seen_ = 0;
  return done;
}

result<std::optional<state_check_step>> state_checker::step(std::size_t most) {
  for (auto progress = store_.progress();;) {
    if (!progress) return progress.error();
    if (!*progress) return std::optional<state_check_step>{};
    const block_ref block = (*progress)->last_final;
    auto looked = look(block, most);
    if (looked) return std::optional{*looked};
    progress = store_.progress();
    const bool newest = !progress || !*progress || (*progress)->last_final == block;
    // What is no longer the newest final state may have gone while it was looked at.
    if (newest || looked != trie_error::missing_node)
      return state_damage(looked.error(), "the final block " + std::to_string(block.height.value()));
  }
}

} // namespace alys::domain
