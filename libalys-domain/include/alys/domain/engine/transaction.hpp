// SPDX-License-Identifier: Apache-2.0
//
// Signed transactions of the execution layer: legacy ones (with the chain id of EIP-155 or without) and those of EIP-1559, in the envelope
// of EIP-2718. Decoding checks the form and the range of the signature (EIP-2); who signed is found out in transaction_signing.hpp.
//
// ```cpp
// inline alys::result<alys::domain::wei> value_of(alys::domain::bytes_view raw) {
//   auto decoded = alys::domain::decode_transaction(raw);
//   if (!decoded) return decoded.error();
//   return decoded->value;
// }
// ```
#pragma once

#include <alys/actors/result.hpp>
#include <alys/domain/engine/transaction_error.hpp>
#include <alys/domain/primitives/bytes.hpp>
#include <alys/domain/primitives/hash.hpp>
#include <alys/domain/primitives/units.hpp>
#include <alys/domain/primitives/wei.hpp>

#include <cstdint>
#include <optional>
#include <vector>

namespace alys::domain {

// The first byte of an envelope (EIP-2718); a legacy transaction has none.
enum class transaction_type : std::uint8_t {
  legacy = 0x00,
  fee_market = 0x02, // EIP-1559
};

// An account and the storage that a transaction announces (EIP-2930). It costs gas; without code it saves none.
struct access_list_entry {
  address account{};
  std::vector<hash256> storage_keys{};

  friend bool operator==(const access_list_entry&, const access_list_entry&) = default;
};

struct transaction_signature {
  bool y_is_odd = false;
  wei r{};
  wei s{};

  friend bool operator==(const transaction_signature&, const transaction_signature&) = default;
};

// A transaction as its fields say. Of a legacy one both fees are the gas price.
struct transaction {
  transaction_type type = transaction_type::legacy;
  std::optional<std::uint64_t> chain_id{}; // nothing: a legacy transaction that is valid on every chain
  std::uint64_t nonce = 0;
  wei max_priority_fee_per_gas{};
  wei max_fee_per_gas{};
  domain::gas gas_limit{};
  std::optional<address> to{}; // nothing: makes a contract
  wei value{};
  bytes data{};
  std::vector<access_list_entry> access_list{};
  transaction_signature signature{};

  friend bool operator==(const transaction&, const transaction&) = default;
};

// What a pool takes, in bytes of the encoding; as geth has it.
inline constexpr std::size_t largest_transaction = std::size_t{128} * 1024;

// The transaction that `raw` encodes, which is what eth_sendRawTransaction gets and what a block holds. Refuses with oversized, too_short,
// type_not_supported, malformed or invalid_signature. Total and linear in the input.
[[nodiscard]] alys::result<transaction> decode_transaction(bytes_view raw);

// The one encoding of a signed transaction; its Keccak-256 is the transaction's hash.
[[nodiscard]] bytes encode_transaction(const transaction&);

// What the sender signs: the Keccak-256 of this (EIP-155, EIP-1559).
[[nodiscard]] bytes encode_for_signing(const transaction&);

// The `v` that JSON-RPC shows: 27 or 28, with the chain id folded in as EIP-155 does, or the y parity of an EIP-1559 transaction.
[[nodiscard]] wei signature_v(const transaction&);

// Where the contract is that a transaction with this nonce makes (yellow paper, section 7).
[[nodiscard]] address contract_address(const address& sender, std::uint64_t nonce);

} // namespace alys::domain
