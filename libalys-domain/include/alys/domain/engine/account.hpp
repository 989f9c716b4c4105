// SPDX-License-Identifier: Apache-2.0
//
// An account as the state trie holds it (Ethereum yellow paper, section 4.1).
//
// ```cpp
// inline bool nobody() { return alys::domain::account{}.is_empty(); }
// ```
#pragma once

#include <alys/actors/result.hpp>
#include <alys/domain/primitives/bytes.hpp>
#include <alys/domain/primitives/hash.hpp>
#include <alys/domain/primitives/wei.hpp>

#include <cstdint>

namespace alys::domain {

// Root of a trie without entries: the Keccak-256 of the RLP of the empty string.
inline constexpr auto empty_trie_root = hash256::literal("0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421");

// Keccak-256 of no code.
inline constexpr auto empty_code_hash = hash256::literal("0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470");

// One that the trie does not have is like a default-made one.
struct account {
  std::uint64_t nonce = 0; // transactions sent
  wei balance{};
  hash256 storage_root = empty_trie_root;
  hash256 code_hash = empty_code_hash;

  // True if the state must not hold it (EIP-161).
  [[nodiscard]] bool is_empty() const { return nonce == 0 && balance == 0 && code_hash == empty_code_hash; }

  friend bool operator==(const account&, const account&) = default;
};

[[nodiscard]] bytes encode_account(const account&);

// Refuses with an rlp_error. Total.
[[nodiscard]] alys::result<account> decode_account(bytes_view);

} // namespace alys::domain
