// SPDX-License-Identifier: Apache-2.0
//
// When a transaction is valid: by itself, and on top of its sender's account. The pool and the block ask the same questions, in the order
// and with the words of geth.
//
// ```cpp
// inline bool fits(const alys::domain::recovered_transaction& tx, const alys::domain::wei& balance) {
//   return alys::domain::check_transaction(tx, {.chain_id = 1337, .gas_limit = alys::domain::gas{30'000'000}}).has_value() &&
//          alys::domain::check_funds(tx.transaction, balance).has_value();
// }
// ```
#pragma once

#include <alys/actors/result.hpp>
#include <alys/domain/engine/transaction_signing.hpp>
#include <alys/domain/primitives/units.hpp>
#include <alys/domain/primitives/wei.hpp>

#include <cstdint>

namespace alys::domain {

// The chain that a transaction is meant for.
struct transaction_rules {
  std::uint64_t chain_id = 0;
  domain::gas gas_limit{}; // of a block
};

// What holds of a transaction in any block of the chain: fees, chain, nonce, intrinsic gas. Refuses with a transaction_error.
[[nodiscard]] alys::result<void> check_by_itself(const transaction&, std::uint64_t chain_id);

// That, and what the ledger's blocks hold: no contracts, and no more gas than they have.
[[nodiscard]] alys::result<void> check_transaction(const recovered_transaction&, const transaction_rules&);

// That a balance covers the highest cost: gas limit * fee cap + value. Refuses with insufficient_funds.
[[nodiscard]] alys::result<void> check_funds(const transaction&, const wei& balance);

} // namespace alys::domain
