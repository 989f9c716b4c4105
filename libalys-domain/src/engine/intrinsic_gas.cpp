// SPDX-License-Identifier: Apache-2.0
//
// Gas before any code runs.
#include <alys/domain/engine/intrinsic_gas.hpp>

#include <algorithm>

namespace alys::domain {

gas intrinsic_gas(const transaction& tx) {
  const auto zeros = static_cast<std::uint64_t>(std::ranges::count(tx.data, std::uint8_t{0}));
  std::uint64_t total = gas_per_transaction + zeros * gas_per_zero_byte + (tx.data.size() - zeros) * gas_per_other_byte;
  for (const auto& entry : tx.access_list) total += gas_per_listed_account + entry.storage_keys.size() * gas_per_listed_key;
  constexpr std::size_t word = 32;
  if (!tx.to) total += gas_per_creation + (tx.data.size() + word - 1) / word * gas_per_code_word;
  return gas{total};
}

} // namespace alys::domain
