// SPDX-License-Identifier: Apache-2.0
#include "kept_states.hpp"

#include <alys/domain/chain/identity.hpp>
#include <alys/domain/engine/engine_error.hpp>

#include <string>

namespace alys::domain {

// What goes while this looks was no kept state before: neither the last final block nor the first that is kept ever goes back.
result<bool> is_state_kept(const chain_store& store, const stored_block& one) {
  const auto first = store.first_kept_state();
  if (!first) return first.error();
  const auto progress = store.progress();
  if (!progress) return progress.error();
  if (!*progress) return true;
  const block_ref last_final = (*progress)->last_final;
  block_header at = one.block.header;
  if (at.height <= last_final.height) return one.final && at.height >= *first;
  while (at.height > last_final.height + 1) {
    const auto parent = store.block_by_id(at.parent);
    if (!parent) return parent.error();
    if (!*parent) return false;
    at = (*parent)->block.header;
  }
  return at.parent == last_final.id;
}

error state_not_kept(const chain_store& store, const hash256& payload) {
  const auto first = store.first_kept_state();
  if (!first) return first.error();
  const auto progress = store.progress();
  if (!progress) return progress.error();
  std::string text = "the state of block " + to_hex(payload) + " is not kept any more";
  if (*progress && *first > block_height{0})
    text += ": those of heights " + std::to_string(first->value()) + " to " + std::to_string((*progress)->head.height.value()) + " are";
  return refuse(engine_error::state_not_kept, text);
}

} // namespace alys::domain
