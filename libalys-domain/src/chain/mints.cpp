// SPDX-License-Identifier: Apache-2.0
//
// What a block mints, and whether it does.
#include <alys/domain/chain/mints.hpp>

#include <alys/domain/chain/limits.hpp>

#include <algorithm>
#include <limits>
#include <string>

namespace alys::domain {
namespace {

[[nodiscard]] auto entry_of(std::vector<withdrawal>& all, const address& recipient) {
  return std::ranges::find(all, recipient, &withdrawal::recipient);
}

// Adds to the recipient's withdrawal, or begins one.
[[nodiscard]] mint_error add(std::vector<withdrawal>& all, const mint& one) {
  if (one.amount == gwei{0}) return mint_error::none;
  if (const auto entry = entry_of(all, one.recipient); entry != all.end()) {
    const auto sum = checked_add(entry->amount, one.amount);
    if (!sum) return mint_error::too_much;
    entry->amount = *sum;
    return mint_error::none;
  }
  if (all.size() == block_limits::withdrawals) return mint_error::too_many_recipients;
  all.push_back({.recipient = one.recipient, .amount = one.amount});
  return mint_error::none;
}

[[nodiscard]] std::string text_of(const withdrawal& one) {
  return std::to_string(one.amount.value()) + " gwei for " + to_hex(one.recipient);
}

} // namespace

alys::result<granted_mints> grant_mints(const mint_claims& claims) {
  granted_mints granted;
  for (const mint& fee : claims.fees) {
    if (const mint_error wrong = add(granted.withdrawals, fee); wrong != mint_error::none)
      return alys::refuse(wrong, "fees for " + to_hex(fee.recipient));
  }
  for (const mint& deposit : claims.deposits) {
    if (add(granted.withdrawals, deposit) != mint_error::none) break;
    ++granted.deposits;
  }
  if (granted.withdrawals.size() > std::numeric_limits<std::uint64_t>::max() - claims.next_index)
    return alys::refuse(mint_error::too_much, "withdrawals in all");
  granted.next_index = claims.next_index;
  for (withdrawal& each : granted.withdrawals) each.index = granted.next_index++;
  return granted;
}

alys::result<void> check_withdrawals(std::span<const withdrawal> found, std::span<const withdrawal> granted) {
  if (std::ranges::equal(found, granted)) return {};
  const auto by_recipient = [](std::span<const withdrawal> all, const address& who) {
    return std::ranges::find(all, who, &withdrawal::recipient);
  };
  for (auto each = found.begin(); each != found.end(); ++each) {
    const bool first = by_recipient(found, each->recipient) == each;
    if (!first || by_recipient(granted, each->recipient) == granted.end()) return alys::refuse(mint_error::not_granted, text_of(*each));
  }
  for (const withdrawal& each : granted) {
    const auto entry = by_recipient(found, each.recipient);
    if (entry == found.end()) return alys::refuse(mint_error::missing, text_of(each));
  }
  for (const withdrawal& each : granted) {
    const auto entry = by_recipient(found, each.recipient);
    if (entry->amount != each.amount) return alys::refuse(mint_error::wrong_amount, text_of(*entry) + " instead of " + text_of(each));
  }
  for (std::size_t i = 0; i < granted.size(); ++i) {
    if (found[i].recipient != granted[i].recipient) return alys::refuse(mint_error::out_of_order, text_of(found[i]));
  }
  for (std::size_t i = 0; i < granted.size(); ++i) {
    if (found[i].index != granted[i].index)
      return alys::refuse(mint_error::wrong_index, std::to_string(found[i].index) + " instead of " + std::to_string(granted[i].index));
  }
  return alys::refuse(mint_error::wrong_validator);
}

} // namespace alys::domain
