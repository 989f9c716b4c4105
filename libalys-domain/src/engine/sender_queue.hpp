// SPDX-License-Identifier: Apache-2.0
//
// The transactions of one sender in the pool, by nonce. Private to the pool.
#pragma once

#include <alys/domain/engine/transaction_signing.hpp>
#include <alys/domain/primitives/wei.hpp>

#include <cstdint>
#include <map>

namespace alys::domain::detail {

struct waiting_transaction {
  transaction_ptr transaction;
  std::uint64_t arrival = 0; // rises from one to the next
};

class sender_queue {
public:
  using map = std::map<std::uint64_t, waiting_transaction>;

  explicit sender_queue(std::uint64_t account_nonce) noexcept : account_nonce_(account_nonce), first_gap_(account_nonce) {}

  // Adds, or replaces the one with the same nonce, which is not below the account's.
  void put(waiting_transaction);
  void take(std::uint64_t nonce);
  // The account's nonce has changed. Transactions below it stay until they are taken.
  void rebase(std::uint64_t account_nonce);

  // The one with this nonce, or null.
  [[nodiscard]] const waiting_transaction* find(std::uint64_t nonce) const;
  [[nodiscard]] const map& by_nonce() const noexcept { return by_nonce_; }

  // The first nonce from the account's on that is missing: whatever lies below it can be executed.
  [[nodiscard]] std::uint64_t first_gap() const noexcept { return first_gap_; }
  [[nodiscard]] std::size_t gapped() const noexcept { return by_nonce_.size() - static_cast<std::size_t>(first_gap_ - account_nonce_); }
  // The highest cost of all together.
  [[nodiscard]] const wide_wei& cost() const noexcept { return cost_; }

private:
  void extend();

  map by_nonce_;
  std::uint64_t account_nonce_;
  std::uint64_t first_gap_;
  wide_wei cost_ = 0;
};

} // namespace alys::domain::detail
