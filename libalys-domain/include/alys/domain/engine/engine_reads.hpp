// SPDX-License-Identifier: Apache-2.0
//
// What is read from an execution layer, and how one names the block to read at: the values that the engine's port (execution_engine.hpp)
// exchanges with those who only look.
//
// ```cpp
// inline alys::domain::wei price_now(const alys::domain::fee_quote& quote) { return quote.base_fee + quote.suggested_tip; }
// ```
#pragma once

#include <alys/domain/engine/transaction.hpp>
#include <alys/domain/primitives/bytes.hpp>
#include <alys/domain/primitives/hash.hpp>
#include <alys/domain/primitives/units.hpp>
#include <alys/domain/primitives/wei.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

namespace alys::domain {

// A block by its role or by its hash. `pending` is the head with the pool's transactions on top; `earliest` is genesis.
enum class block_tag : std::uint8_t { latest, pending, safe, finalized, earliest };
using block_selector = std::variant<block_tag, hash256>;

struct account_status {
  wei balance{};
  std::uint64_t nonce = 0;
  std::uint64_t pending_nonce = 0; // the next one that a wallet should use: after the pool's transactions
};

// How much waits in the pool.
struct pool_counts {
  std::size_t transactions = 0;
  std::size_t gapped = 0; // of them, those that wait for one with a lower nonce
  std::size_t bytes = 0;
};

// What a transaction of the next block should offer.
struct fee_quote {
  wei base_fee{}; // of the next block
  wei suggested_tip{};
  gas gas_limit{}; // of a block
};

// A transaction that nobody has signed yet.
struct call_request {
  address from{};
  std::optional<address> to{};
  wei value{};
  bytes data{};
  std::vector<access_list_entry> access_list{};
};

} // namespace alys::domain
