// SPDX-License-Identifier: Apache-2.0
//
// Transactions that wait for a block. Each sender's form a queue by nonce; what can be executed now is the part of the queue without a gap.
// The pool is bounded in number and bytes: when it is full, a better paying transaction makes the cheapest sender's last one give way, so
// that no queue is torn. All operations cost the logarithm of the pool's size, but for those that say otherwise.
//
// ```cpp
// inline alys::result<std::uint64_t> wait(alys::domain::transaction_pool& pool, const alys::domain::transaction_ptr& tx) {
//   const alys::domain::account sender{.nonce = 7, .balance = alys::domain::to_wei(alys::domain::gwei{1'000'000'000})};
//   if (auto added = pool.add(tx, sender); !added) return added.error();
//   return pool.next_nonce(tx->sender, sender.nonce);
// }
// ```
#pragma once

#include <alys/actors/result.hpp>
#include <alys/domain/engine/account.hpp>
#include <alys/domain/engine/transaction_rules.hpp>
#include <alys/domain/engine/transaction_signing.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace alys::domain {

struct pool_limits {
  std::size_t count = 50'000;                 // transactions in all
  std::size_t bytes = std::size_t{64} << 20U; // of their encodings
  std::size_t per_sender = 16'384;            // transactions of one sender
  std::size_t gapped = 4'096;                 // transactions behind a gap, in all
  std::size_t gapped_per_sender = 1'024;
  std::uint64_t price_bump_percent = 10; // by which a replacement must raise both fees
  wei minimum_tip = 0;                   // per gas
};

// What the next block will ask for.
struct pool_market {
  transaction_rules rules{};
  wei base_fee{};
};

// Not thread-safe.
class transaction_pool {
public:
  transaction_pool(pool_limits limits, pool_market market);
  transaction_pool(transaction_pool&&) noexcept;
  transaction_pool& operator=(transaction_pool&&) noexcept;
  ~transaction_pool();

  // Takes a transaction, given its sender's account at the head. Refuses with a transaction_error: what check_transaction and check_funds
  // say, not_replay_protected, already_known, nonce_too_low, insufficient_funds for all of the sender's together, replacement_underpriced,
  // account_limit_exceeded, underpriced, pool_full.
  [[nodiscard]] alys::result<void> add(transaction_ptr, const account& sender);

  // The transaction, or null.
  [[nodiscard]] transaction_ptr find(const hash256&) const;

  // The first nonce from the account's on that the pool has no transaction for.
  [[nodiscard]] std::uint64_t next_nonce(const address& sender, std::uint64_t account_nonce) const;

  // The best paying transactions that fill a block: in the order in which a block can hold them, best tips first, ties by arrival. Costs
  // the number of senders, and the logarithm of it for each transaction taken.
  [[nodiscard]] std::vector<transaction_ptr> select() const;

  // A new head: what the next block will ask for. Costs nothing unless the pool is full.
  void set_market(pool_market market);

  // A sender's account at a new head: drops what is mined, and from the end what the balance no longer covers. Costs what it drops.
  void update(const address& sender, const account&);

  // What left the pool since the last call and did not come back: replaced, driven out, mined, overtaken or no longer covered.
  [[nodiscard]] std::vector<hash256> take_dropped();

  // Everybody with a transaction here. Linear.
  [[nodiscard]] std::vector<address> senders() const;

  [[nodiscard]] std::size_t size() const noexcept;
  // Of all encodings together.
  [[nodiscard]] std::size_t byte_count() const noexcept;
  // Transactions that wait for one with a lower nonce.
  [[nodiscard]] std::size_t gapped() const noexcept;

private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace alys::domain
