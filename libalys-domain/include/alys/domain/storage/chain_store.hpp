// SPDX-License-Identifier: Apache-2.0
//
// Port: where the chain is kept. One writer, any number of readers; a commit is atomic and durable when it returns.
//
// ```cpp
// inline alys::result<bool> has_chain(const alys::domain::chain_store& store) {
//   auto progress = store.progress();
//   if (!progress) return progress.error();
//   return progress->has_value();
// }
// ```
#pragma once

#include <alys/actors/result.hpp>
#include <alys/domain/engine/state_source.hpp>
#include <alys/domain/storage/import_batch.hpp>
#include <alys/domain/storage/stored_block.hpp>

#include <span>

namespace alys::domain {

// Why the store could not do what it was asked. All are failures.
enum class store_error : std::uint8_t {
  none,
  in_use,         // another process has the folder
  unreadable,     // the folder cannot be opened or made; the operating system says why
  newer_schema,   // written by a later version of this program
  damaged,        // what is stored fails its checks: never to be continued from
  io_failed,      // the operating system failed a read or write: what is on disk is unknown
  no_space,       // the disk is full, or a quota or a limit of file sizes is reached: what is on disk is unknown until a new start
  occupied,       // a folder that is to be made holds something already
  interrupted,    // what takes long was told to stop
  not_consistent, // a batch does not fit to what is stored: a bug of the caller
};
constexpr alys::classification alys_classify(store_error e) noexcept {
  switch (e) {
    case store_error::damaged: return {alys::category::corruption, alys::severity::critical};
    case store_error::occupied:
    case store_error::newer_schema: return {alys::category::configuration, alys::severity::critical};
    case store_error::not_consistent: return {alys::category::logic, alys::severity::critical};
    case store_error::no_space: return {alys::category::resource, alys::severity::critical};
    case store_error::none:
    case store_error::in_use:
    case store_error::interrupted:
    case store_error::unreadable:
    case store_error::io_failed: break;
  }
  return {alys::category::database, std::nullopt};
}
ALYS_ERRORS(store_error, in_use, unreadable, newer_schema, damaged, io_failed, no_space, occupied, interrupted, not_consistent)

// How far the chain has come.
struct chain_progress {
  block_id genesis;
  block_ref head;
  block_ref last_final;
  std::optional<vote_lock> vote; // what this node's authority signed last

  friend bool operator==(const chain_progress&, const chain_progress&) = default;
};

// Where a transaction is.
struct transaction_place {
  block_ref block;
  std::uint32_t index = 0;

  friend bool operator==(const transaction_place&, const transaction_place&) = default;
};

// A transaction that was accepted and is in no block yet.
struct journaled_transaction {
  hash256 hash;
  bytes raw;

  friend bool operator==(const journaled_transaction&, const journaled_transaction&) = default;
};

// Reads are thread-safe, also beside the writer. Every error is a store_error; nothing means "not there".
class chain_store : public state_source {
public:
  // The writer's calls: one thread at a time.

  // Writes all batches in one atomic step with one fsync. After a failure other than not_consistent nothing is known about what is on disk, and
  // every later call, reads too, fails with the same error.
  [[nodiscard]] virtual result<void> commit(std::span<const import_batch> batches) = 0;
  // Makes a vote durable that goes with no import: before an approval of somebody else's block leaves the node.
  [[nodiscard]] virtual result<void> store_vote(const vote_lock& vote) = 0;
  // Remembers an accepted transaction until a batch includes it. Survives the end of the process, not that of the machine.
  [[nodiscard]] virtual result<void> journal(const journaled_transaction& transaction) = 0;
  // Forgets one that can never be included.
  [[nodiscard]] virtual result<void> forget(const hash256& transaction) = 0;

  // Nothing: the folder holds no chain yet.
  [[nodiscard]] virtual result<std::optional<chain_progress>> progress() const = 0;
  [[nodiscard]] virtual result<std::optional<stored_block>> block_by_id(const block_id& id) const = 0;
  // On the chain of the head.
  [[nodiscard]] virtual result<std::optional<stored_block>> block_by_height(block_height height) const = 0;
  // By the hash of its execution block.
  [[nodiscard]] virtual result<std::optional<stored_block>> block_by_payload(const hash256& payload_hash) const = 0;
  // On the chain of the head.
  [[nodiscard]] virtual result<std::optional<transaction_place>> find_transaction(const hash256& hash) const = 0;
  // In the order in which they were accepted.
  [[nodiscard]] virtual result<std::vector<journaled_transaction>> journaled() const = 0;
  // States of final blocks below this height may have gone in part: pruning has come so far. 0: it has not begun.
  [[nodiscard]] virtual result<block_height> first_kept_state() const = 0;
  // How many imports the end of an earlier process cut off between the start of their commit and its end; found at opening.
  [[nodiscard]] virtual std::uint64_t interrupted_imports() const noexcept = 0;
};

} // namespace alys::domain
