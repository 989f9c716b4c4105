// SPDX-License-Identifier: Apache-2.0
//
// The coins that a block mints, as the withdrawals of its payload (EIP-4895): first the shares of gathered fees, then deposits in the order
// in which they are taken in. Who gets coins twice has one withdrawal, at the first of its places. Author and verifier ask the same function,
// so that they cannot differ; and a payload must hold its answer exactly.
//
// ```cpp
// inline bool pays_as_granted(const alys::domain::execution_payload& payload, const std::vector<alys::domain::mint>& fees) {
//   const auto granted = alys::domain::grant_mints({.fees = fees, .deposits = {}, .next_index = 0});
//   return granted && alys::domain::check_withdrawals(payload.withdrawals, granted->withdrawals).has_value();
// }
// ```
#pragma once

#include <alys/actors/result.hpp>
#include <alys/domain/chain/fees.hpp>
#include <alys/domain/engine/execution_payload.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace alys::domain {

// Why the withdrawals of a payload, or what they are granted from, are wrong: one code a rule.
enum class mint_error : std::uint8_t {
  none,
  too_many_recipients, // fees for more accounts than a payload has room for
  too_much,            // more than 2^64 - 1 gwei for one account, or more than 2^64 - 1 withdrawals in all
  not_granted,         // coins for somebody who is to have none, or for one account twice
  missing,             // none for somebody who is to have some
  wrong_amount,
  out_of_order,
  wrong_index,     // they are numbered from 0, through the whole chain
  wrong_validator, // validator index other than 0
};
ALYS_ERRORS(mint_error, too_many_recipients, too_much, not_granted, missing, wrong_amount, out_of_order, wrong_index, wrong_validator)

struct mint_claims {
  std::span<const mint> fees;     // see split_fees
  std::span<const mint> deposits; // those that may be taken in, oldest first
  std::uint64_t next_index = 0;   // of withdrawals: how many there were in all ancestors
};

struct granted_mints {
  std::vector<withdrawal> withdrawals; // at most block_limits::withdrawals, no recipient twice, none of 0 gwei
  std::size_t deposits = 0;            // how many are taken in, from the front; the others wait
  std::uint64_t next_index = 0;        // of the next block
};

// What a block mints. All fees are paid; deposits come in for as long as there is room, the fees' recipients counted, and none overtakes another.
// Refuses with too_many_recipients or too_much where the fees cannot be paid.
[[nodiscard]] alys::result<granted_mints> grant_mints(const mint_claims&);

// Refuses withdrawals that are not exactly the granted ones, with the first rule in the order of mint_error that they break.
[[nodiscard]] alys::result<void> check_withdrawals(std::span<const withdrawal> found, std::span<const withdrawal> granted);

} // namespace alys::domain
