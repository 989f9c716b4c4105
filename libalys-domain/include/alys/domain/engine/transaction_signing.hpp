// SPDX-License-Identifier: Apache-2.0
//
// Who sent a transaction. Recovering the sender from the signature costs some 50 us, more than all else that happens to a transfer, so it
// is done once: a recovered_transaction carries its sender, hash and encoding, and is shared from the pool to the block.
//
// ```cpp
// inline alys::result<alys::domain::address> sender_of(alys::domain::bytes raw) {
//   auto recovered = alys::domain::recover_transaction(std::move(raw));
//   if (!recovered) return recovered.error();
//   return (*recovered)->sender;
// }
// ```
#pragma once

#include <alys/actors/result.hpp>
#include <alys/domain/engine/transaction.hpp>

#include <memory>

namespace alys::domain {

// A transaction of which everything is known that its bytes say.
struct recovered_transaction {
  domain::transaction transaction{};
  address sender{};
  hash256 hash{}; // Keccak-256 of `raw`
  bytes raw{};
};

// Immutable and shared: pool, blocks and answers hold the same one.
using transaction_ptr = std::shared_ptr<const recovered_transaction>;

// Decodes and recovers. Refuses as decode_transaction does, and with invalid_signature if no key can have made the signature. Thread-safe.
[[nodiscard]] alys::result<transaction_ptr> recover_transaction(bytes raw);

// The hash that the signature is over.
[[nodiscard]] hash256 signing_hash(const transaction&);

// The address of a secret key; refuses invalid_signature for a key that is zero or not below the curve's order.
[[nodiscard]] alys::result<address> address_of(const hash256& secret_key);

// The transaction signed with this key (deterministic nonce, RFC 6979). For tools and tests: a node holds no such keys. Replaces the
// signature that `unsigned_transaction` may have; of a legacy one the chain id says whether EIP-155 applies.
[[nodiscard]] alys::result<transaction_ptr> sign_transaction(transaction unsigned_transaction, const hash256& secret_key);

} // namespace alys::domain
