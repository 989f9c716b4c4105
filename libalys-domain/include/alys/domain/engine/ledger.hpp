// SPDX-License-Identifier: Apache-2.0
//
// Blocks of the embedded ledger: makes them, and checks those of others by making them again. State roots, receipts roots and block hashes
// are Ethereum's (Shanghai and Cancun), so that a full execution client would agree on every block that holds plain transfers only.
//
// ```cpp
// inline alys::result<alys::domain::hash256> genesis_root() {
//   alys::domain::execution_genesis genesis;
//   genesis.gas_limit = alys::domain::gas{30'000'000};
//   genesis.base_fee = 1'000'000'000;
//   genesis.accounts[alys::domain::address{}] = {.nonce = 0, .balance = 5};
//   auto made = alys::domain::make_execution_genesis(genesis);
//   if (!made) return made.error();
//   return made->payload.state_root;
// }
// ```
#pragma once

#include <alys/actors/result.hpp>
#include <alys/domain/engine/account.hpp>
#include <alys/domain/engine/engine_error.hpp>
#include <alys/domain/engine/execution_header.hpp>
#include <alys/domain/engine/execution_payload.hpp>
#include <alys/domain/engine/receipt.hpp>
#include <alys/domain/engine/state_source.hpp>
#include <alys/domain/engine/transaction_signing.hpp>
#include <alys/domain/engine/world_state.hpp>

#include <cstdint>
#include <map>
#include <span>
#include <vector>

namespace alys::domain {

// A block that was executed, and all that follows from it.
struct executed_block {
  execution_payload payload{};
  execution_header header{}; // of this payload
  std::vector<receipt> receipts{};
  domain::state_changes state_changes{}; // the new nodes of the state trie, and the header under the block's hash
  std::vector<hash256> dropped_nodes{};  // what the parent's state has and this one's has not: nodes, and the parent's header
  std::vector<touched_account> touched{};
};

// What the consensus layer asks of a payload.
struct payload_attributes {
  unix_seconds timestamp{};
  hash256 prev_randao{};
  address fee_recipient{};
  std::vector<withdrawal> withdrawals{};

  friend bool operator==(const payload_attributes&, const payload_attributes&) = default;
};

// A block's parent, and the nodes of its state.
struct ledger_context {
  std::uint64_t chain_id{};
  execution_forks forks{}; // without Prague
  const execution_header& parent;
  const state_source& nodes;
};

// The first block of an execution chain.
struct execution_genesis {
  gas gas_limit{}; // at least 5000
  wei base_fee{};  // below 2^128
  unix_seconds timestamp{};
  execution_forks forks{};
  bytes extra_data{};                    // at most 32 bytes
  std::map<address, account> accounts{}; // not empty ones, without storage and code, below 2^255 wei in all
};

// The base fee that a block on top of this one has.
[[nodiscard]] wei base_fee_after(const execution_header& parent);

// Block 0 with its state. Refuses with engine_error::invalid_genesis, also for a chain that will have Prague: its system contracts are
// programs, and no code runs here. The state changes hold the whole state.
[[nodiscard]] alys::result<executed_block> make_execution_genesis(const execution_genesis&);

// The hash of block 0, also of a chain that will have Prague: in block 0 nothing is executed. Refuses with engine_error::invalid_genesis otherwise.
[[nodiscard]] alys::result<hash256> first_block_hash(const execution_genesis&);

// A payload on top of the parent, from those of these candidates that can be in it, in this order. Refuses with invalid_attributes; fails as
// the state does.
[[nodiscard]] alys::result<executed_block> build_payload(const ledger_context&, const payload_attributes&,
                                                         std::span<const transaction_ptr> candidates);

// Executes a payload on top of the parent and holds every field against what came out. `transactions` are the payload's, recovered, in its
// order. Refuses with an engine_error, which means that the payload is invalid; fails as the state does, which says nothing about the
// payload. Unlike Ethereum's, a block's time may equal its parent's: slots can be shorter than a second.
[[nodiscard]] alys::result<executed_block> execute_payload(const ledger_context&, execution_payload,
                                                           std::span<const transaction_ptr> transactions);

} // namespace alys::domain
