// SPDX-License-Identifier: Apache-2.0
//
// The transactions of one sender.
#include "sender_queue.hpp"

#include <alys/domain/engine/fee_market.hpp>

#include <utility>

namespace alys::domain::detail {

// Moves the gap behind what has become contiguous. Each transaction is passed once.
void sender_queue::extend() {
  for (auto at = by_nonce_.find(first_gap_); at != by_nonce_.end() && at->first == first_gap_; ++at) ++first_gap_;
}

void sender_queue::put(waiting_transaction added) {
  const auto& tx = added.transaction->transaction;
  if (const auto* replaced = find(tx.nonce)) cost_ -= highest_cost(replaced->transaction->transaction);
  cost_ += highest_cost(tx);
  const auto nonce = tx.nonce;
  by_nonce_.insert_or_assign(nonce, std::move(added));
  extend();
}

void sender_queue::take(std::uint64_t nonce) {
  const auto at = by_nonce_.find(nonce);
  if (at == by_nonce_.end()) return;
  cost_ -= highest_cost(at->second.transaction->transaction);
  by_nonce_.erase(at);
  if (account_nonce_ <= nonce && nonce < first_gap_) first_gap_ = nonce;
}

void sender_queue::rebase(std::uint64_t account_nonce) {
  const bool within = account_nonce_ <= account_nonce && account_nonce <= first_gap_;
  account_nonce_ = account_nonce;
  if (!within) first_gap_ = account_nonce;
  extend();
}

const waiting_transaction* sender_queue::find(std::uint64_t nonce) const {
  const auto at = by_nonce_.find(nonce);
  return at == by_nonce_.end() ? nullptr : &at->second;
}

} // namespace alys::domain::detail
