// SPDX-License-Identifier: Apache-2.0
//
// Signed transactions: any bytes are one or are refused, no transaction has a second encoding, and whoever is recovered as its sender is so
// again.
#include "require.hpp"

#include <alys/domain/engine/intrinsic_gas.hpp>
#include <alys/domain/engine/transaction_rules.hpp>
#include <alys/domain/engine/transaction_signing.hpp>

#include <algorithm>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const alys::domain::bytes_view input{data, size};
  const auto decoded = alys::domain::decode_transaction(input);
  if (!decoded) {
    fuzz::require(decoded.error().refused() && !decoded.error().text().empty(), "a refusal says why");
    return 0;
  }
  const auto encoded = alys::domain::encode_transaction(*decoded);
  fuzz::require(std::ranges::equal(encoded, input), "the transaction encodes to the bytes that it was read from");
  fuzz::require(alys::domain::intrinsic_gas(*decoded) >= alys::domain::gas{alys::domain::gas_per_transaction}, "a transaction costs gas");
  const auto recovered = alys::domain::recover_transaction(encoded);
  if (!recovered) return 0;
  static_cast<void>(alys::domain::check_transaction(**recovered, {.chain_id = 1337, .gas_limit = alys::domain::gas{30'000'000}}));
  fuzz::require((*alys::domain::recover_transaction(encoded))->sender == (*recovered)->sender, "the sender is the same again");
  return 0;
}
