// SPDX-License-Identifier: Apache-2.0
//
// Applies a block's transactions and withdrawals to a state, one by one: what building a payload and checking one have in common. Only
// plain transfers exist: data sent to an account does nothing, precompiled contracts are ordinary accounts, and nothing creates a contract.
//
// ```cpp
// inline alys::result<alys::domain::gas> used_by(const alys::domain::transaction_ptr& tx, alys::domain::world_state& state) {
//   alys::domain::block_executor block{state, {.rules = {.chain_id = 1337, .gas_limit = alys::domain::gas{30'000'000}}, .base_fee = 7}};
//   if (auto done = block.execute(*tx); !done) return done.error();
//   return block.gas_used();
// }
// ```
#pragma once

#include <alys/actors/result.hpp>
#include <alys/domain/engine/execution_payload.hpp>
#include <alys/domain/engine/receipt.hpp>
#include <alys/domain/engine/transaction_rules.hpp>
#include <alys/domain/engine/transaction_signing.hpp>
#include <alys/domain/engine/world_state.hpp>

#include <vector>

namespace alys::domain {

// What all transactions of a block share.
struct block_environment {
  transaction_rules rules{};
  wei base_fee{};
  address fee_recipient{};
};

class block_executor {
public:
  // Works on `state`, which must outlive it.
  block_executor(world_state& state, block_environment environment);

  // Applies a transaction and appends its receipt. Refuses with a transaction_error, and then nothing has changed; fails as the state does.
  [[nodiscard]] alys::result<void> execute(const recovered_transaction&);

  // Mints a withdrawal's amount (EIP-4895). Fails as the state does.
  [[nodiscard]] alys::result<void> mint(const withdrawal&);

  [[nodiscard]] gas gas_used() const noexcept { return gas_used_; }
  [[nodiscard]] gas gas_left() const noexcept { return gas{environment_.rules.gas_limit - gas_used_}; }
  [[nodiscard]] const std::vector<receipt>& receipts() const noexcept { return receipts_; }

private:
  [[nodiscard]] alys::result<void> check(const transaction&, const account& sender) const;

  world_state& state_;
  block_environment environment_;
  gas gas_used_;
  std::vector<receipt> receipts_;
};

} // namespace alys::domain
