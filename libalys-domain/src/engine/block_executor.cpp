// SPDX-License-Identifier: Apache-2.0
//
// The state transition of plain transfers and withdrawals.
#include <alys/domain/engine/block_executor.hpp>
#include <alys/domain/engine/fee_market.hpp>
#include <alys/domain/engine/intrinsic_gas.hpp>

#include <string>
#include <utility>

namespace alys::domain {

namespace {

[[nodiscard]] alys::result<void> check_nonce(const transaction& tx, const account& sender) {
  if (tx.nonce == sender.nonce) return {};
  const auto code = tx.nonce < sender.nonce ? transaction_error::nonce_too_low : transaction_error::nonce_too_high;
  return refuse_transaction(code, "next nonce " + std::to_string(sender.nonce) + ", tx nonce " + std::to_string(tx.nonce));
}

} // namespace

block_executor::block_executor(world_state& state, block_environment environment) : state_(state), environment_(std::move(environment)) {}

alys::result<void> block_executor::check(const transaction& tx, const account& sender) const {
  if (auto checked = check_nonce(tx, sender); !checked) return checked;
  if (tx.max_fee_per_gas < environment_.base_fee) {
    return refuse_transaction(transaction_error::fee_cap_too_low,
                              "maxFeePerGas: " + tx.max_fee_per_gas.str() + ", baseFee: " + environment_.base_fee.str());
  }
  return check_funds(tx, sender.balance);
}

alys::result<void> block_executor::execute(const recovered_transaction& recovered) {
  const transaction& tx = recovered.transaction;
  if (auto checked = check_transaction(recovered, environment_.rules); !checked) return checked;
  if (tx.gas_limit > gas_left()) return refuse_transaction(transaction_error::gas_limit_reached);
  auto sender = state_.edit(recovered.sender);
  if (!sender) return sender.error();
  if (auto checked = check(tx, **sender); !checked) return checked;
  auto recipient = state_.edit(*tx.to);
  if (!recipient) return recipient.error();
  auto author = state_.edit(environment_.fee_recipient);
  if (!author) return author.error();

  const gas used = intrinsic_gas(tx); // nothing runs, so that a transaction uses what it costs by itself and the rest is never charged
  const wei tip = effective_tip(tx, environment_.base_fee).value();
  const wei price = environment_.base_fee + tip;
  ++(*sender)->nonce;
  (*sender)->balance -= price * used.value() + tx.value;
  (*recipient)->balance += tx.value;
  (*author)->balance += tip * used.value(); // the base fee is burnt

  gas_used_ = gas{gas_used_.value() + used.value()};
  receipts_.push_back({.type = tx.type,
                       .succeeded = true,
                       .cumulative_gas_used = gas_used_,
                       .transaction_hash = recovered.hash,
                       .sender = recovered.sender,
                       .to = tx.to,
                       .gas_used = used,
                       .effective_gas_price = price});
  return {};
}

alys::result<void> block_executor::mint(const withdrawal& w) {
  auto recipient = state_.edit(w.recipient);
  if (!recipient) return recipient.error();
  (*recipient)->balance += to_wei(w.amount);
  return {};
}

} // namespace alys::domain
