// SPDX-License-Identifier: Apache-2.0
//
// Turns import batches into writes: which records of which tables each part of a batch sets and removes.
#pragma once

#include "record_reader.hpp"
#include "state_pruner.hpp"

#include <alys/domain/storage/chain_store.hpp>
#include <alys/domain/storage/import_batch.hpp>

#include <leveldb/write_batch.h>

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

namespace alys::domain {

// What happens to the journal: each waiting transaction has a number, so that they keep their order, and is found by its hash.
class journal_writer {
public:
  journal_writer(const record_reader& reader, leveldb::WriteBatch& batch, std::uint64_t last_number)
      : reader_(reader), batch_(batch), last_number_(last_number) {}

  [[nodiscard]] result<bool> contains(const hash256& transaction);
  void append(const journaled_transaction& transaction);
  [[nodiscard]] result<void> remove(const hash256& transaction);
  [[nodiscard]] std::uint64_t last_number() const noexcept { return last_number_; }

private:
  [[nodiscard]] result<std::optional<std::uint64_t>> number_of(const hash256& transaction);

  const record_reader& reader_;
  leveldb::WriteBatch& batch_;
  std::uint64_t last_number_;
  std::unordered_map<hash256, std::optional<std::uint64_t>> changed_; // by this batch; nothing: removed
};

class import_writer {
public:
  // What is stored, beyond what `reader` finds.
  struct place {
    std::optional<chain_progress> progress = {}; // nothing in an empty store
    std::uint64_t last_journal_number = 0;
    pruning_progress pruned = {};
    std::uint64_t keep_states = 0; // as store_options says
  };
  import_writer(const record_reader& reader, place at);
  import_writer(const import_writer&) = delete;
  import_writer& operator=(const import_writer&) = delete;

  // Fails with not_consistent, or as reads do.
  [[nodiscard]] result<void> add(const import_batch& import);
  void set_vote(const vote_lock& vote) { at_.value().vote = vote; }
  void put(bytes_view key, bytes_view content);

  // All writes so far, with the progress and with what goes because of it. Fails as add does.
  [[nodiscard]] result<leveldb::WriteBatch*> finish();
  [[nodiscard]] std::uint64_t last_journal_number() const noexcept { return journal_.last_number(); }
  [[nodiscard]] const pruning_progress& pruned() const noexcept { return pruner_.progress(); }

private:
  [[nodiscard]] result<void> put_block(const import_batch& import);
  [[nodiscard]] result<void> undo(const import_batch& import);
  [[nodiscard]] result<void> apply(const block_ref& ref);
  [[nodiscard]] result<void> advance(const import_batch& import);
  [[nodiscard]] result<std::optional<block_id>> block_at(block_height height) const;
  // Of a block that is stored, or will be by this batch.
  [[nodiscard]] result<std::vector<journaled_transaction>> transactions_of(const block_ref& ref) const;
  [[nodiscard]] result<std::vector<hash256>> hashes_of(const std::vector<block_ref>& refs) const;

  const record_reader& reader_;
  leveldb::WriteBatch batch_;
  std::optional<chain_progress> at_;
  journal_writer journal_;
  state_pruner pruner_;
  std::unordered_map<block_id, const block*> brought_;                 // blocks of this batch, owned by the caller
  std::unordered_map<std::uint64_t, std::optional<block_id>> heights_; // that this batch sets; nothing: removes
};

} // namespace alys::domain
