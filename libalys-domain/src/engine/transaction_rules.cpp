// SPDX-License-Identifier: Apache-2.0
//
// Validity of a transaction.
#include <alys/domain/engine/fee_market.hpp>
#include <alys/domain/engine/intrinsic_gas.hpp>
#include <alys/domain/engine/transaction_rules.hpp>

#include <limits>
#include <string>

namespace alys::domain {

namespace {

[[nodiscard]] alys::result<void> check_chain(const transaction& tx, std::uint64_t chain_id) {
  if (!tx.chain_id || *tx.chain_id == chain_id) return {};
  return refuse_transaction(transaction_error::invalid_sender,
                            "invalid chain id for signer: have " + std::to_string(*tx.chain_id) + " want " + std::to_string(chain_id));
}

} // namespace

alys::result<void> check_by_itself(const transaction& tx, std::uint64_t chain_id) {
  if (tx.max_priority_fee_per_gas > tx.max_fee_per_gas) {
    return refuse_transaction(transaction_error::tip_above_fee_cap,
                              "maxPriorityFeePerGas: " + tx.max_priority_fee_per_gas.str() + ", maxFeePerGas: " + tx.max_fee_per_gas.str());
  }
  if (auto checked = check_chain(tx, chain_id); !checked) return checked;
  if (tx.nonce == std::numeric_limits<std::uint64_t>::max()) return refuse_transaction(transaction_error::nonce_max);
  const gas needed = intrinsic_gas(tx);
  if (tx.gas_limit >= needed) return {};
  return refuse_transaction(transaction_error::intrinsic_gas_too_low,
                            "gas " + std::to_string(tx.gas_limit.value()) + ", minimum needed " + std::to_string(needed.value()));
}

alys::result<void> check_transaction(const recovered_transaction& recovered, const transaction_rules& rules) {
  const transaction& tx = recovered.transaction;
  if (!tx.to) return refuse_transaction(transaction_error::creation_not_supported);
  if (tx.gas_limit > rules.gas_limit) return refuse_transaction(transaction_error::exceeds_block_gas_limit);
  return check_by_itself(tx, rules.chain_id);
}

alys::result<void> check_funds(const transaction& tx, const wei& balance) {
  const wide_wei cost = highest_cost(tx);
  if (cost <= balance) return {};
  return refuse_transaction(transaction_error::insufficient_funds,
                            "balance " + balance.str() + ", tx cost " + cost.str() + ", overshot " + wide_wei{cost - balance}.str());
}

} // namespace alys::domain
