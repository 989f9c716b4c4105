// SPDX-License-Identifier: Apache-2.0
//
// What the engine actor is asked. The words are the Engine API's; the chain actor is the one who asks. What a block waits for is urgent: it must
// not stand behind the transactions that wallets submit meanwhile.
//
// ```cpp
// inline alys::domain::check_payload check(alys::domain::execution_payload payload) { return {std::move(payload)}; }
// ```
#pragma once

#include <alys/actors/message.hpp>
#include <alys/domain/engine/execution_engine.hpp>

namespace alys::domain {

// Makes `state.head` the head and begins to fill a payload on top of it from the pool. Refuses with an engine_error.
struct begin_payload {
  using reply = payload_id;
  static constexpr auto priority = alys::priority::urgent;
  forkchoice_state state;
  payload_attributes attributes;
};

// The payload as it is now; clients go on filling it until then. Refuses with engine_error::unknown_payload.
struct finish_payload {
  using reply = execution_payload;
  static constexpr auto priority = alys::priority::urgent;
  payload_id id;
};

// See execution_engine::payload_bodies.
struct find_payload_bodies {
  using reply = std::vector<payload_body>;
  block_height first;
  std::uint64_t most = 0;
};

// Executes a payload and says what it thinks of it; an invalid payload is an ordinary answer.
struct check_payload {
  using reply = payload_verdict;
  static constexpr auto priority = alys::priority::urgent;
  execution_payload payload;
};

// Makes `state.head` the head. `committed`: execution blocks whose state changes have become durable.
struct set_head {
  using reply = forkchoice_verdict;
  static constexpr auto priority = alys::priority::urgent;
  forkchoice_state state;
  std::vector<hash256> committed;
};

// Puts a signed transaction into the pool. Refuses with a transaction_error.
struct submit_raw_transaction {
  using reply = hash256;
  bytes raw;
};

// Puts transactions of an earlier life back into the pool; see execution_engine::restore_transactions.
struct restore_transactions {
  using reply = std::vector<hash256>; // no longer taken
  std::vector<bytes> raw;
};

// Which transactions have left the pool without being in the head; see execution_engine::take_dropped_transactions.
struct take_dropped_transactions {
  using reply = std::vector<hash256>;
};

// A transaction that waits in the pool, or null.
struct find_pending_transaction {
  using reply = transaction_ptr;
  hash256 hash;
};

struct find_account {
  using reply = account_status;
  address who;
  block_selector block;
};

struct find_code {
  using reply = bytes;
  address who;
  block_selector block;
};

struct find_storage {
  using reply = hash256;
  address who;
  hash256 key;
  block_selector block;
};

// What a call would give; see execution_engine::call.
struct find_call_result {
  using reply = bytes;
  call_request call;
  block_selector block;
};

struct find_fees {
  using reply = fee_quote;
};

struct find_gas {
  using reply = gas;
  call_request call;
};

// The payload of block 0, and its state.
struct find_genesis_payload {
  using reply = genesis_payload;
};

// The adapter behind the engine failed at something: the engine actor's failure, told to it in its own turn.
struct engine_failed {
  error what;
};

// An engine in another process has gone away, or is back: what the engine actor says of its health.
struct engine_contact {
  error trouble; // none: it is back
};

ALYS_MESSAGE(begin_payload, state, attributes)
ALYS_MESSAGE(finish_payload, id)
ALYS_MESSAGE(find_payload_bodies, first, most)
ALYS_MESSAGE(check_payload, payload)
ALYS_MESSAGE(set_head, state, committed)
ALYS_MESSAGE(submit_raw_transaction, raw)
ALYS_MESSAGE(restore_transactions, raw)
ALYS_MESSAGE(take_dropped_transactions)
ALYS_MESSAGE(find_pending_transaction, hash)
ALYS_MESSAGE(find_account, who, block)
ALYS_MESSAGE(find_code, who, block)
ALYS_MESSAGE(find_storage, who, key, block)
ALYS_MESSAGE(find_call_result, call, block)
ALYS_MESSAGE(find_fees)
ALYS_MESSAGE(find_gas, call)
ALYS_MESSAGE(find_genesis_payload)
ALYS_MESSAGE(engine_failed, what)
ALYS_MESSAGE(engine_contact, trouble)

} // namespace alys::domain
