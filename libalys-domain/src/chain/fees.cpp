// SPDX-License-Identifier: Apache-2.0
//
// Tips, and who gets them.
#include <alys/domain/chain/fees.hpp>

#include <alys/domain/primitives/digest.hpp>

#include <algorithm>
#include <limits>
#include <string>

namespace alys::domain {

alys::result<wei> tips_of(const execution_payload& payload, std::span<const receipt> receipts) {
  if (receipts.size() != payload.transactions.size()) {
    return alys::refuse(fee_error::receipts_incomplete,
                        std::to_string(receipts.size()) + " for " + std::to_string(payload.transactions.size()) + " transactions");
  }
  wide_wei tips = 0;
  gas used{0};
  for (std::size_t i = 0; i < receipts.size(); ++i) {
    const receipt& r = receipts[i];
    if (r.transaction_hash != keccak256(payload.transactions[i])) return alys::refuse(fee_error::wrong_receipt, std::to_string(i));
    if (r.effective_gas_price < payload.base_fee_per_gas) return alys::refuse(fee_error::below_base_fee, std::to_string(i));
    const auto sum = checked_add(used, r.gas_used);
    if (!sum || r.cumulative_gas_used != *sum) return alys::refuse(fee_error::wrong_gas, std::to_string(i));
    used = *sum;
    tips += wide_wei{r.effective_gas_price - payload.base_fee_per_gas} * r.gas_used.value();
  }
  if (used != payload.gas_used)
    return alys::refuse(fee_error::wrong_gas, std::to_string(used.value()) + " of " + std::to_string(payload.gas_used.value()));
  if (tips > std::numeric_limits<wei>::max()) return alys::refuse(fee_error::too_much);
  return static_cast<wei>(tips);
}

fee_split split_fees(const wei& fees, const address& miner, std::span<const address> federation) {
  const wei payable = std::min(fees, to_wei(gwei::max()));
  const wei for_miner = federation.empty() ? payable : wei{payable * miner_percent / 100};
  const wei for_each = federation.empty() ? wei{0} : wei{(payable - for_miner) / federation.size()};

  fee_split split{{}, fees};
  const auto pay = [&split](const address& to, const wei& amount) {
    const gwei whole = to_gwei_floor(amount).value(); // no more than what is payable
    if (whole == gwei{0}) return;
    split.shares.push_back({to, whole});
    split.left -= to_wei(whole);
  };
  pay(miner, for_miner);
  for (const address& member : federation) pay(member, for_each);
  return split;
}

} // namespace alys::domain
