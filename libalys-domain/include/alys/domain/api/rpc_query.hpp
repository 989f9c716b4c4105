// SPDX-License-Identifier: Apache-2.0
//
// What the JSON-RPC methods ask of the node, as typed values. A method is decoded into one of these queries (rpc_methods.hpp), whoever
// knows answers it with a domain value, and rpc_format.hpp turns the answer into JSON as the query's form says. There are fewer queries
// than methods: a query names who can answer, its form which method it was.
//
// ```cpp
// inline bool needs_the_engine(const alys::domain::rpc_query& query) {
//   return std::holds_alternative<alys::domain::account_query>(query) || std::holds_alternative<alys::domain::fee_query>(query);
// }
// ```
#pragma once

#include <alys/domain/api/found_log.hpp>
#include <alys/domain/api/json.hpp>
#include <alys/domain/chain/block.hpp>
#include <alys/domain/chain/chain_state.hpp>
#include <alys/domain/engine/engine_reads.hpp>
#include <alys/domain/engine/receipt.hpp>
#include <alys/domain/engine/transaction_signing.hpp>
#include <alys/domain/primitives/bytes.hpp>
#include <alys/domain/primitives/hash.hpp>
#include <alys/domain/primitives/units.hpp>
#include <alys/domain/storage/stored_block.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace alys::domain {

// A block as a caller names it: by its role in the chain, by height, by the hash of its execution block, or by the id of the Alys block.
using rpc_block = std::variant<block_tag, block_height, hash256, block_id>;

// Known without asking anybody: the result, as JSON text.
struct known_query {
  std::string result;
  friend bool operator==(const known_query&, const known_query&) = default;
};

// About the node and its head. Answered with a node_status.
struct status_query {
  enum class form : std::uint8_t { chain_id, network_version, client_version, block_number, syncing, peer_count, node_status };
  form as = form::node_status;
  friend bool operator==(const status_query&, const status_query&) = default;
};

// About the price of gas. Answered with a fee_quote.
struct fee_query {
  enum class form : std::uint8_t { gas_price, priority_fee };
  form as = form::gas_price;
  friend bool operator==(const fee_query&, const fee_query&) = default;
};

// About an account at a block. Answered with an account_status; unknown blocks are refused.
struct account_query {
  enum class form : std::uint8_t { balance, transaction_count };
  form as = form::balance;
  address who;
  rpc_block block = block_tag::latest;
  friend bool operator==(const account_query&, const account_query&) = default;
};

// The code of an account. Answered with bytes.
struct code_query {
  address who;
  rpc_block block = block_tag::latest;
  friend bool operator==(const code_query&, const code_query&) = default;
};

// What an account keeps under a key. Answered with a hash256.
struct storage_query {
  address who;
  hash256 key;
  rpc_block block = block_tag::latest;
  friend bool operator==(const storage_query&, const storage_query&) = default;
};

// What a call would return. Answered with bytes; refused with engine_error::reverted and its data.
struct call_query {
  call_request call;
  rpc_block block = block_tag::latest;
};

// About a block. Answered with a stored_block, or null if there is none.
struct block_query {
  enum class form : std::uint8_t {
    alys,
    transaction_hashes,
    full_transactions,
    transaction_count,
    uncle_count,
    uncle,
    transaction_at,
    receipts
  };
  form as = form::alys;
  rpc_block block = block_tag::latest;
  std::uint64_t index = 0; // transaction_at: its place in the block
  friend bool operator==(const block_query&, const block_query&) = default;
};

// About a transaction. Answered with a found_transaction.
struct transaction_query {
  enum class form : std::uint8_t { transaction, raw, receipt };
  form as = form::transaction;
  hash256 hash;
  friend bool operator==(const transaction_query&, const transaction_query&) = default;
};

// A signed transaction for the pool. Answered with its hash, or refused with a transaction_error.
struct submit_query {
  bytes raw;
  friend bool operator==(const submit_query&, const submit_query&) = default;
};

// What gas a transaction would use. Answered with gas, or refused with a transaction_error.
struct estimate_query {
  call_request call;
};

// Fees of past blocks (eth_feeHistory). Answered with the blocks from the oldest to `newest`: `count` of them, or fewer where the chain is
// shorter.
struct fee_history_query {
  std::uint64_t count = 0; // 1 to most_fee_blocks
  rpc_block newest = block_tag::latest;
  std::optional<std::vector<double>> percentiles; // ascending, 0 to 100; nothing: no rewards wanted
  friend bool operator==(const fee_history_query&, const fee_history_query&) = default;
};
inline constexpr std::uint64_t most_fee_blocks = 128;

// Blocks from one to another, both included.
struct block_range {
  rpc_block first = block_tag::latest;
  rpc_block last = block_tag::latest;
  friend bool operator==(const block_range&, const block_range&) = default;
};

// Logs (eth_getLogs), of some blocks or of the one with this hash. Answered with found_logs from the oldest on.
struct log_query {
  std::variant<block_range, hash256> where;
  log_filter which;
  friend bool operator==(const log_query&, const log_query&) = default;
};
inline constexpr std::uint64_t most_log_blocks = 10'000;        // that one query looks at
inline constexpr std::size_t most_log_bytes = 20 * 1024 * 1024; // of the JSON text, roughly

// The tree of actors. Answered with JSON text.
struct tree_query {
  friend bool operator==(const tree_query&, const tree_query&) = default;
};

// Who may ask whom. Answered with JSON text.
struct ask_edges_query {
  friend bool operator==(const ask_edges_query&, const ask_edges_query&) = default;
};

// What became of new configurations. Answered with JSON text.
struct reloads_query {
  friend bool operator==(const reloads_query&, const reloads_query&) = default;
};

// Asks for the configuration file to be read again. Answered at once.
struct reload_query {
  friend bool operator==(const reload_query&, const reload_query&) = default;
};

// Makes an actor fail; only where the node was started for it. Answered when the fault has been delivered.
struct fault_query {
  enum class kind : std::uint8_t {
    exception, // its handler throws
    failure,   // its handler returns a failure
  };
  std::string path; // "/root/chain/engine"
  kind how = kind::exception;
  friend bool operator==(const fault_query&, const fault_query&) = default;
};

// Trouble of many kinds, while it is on; only where the node was started for it. Answered with a report as JSON text.
struct chaos_query {
  enum class form : std::uint8_t { inject, report, stop };
  form as = form::report;
  std::uint64_t seed = 0;                            // inject
  std::optional<std::vector<json_value>> rules = {}; // likewise; nothing: as configured
};

// Wants a backup. Answered with a made_backup, or refused with a backup_refusal.
struct backup_query {
  std::optional<std::string> name; // nothing: the node chooses one
  friend bool operator==(const backup_query&, const backup_query&) = default;
};

using rpc_query = std::variant<known_query, status_query, fee_query, account_query, code_query, storage_query, call_query, block_query,
                               transaction_query, submit_query, estimate_query, fee_history_query, log_query, tree_query, ask_edges_query,
                               reloads_query, reload_query, backup_query, fault_query, chaos_query>;

// How far a node that lags behind has come.
struct sync_progress {
  block_height start;
  block_height current;
  block_height highest;
};

// The node as it answers for itself.
struct node_status {
  std::string client_version; // "alysd/0.1.0"
  std::string engine;         // what executes transactions: "embedded ledger"
  std::uint64_t chain_id = 0;
  block_id genesis;
  block_ref head;
  unix_milliseconds head_time;
  hash256 head_payload; // hash of the head's execution block
  block_ref last_final;
  std::uint64_t authorities = 0;
  std::optional<authority_index> authority; // the seat of this node, if it has one
  std::uint64_t peers = 0;
  chain_state state = chain_state::initializing;
  std::optional<sync_progress> sync;     // nothing: it has all blocks that it knows of
  std::uint64_t interrupted_imports = 0; // imports that the end of an earlier run cut off, found at this start
  unix_milliseconds started;
};

// A transaction in a block of the chain.
struct included_transaction {
  bytes raw; // as it was signed
  domain::receipt receipt;
  hash256 block_hash; // of the execution block
  block_height block_number;
  std::uint64_t index = 0;     // its place in the block
  std::uint64_t first_log = 0; // the place of its first log among all logs of the block
};

// That at a place of a block that has so many.
[[nodiscard]] included_transaction transaction_in(const stored_block&, std::size_t index);

// Nothing: neither the pool nor the chain has it.
using found_transaction = std::variant<std::monostate, transaction_ptr, included_transaction>;

} // namespace alys::domain
