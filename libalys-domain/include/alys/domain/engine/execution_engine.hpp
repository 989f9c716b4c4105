// SPDX-License-Identifier: Apache-2.0
//
// Port: the execution layer, which knows accounts and transactions and nothing of slots and seals. Shaped like Ethereum's Engine API
// (Shanghai), so that a full execution client can stand behind it as well as the embedded ledger.
//
// Every call answers through `done`, exactly once: before the call returns or later, on the caller's thread or another. `done` must not
// throw. The caller makes one call at a time; it need not wait for the answer before the next. An error that was refused is the answer to
// the request; one that failed says that the execution layer is in trouble.
//
// ```cpp
// inline void propose(alys::domain::execution_engine& engine, const alys::domain::hash256& parent, alys::domain::unix_seconds time) {
//   engine.fork_choice_updated({.head = parent}, alys::domain::payload_attributes{.timestamp = time}, [&engine](auto verdict) {
//     if (!verdict || !verdict->payload) return;
//     engine.get_payload(*verdict->payload, [](alys::result<alys::domain::execution_payload>) { /* seal it */ });
//   });
// }
// ```
#pragma once

#include <alys/actors/result.hpp>
#include <alys/domain/engine/engine_reads.hpp>
#include <alys/domain/engine/execution_payload.hpp>
#include <alys/domain/engine/ledger.hpp>
#include <alys/domain/engine/receipt.hpp>
#include <alys/domain/engine/state_source.hpp>
#include <alys/domain/engine/transaction_signing.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace alys::domain {

// Whom an answer goes to.
template <class T>
using answer = std::function<void(alys::result<T>)>;

enum class payload_status : std::uint8_t {
  valid,
  invalid,
  syncing,  // its ancestors are not known yet
  accepted, // kept for later, not executed
};

// "VALID", "INVALID", "SYNCING" or "ACCEPTED", as the Engine API spells them.
[[nodiscard]] std::string_view to_string(payload_status) noexcept;

// Execution blocks by hash. Zero for safe and finalized: none yet.
struct forkchoice_state {
  hash256 head{};
  hash256 safe{};
  hash256 finalized{};

  friend bool operator==(const forkchoice_state&, const forkchoice_state&) = default;
};

using payload_id = fixed_bytes<struct payload_id_tag, 8>;

struct forkchoice_verdict {
  payload_status status = payload_status::syncing;
  std::optional<hash256> latest_valid_hash{};
  std::optional<payload_id> payload{}; // of the payload under construction, if attributes came along
};

struct payload_verdict {
  payload_status status = payload_status::syncing;
  std::optional<hash256> latest_valid_hash{}; // of an invalid payload: its last valid ancestor, if it is a block at all
  std::string validation_error{};             // of an invalid payload: the broken rule
  domain::state_changes state_changes{};      // to be committed with the block; empty where the engine keeps its own state
  std::vector<hash256> dropped_nodes{};       // likewise: what the parent's state has and this block's has not
  std::vector<receipt> receipts{};            // in the order of the transactions
};

// What a block holds, without its header.
struct payload_body {
  std::vector<bytes> transactions{}; // signed and encoded, in the block's order

  friend bool operator==(const payload_body&, const payload_body&) = default;
};

// The first execution block, and the state that must be committed with it.
struct genesis_payload {
  execution_payload payload{};
  domain::state_changes state_changes{};
};

// True for errors that say that an engine in another process could not be asked, or not understood: it is unreachable, too slow, being given
// the blocks that it lacks, or talks nonsense. That passes by itself, and nothing here can do anything about it.
[[nodiscard]] bool client_is_away(const alys::error&) noexcept;

class execution_engine {
public:
  execution_engine() = default;
  execution_engine(const execution_engine&) = delete;
  execution_engine& operator=(const execution_engine&) = delete;
  virtual ~execution_engine() = default;

  // The chain that transactions must be signed for (EIP-155).
  virtual void chain_id(answer<std::uint64_t> done) = 0;

  // Block 0. It need not be asked for where the store has it already.
  virtual void genesis(answer<genesis_payload> done) = 0;

  // Makes `head` the block that reads and payloads build upon; syncing if the engine does not have it. With attributes, starts a payload on
  // top of it. Refuses with engine_error::invalid_attributes, and then the head has moved nevertheless, and with
  // engine_error::invalid_forkchoice where safe or finalized is no ancestor of it. Back to an ancestor of the head not every engine goes: it answers valid, without a payload.
  virtual void fork_choice_updated(const forkchoice_state& state, std::optional<payload_attributes> attributes,
                                   answer<forkchoice_verdict> done) = 0;

  // The payload under construction; the same at every call. Refuses with engine_error::unknown_payload.
  virtual void get_payload(const payload_id& id, answer<execution_payload> done) = 0;

  // What the engine's own chain holds from this height on, which is above 0: of up to `most` blocks, 1 to 32. Fewer: it ends there, or does not
  // have the next one any more. None of an engine that keeps no blocks. A caller whose store is an older copy finds there what it has forgotten.
  virtual void payload_bodies(block_height first, std::size_t most, answer<std::vector<payload_body>> done) = 0;

  // Checks and executes a payload. Neither the head nor any answer changes until fork_choice_updated names it. On an invalid payload it is
  // invalid too, or put off where the engine does not remember.
  virtual void new_payload(execution_payload payload, answer<payload_verdict> done) = 0;

  // Says that the block and its state changes are durable: the engine may read them from the store from now on.
  virtual void state_committed(const hash256& block) = 0;

  // Takes a signed transaction into the pool and gives its hash. Refuses with a transaction_error, in whose text wallets find geth's
  // phrases.
  virtual void submit_transaction(bytes raw, answer<hash256> done) = 0;

  // Puts transactions back that were accepted in an earlier life, in this order. Gives the hashes of those that it does not take any more: they
  // were included, replaced, or cannot be paid. One that it has already counts as taken. An engine in another process may find out later, and
  // tell by take_dropped_transactions.
  virtual void restore_transactions(std::vector<bytes> raw, answer<std::vector<hash256>> done) = 0;

  // Which transactions have left the pool since the last answer to this: those that will not be included, and none of the head's.
  virtual void take_dropped_transactions(answer<std::vector<hash256>> done) = 0;

  // A transaction that waits in the pool; null if it is not there (or not any more).
  virtual void pending_transaction(const hash256& hash, answer<transaction_ptr> done) = 0;

  virtual void pool_status(answer<pool_counts> done) = 0;

  // Refuses with engine_error::unknown_block.
  virtual void account_at(const address& who, const block_selector& block, answer<account_status> done) = 0;

  // The code of an account, empty if it has none. Refuses with engine_error::unknown_block.
  virtual void code_at(const address& who, const block_selector& block, answer<bytes> done) = 0;

  // What the account keeps under this key, zero if nothing. Refuses with engine_error::unknown_block.
  virtual void storage_at(const address& who, const hash256& key, const block_selector& block, answer<hash256> done) = 0;

  // What this call would return in a block on top of this one. Refuses with engine_error::unknown_block, with engine_error::reverted and its data,
  // and with engine_error::client_refused where it ran out of gas or could not even begin.
  virtual void call(call_request request, const block_selector& block, answer<bytes> done) = 0;

  // Refuses with engine_error::unknown_block while there is no head.
  virtual void quote_fees(answer<fee_quote> done) = 0;

  // The gas that this transaction would use on the head. Refuses with a transaction_error where it could not be executed, and with
  // engine_error::reverted.
  virtual void estimate_gas(call_request call, answer<gas> done) = 0;
};

} // namespace alys::domain
