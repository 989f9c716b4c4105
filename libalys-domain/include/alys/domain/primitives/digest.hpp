// SPDX-License-Identifier: Apache-2.0
//
// Hash functions: Keccak-256 for the execution layer, SHA-256 for Bitcoin, tagged SHA-256 (BIP-340) for what Alys itself signs.
// Pure and thread-safe; the cost is below a microsecond for a hash of hashes and about 4 us per kB.
//
// ```cpp
// inline alys::domain::hash256 code_hash_of_nothing() { return alys::domain::keccak256({}); } // 0xc5d24601…
// inline alys::domain::hash256 own() { return alys::domain::tagged_hash("alys/example/v1", alys::domain::bytes_of("text")); }
// ```
#pragma once

#include <alys/domain/primitives/bytes.hpp>
#include <alys/domain/primitives/hash.hpp>

#include <string_view>

namespace alys::domain {

// Keccak-256 with the padding that Ethereum uses; the SHA3-256 of FIPS 202 pads otherwise.
[[nodiscard]] hash256 keccak256(bytes_view);

[[nodiscard]] hash256 sha256(bytes_view);

// SHA-256 of SHA-256, as Bitcoin hashes blocks and transactions.
[[nodiscard]] hash256 sha256d(bytes_view);

// BIP-340: sha256(sha256(tag) || sha256(tag) || message). Different tags never give the same hash for the same message.
[[nodiscard]] hash256 tagged_hash(std::string_view tag, bytes_view message);

// HMAC with SHA-256 (RFC 2104).
[[nodiscard]] hash256 hmac_sha256(bytes_view key, bytes_view message);

} // namespace alys::domain
