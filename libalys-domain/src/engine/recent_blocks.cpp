// SPDX-License-Identifier: Apache-2.0
//
// The blocks that were imported last.
#include "recent_blocks.hpp"

#include <algorithm>
#include <unordered_set>
#include <utility>

namespace alys::domain::detail {

void recent_blocks::remember(const hash256& block, recent_block content) {
  if (!blocks_.insert_or_assign(block, std::move(content)).second) return;
  order_.push_back(block);
  if (order_.size() <= count_) return;
  blocks_.erase(order_.front());
  order_.pop_front();
}

const recent_block* recent_blocks::find(const hash256& block) const {
  const auto found = blocks_.find(block);
  return found == blocks_.end() ? nullptr : &found->second;
}

bool recent_blocks::hold(const hash256& transaction, const hash256& head) const {
  const auto* newest = find(head);
  for (const auto* block : {newest, newest != nullptr ? find(newest->header.parent_hash) : nullptr}) {
    if (block != nullptr && std::ranges::find(block->transactions, transaction, &recovered_transaction::hash) != block->transactions.end())
      return true;
  }
  return false;
}

std::vector<transaction_ptr> recent_blocks::abandoned(const hash256& old_head, const hash256& new_head) const {
  std::unordered_set<hash256> kept{new_head};
  for (const auto* at = find(new_head); at != nullptr; at = find(at->header.parent_hash)) kept.insert(at->header.parent_hash);
  std::vector<const recent_block*> left; // the youngest first
  for (hash256 at = old_head; !kept.contains(at);) {
    const auto* block = find(at);
    if (block == nullptr) break;
    left.push_back(block);
    at = block->header.parent_hash;
  }
  std::vector<transaction_ptr> transactions;
  for (auto block = left.rbegin(); block != left.rend(); ++block) {
    transactions.insert(transactions.end(), (*block)->transactions.begin(), (*block)->transactions.end());
  }
  return transactions;
}

} // namespace alys::domain::detail
