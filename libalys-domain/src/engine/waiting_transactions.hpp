// SPDX-License-Identifier: Apache-2.0
//
// What this node has put into an execution client's pool and has seen in no block yet. The client's own pool cannot be asked for it in a way
// that all clients know.
#pragma once

#include <alys/domain/engine/engine_reads.hpp>
#include <alys/domain/engine/transaction_signing.hpp>

#include <cstdint>
#include <map>
#include <span>
#include <unordered_map>
#include <vector>

namespace alys::domain::detail {

// Not thread-safe.
class waiting_transactions {
public:
  explicit waiting_transactions(std::size_t most) : most_(most) {}

  // One that the client took. It replaces the one of the same sender and nonce. When there are too many, it is not remembered.
  void add(const transaction_ptr&);
  // A block that became the head: what it holds waits no more, and what it has overtaken never will be included.
  void included(std::span<const transaction_ptr>);

  // One that the client takes no more, nor ever will.
  void give_up(const transaction_ptr&);

  // All of them, a sender's in the order of their nonces.
  [[nodiscard]] std::vector<transaction_ptr> in_order() const;
  [[nodiscard]] transaction_ptr find(const hash256&) const;
  // The first nonce from the account's on that nothing waits for.
  [[nodiscard]] std::uint64_t next_nonce(const address& sender, std::uint64_t account_nonce) const;
  [[nodiscard]] pool_counts counts() const noexcept;
  // What was replaced, overtaken or given up since the last call.
  [[nodiscard]] std::vector<hash256> take_dropped();

private:
  using queue = std::map<std::uint64_t, transaction_ptr>; // by nonce

  void forget(const transaction_ptr&);

  std::size_t most_;
  std::size_t bytes_ = 0;
  std::unordered_map<hash256, transaction_ptr> all_;
  std::unordered_map<address, queue> senders_;
  std::vector<hash256> dropped_;
};

} // namespace alys::domain::detail
