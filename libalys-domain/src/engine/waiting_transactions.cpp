// SPDX-License-Identifier: Apache-2.0
#include "waiting_transactions.hpp"

#include <utility>

namespace alys::domain::detail {

void waiting_transactions::add(const transaction_ptr& tx) {
  if (all_.contains(tx->hash)) return;
  if (all_.size() >= most_) return;
  queue& own = senders_[tx->sender];
  if (const auto same = own.find(tx->transaction.nonce); same != own.end()) {
    dropped_.push_back(same->second->hash);
    forget(transaction_ptr{same->second});
  }
  senders_[tx->sender].emplace(tx->transaction.nonce, tx);
  all_.emplace(tx->hash, tx);
  bytes_ += tx->raw.size();
}

void waiting_transactions::included(std::span<const transaction_ptr> block) {
  for (const auto& tx : block) {
    forget(tx);
    const auto own = senders_.find(tx->sender);
    if (own == senders_.end()) continue;
    std::vector<transaction_ptr> overtaken;
    for (const auto& [nonce, other] : own->second) {
      if (nonce <= tx->transaction.nonce) overtaken.push_back(other);
    }
    for (const auto& other : overtaken) {
      dropped_.push_back(other->hash);
      forget(other);
    }
  }
  // One that the block holds may stand behind another of its sender, by which it was overtaken for a moment.
  for (const auto& tx : block) std::erase(dropped_, tx->hash);
}

void waiting_transactions::give_up(const transaction_ptr& tx) {
  if (!all_.contains(tx->hash)) return;
  dropped_.push_back(tx->hash);
  forget(tx);
}

std::vector<transaction_ptr> waiting_transactions::in_order() const {
  std::vector<transaction_ptr> all;
  all.reserve(all_.size());
  for (const auto& [sender, own] : senders_) {
    for (const auto& [nonce, tx] : own) all.push_back(tx);
  }
  return all;
}

transaction_ptr waiting_transactions::find(const hash256& hash) const {
  const auto found = all_.find(hash);
  return found == all_.end() ? nullptr : found->second;
}

std::uint64_t waiting_transactions::next_nonce(const address& sender, std::uint64_t account_nonce) const {
  const auto own = senders_.find(sender);
  if (own == senders_.end()) return account_nonce;
  while (own->second.contains(account_nonce)) ++account_nonce;
  return account_nonce;
}

pool_counts waiting_transactions::counts() const noexcept { return {.transactions = all_.size(), .gapped = 0, .bytes = bytes_}; }

std::vector<hash256> waiting_transactions::take_dropped() { return std::exchange(dropped_, {}); }

void waiting_transactions::forget(const transaction_ptr& tx) {
  const auto found = all_.find(tx->hash);
  if (found == all_.end()) return;
  bytes_ -= tx->raw.size();
  all_.erase(found);
  const auto own = senders_.find(tx->sender);
  own->second.erase(tx->transaction.nonce);
  if (own->second.empty()) senders_.erase(own);
}

} // namespace alys::domain::detail
