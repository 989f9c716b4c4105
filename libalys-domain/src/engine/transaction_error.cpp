// SPDX-License-Identifier: Apache-2.0
//
// The phrases of transaction errors.
#include <alys/domain/engine/transaction_error.hpp>

namespace alys::domain {

std::string_view phrase(transaction_error error) noexcept {
  switch (error) {
    case transaction_error::none: return "no error";
    case transaction_error::malformed: return "malformed transaction";
    case transaction_error::too_short: return "typed transaction too short";
    case transaction_error::type_not_supported: return "transaction type not supported";
    case transaction_error::creation_not_supported: return "contract creation not supported";
    case transaction_error::not_replay_protected: return "only replay-protected (EIP-155) transactions allowed over RPC";
    case transaction_error::oversized: return "oversized data";
    case transaction_error::invalid_signature: return "invalid sender: invalid transaction v, r, s values";
    case transaction_error::invalid_sender: return "invalid sender";
    case transaction_error::tip_above_fee_cap: return "max priority fee per gas higher than max fee per gas";
    case transaction_error::nonce_max: return "nonce has max value";
    case transaction_error::nonce_too_low: return "nonce too low";
    case transaction_error::nonce_too_high: return "nonce too high";
    case transaction_error::intrinsic_gas_too_low: return "intrinsic gas too low";
    case transaction_error::exceeds_block_gas_limit: return "exceeds block gas limit";
    case transaction_error::gas_limit_reached: return "gas limit reached";
    case transaction_error::fee_cap_too_low: return "max fee per gas less than block base fee";
    case transaction_error::insufficient_funds: return "insufficient funds for gas * price + value";
    case transaction_error::insufficient_funds_for_transfer: return "insufficient funds for transfer";
    case transaction_error::already_known: return "already known";
    case transaction_error::underpriced: return "transaction underpriced";
    case transaction_error::replacement_underpriced: return "replacement transaction underpriced";
    case transaction_error::account_limit_exceeded: return "account limit exceeded";
    case transaction_error::pool_full: return "txpool is full";
  }
  return "unknown";
}

alys::error refuse_transaction(transaction_error code, std::string_view details) {
  std::string text{phrase(code)};
  if (!details.empty()) text.append(": ").append(details);
  return alys::refuse(code, std::move(text));
}

} // namespace alys::domain
