// SPDX-License-Identifier: Apache-2.0
//
// Port: who wants to know of blocks as they become part of the chain: a terminal, a counter, a test.
//
// ```cpp
// class newest final : public alys::domain::chain_listener {
// public:
//   void imported(const alys::domain::imported_block& b) noexcept override { height_.store(b.block.height.value()); }
//
// private:
//   std::atomic<std::uint64_t> height_{0};
// };
// ```
#pragma once

#include <alys/domain/chain/block.hpp>
#include <alys/domain/chain/chain_state.hpp>

#include <atomic>
#include <chrono>

namespace alys::domain {

struct imported_block {
  block_ref block;
  block_ref last_final;
  authority_index author;
  std::size_t transactions = 0;
  gas gas_used;
  bool own = false;                    // produced by this node
  std::chrono::nanoseconds took{};     // from the start of its import to the end of its commit
  std::chrono::nanoseconds checked{};  // of that, until it had met the rules
  std::chrono::nanoseconds executed{}; // and until the engine had found it valid
};

class chain_listener {
public:
  chain_listener() = default;
  chain_listener(const chain_listener&) = delete;
  chain_listener& operator=(const chain_listener&) = delete;
  virtual ~chain_listener() = default;
  // Called in the chain actor's turn, after the block became durable: quick, and without waiting.
  virtual void imported(const imported_block& block) noexcept = 0;
  // Called in the chain actor's turn at each step of its state machine.
  virtual void state_changed(chain_state) noexcept {}
};

} // namespace alys::domain
