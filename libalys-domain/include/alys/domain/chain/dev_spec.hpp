// SPDX-License-Identifier: Apache-2.0
//
// The chain of `alysd dev`: one authority, one funded account, keys that everybody knows. It is the same on every machine, so its genesis id
// is a test vector, and anything of value on it belongs to whoever takes it first.
//
// ```cpp
// inline alys::domain::block_id nothing_secret() { return alys::domain::block_id{alys::domain::commitment_of(alys::domain::dev_spec(100ms)).content()}; }
// ```
#pragma once

#include <alys/domain/chain/chain_spec.hpp>

#include <chrono>
#include <cstdint>

namespace alys::domain {

inline constexpr std::uint64_t dev_chain_id = 121'212;

// The secret key of the funded account: the first one of the mnemonic "test test test test test test test test test test test junk", which
// Ethereum's development tools share, so that wallets may know it already. Its address is dev_account.
inline constexpr auto dev_account_key = hash256::literal("0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80");
inline constexpr auto dev_account = address::literal("0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266");

// The secret key of a development authority: tagged_hash("alys/dev-authority/v1", index as 2 bytes).
[[nodiscard]] secret_key dev_authority_key(authority_index);

// `slot_duration`: 100 ms to 1 h. `authorities`: how many, from 1 to max_authorities.
[[nodiscard]] chain_spec dev_spec(std::chrono::milliseconds slot_duration = std::chrono::seconds{2}, std::size_t authorities = 1);

} // namespace alys::domain
