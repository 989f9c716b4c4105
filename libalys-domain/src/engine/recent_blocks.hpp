// SPDX-License-Identifier: Apache-2.0
//
// The blocks that were imported last, for as long as they may be abandoned for others. Private to the embedded ledger.
#pragma once

#include <alys/domain/engine/execution_header.hpp>
#include <alys/domain/engine/receipt.hpp>
#include <alys/domain/engine/transaction_signing.hpp>
#include <alys/domain/engine/world_state.hpp>

#include <cstddef>
#include <deque>
#include <unordered_map>
#include <vector>

namespace alys::domain::detail {

struct recent_block {
  execution_header header;
  std::vector<transaction_ptr> transactions;
  std::vector<receipt> receipts;
  std::vector<touched_account> touched;
};

class recent_blocks {
public:
  // Remembers the last `count`, in the order of their import.
  explicit recent_blocks(std::size_t count) noexcept : count_(count) {}

  void remember(const hash256& block, recent_block);

  // The block, or null.
  [[nodiscard]] const recent_block* find(const hash256& block) const;

  // Whether the transaction is in this block or the one before it.
  [[nodiscard]] bool hold(const hash256& transaction, const hash256& head) const;

  // What a move of the head leaves behind: the transactions of the blocks from `old_head` back to the first that `new_head` descends from,
  // the oldest first. As far as blocks are remembered.
  [[nodiscard]] std::vector<transaction_ptr> abandoned(const hash256& old_head, const hash256& new_head) const;

private:
  std::size_t count_;
  std::unordered_map<hash256, recent_block> blocks_;
  std::deque<hash256> order_;
};

} // namespace alys::domain::detail
