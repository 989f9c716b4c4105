// SPDX-License-Identifier: Apache-2.0
//
// The tips of transactions, from the blocks that took them in to those who are paid for the work. They are gathered from block to block; a
// block that proves work pays out what its ancestors gathered: four fifths to its miner, the rest to the federation in equal parts. What
// cannot be paid, since withdrawals count in gwei and a fifth may not divide, is no loss: it stays for the next payment.
//
// ```cpp
// inline alys::domain::wei left_over(const alys::domain::address& miner, const std::vector<alys::domain::address>& federation) {
//   return alys::domain::split_fees(alys::domain::wei{1'000'000'000'007}, miner, federation).left; // what is below a gwei
// }
// ```
#pragma once

#include <alys/actors/result.hpp>
#include <alys/domain/engine/execution_payload.hpp>
#include <alys/domain/engine/receipt.hpp>
#include <alys/domain/primitives/hash.hpp>
#include <alys/domain/primitives/units.hpp>
#include <alys/domain/primitives/wei.hpp>

#include <cstdint>
#include <span>
#include <vector>

namespace alys::domain {

// Whom a payload names as its fee recipient where its tips are gathered: nobody has the key, so the same tips are never paid twice.
inline constexpr auto gathered_fees = address::literal("0x000000000000000000000000000000000000dEaD");

inline constexpr std::uint64_t miner_percent = 80; // of what was gathered

// Why receipts do not say what a block's tips are. All or nothing: no receipt is skipped, and none counts for another transaction.
enum class fee_error : std::uint8_t {
  none,
  receipts_incomplete, // not one for each transaction
  wrong_receipt,       // of another transaction, or out of order
  wrong_gas,           // they do not add up to the payload's gas
  below_base_fee,      // a transaction paid less for its gas than the base fee
  too_much,            // together more than 256 bits of wei
};
ALYS_ERRORS(fee_error, receipts_incomplete, wrong_receipt, wrong_gas, below_base_fee, too_much)

// What the transactions of a payload pay above the base fee, which is burnt (EIP-1559): the sum of
// gas used * min(priority fee cap, fee cap - base fee). Refuses with a fee_error. About 4 us for each kB of transactions.
[[nodiscard]] alys::result<wei> tips_of(const execution_payload&, std::span<const receipt>);

// Coins for an account.
struct mint {
  address recipient;
  gwei amount;

  friend bool operator==(const mint&, const mint&) = default;
};

struct fee_split {
  std::vector<mint> shares; // the miner's, then the federation's in its order; none of 0
  wei left;                 // to be gathered further: shares and this are what was split
};

// miner = fees * 80 / 100, and each of the federation (fees - miner) / n, both in wei and rounded down, then rounded down to gwei. Without a
// federation all goes to the miner. Of more than 2^64 - 1 gwei, which is 878 times all bitcoin there can be, the rest is left.
[[nodiscard]] fee_split split_fees(const wei& fees, const address& miner, std::span<const address> federation);

// What is gathered after a block that pays nothing, and after one that pays: its own tips are for the next one.
[[nodiscard]] inline wei gathered_after(const wei& before, const wei& tips) { return before + tips; }
[[nodiscard]] inline wei gathered_after(const fee_split& paid, const wei& tips) { return paid.left + tips; }

} // namespace alys::domain
