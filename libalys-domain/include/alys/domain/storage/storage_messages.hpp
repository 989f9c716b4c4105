// SPDX-License-Identifier: Apache-2.0
//
// What the storage actors are asked: the writer commits, the chain and the state database read. Commits are urgent: a block must not stand behind the
// journal of the transactions that come in meanwhile.
//
// ```cpp
// inline alys::domain::find_block head_of(alys::domain::block_id id) { return {id}; }
// ```
#pragma once

#include <alys/actors/message.hpp>
#include <alys/domain/engine/account.hpp>
#include <alys/domain/storage/chain_store.hpp>

#include <variant>

namespace alys::domain {

// To the writer. Answered when it is durable, in the order of asking; imports that wait at the same time share one fsync. Fails with a
// store_error. One that was made on top of another whose answer was not there yet names it, and is refused with store_error::not_consistent
// if that one was not the last to succeed: no commit is written over the gap that a failed one leaves.
struct commit_import {
  using reply = void;
  static constexpr auto priority = alys::priority::urgent;
  import_batch batch;
  std::optional<block_id> after = {};
};

// To the writer: remember an accepted transaction.
struct journal_transaction {
  using reply = void;
  journaled_transaction transaction;
};

// To the writer: forget those that can never be included.
struct forget_transactions {
  using reply = void;
  std::vector<hash256> hashes;
};

// To the writer: how far the chain has come, once all that it was given before is on disk. Nothing: the folder holds no chain yet.
struct settle_progress {
  using reply = std::optional<chain_progress>;
};

// To the writer, from itself: write what has gathered.
struct commit_gathered {
  static constexpr auto priority = alys::priority::urgent;
};

// How a reader names a block: by its id, by its height on the chain of the head, or by the hash of its execution block.
using block_name = std::variant<block_id, block_height, hash256>;

// To the chain database. Answered with null if there is no such block.
struct find_block {
  using reply = stored_block_ptr;
  block_name name;
};

// A transaction on the chain of the head, with its block.
struct located_transaction {
  stored_block_ptr block; // never null
  std::uint32_t index = 0;
};
struct find_transaction {
  using reply = std::optional<located_transaction>;
  hash256 hash;
};

// To the state database: an account as this block leaves it, an empty one if the block has none. Refuses with engine_error::unknown_block or
// engine_error::state_not_kept.
struct find_stored_account {
  using reply = account;
  address who;
  block_name block;
};

ALYS_MESSAGE(commit_import, batch, after)
ALYS_MESSAGE(journal_transaction, transaction)
ALYS_MESSAGE(forget_transactions, hashes)
ALYS_MESSAGE(settle_progress)
ALYS_MESSAGE(commit_gathered)
ALYS_MESSAGE(find_block, name)
ALYS_MESSAGE(find_transaction, hash)
ALYS_MESSAGE(find_stored_account, who, block)

} // namespace alys::domain
