// SPDX-License-Identifier: Apache-2.0
//
// What a transaction costs before any code runs; for a plain transfer, all it costs.
// Prices of Shanghai: Ethereum yellow paper, with calldata by EIP-2028, access lists by EIP-2930 and code of new contracts by EIP-3860.
//
// ```cpp
// inline alys::domain::gas plain() {
//   return alys::domain::intrinsic_gas(alys::domain::transaction{.to = alys::domain::address{}}); // 21000
// }
// ```
#pragma once

#include <alys/domain/engine/transaction.hpp>

namespace alys::domain {

inline constexpr std::uint64_t gas_per_transaction = 21'000;
inline constexpr std::uint64_t gas_per_creation = 32'000;
inline constexpr std::uint64_t gas_per_code_word = 2; // of 32 bytes, of code that makes a contract
inline constexpr std::uint64_t gas_per_zero_byte = 4;
inline constexpr std::uint64_t gas_per_other_byte = 16;
inline constexpr std::uint64_t gas_per_listed_account = 2'400;
inline constexpr std::uint64_t gas_per_listed_key = 1'900;

// The gas that a transaction uses by itself. Linear in its data.
[[nodiscard]] gas intrinsic_gas(const transaction&);

} // namespace alys::domain
