// SPDX-License-Identifier: Apache-2.0
//
// What an import writes.
#include "import_writer.hpp"

#include "record_writes.hpp"

#include <alys/domain/chain/block_proto.hpp>
#include <alys/domain/primitives/digest.hpp>
#include <alys/domain/storage/keys.hpp>
#include <alys/domain/storage/records.hpp>

#include <algorithm>

namespace alys::domain {

// ---- the journal

result<std::optional<std::uint64_t>> journal_writer::number_of(const hash256& transaction) {
  if (const auto changed = changed_.find(transaction); changed != changed_.end()) return changed->second;
  return reader_.read(key_of(store_table::journal_number, transaction.view()), decode_number);
}

result<bool> journal_writer::contains(const hash256& transaction) {
  const auto number = number_of(transaction);
  if (!number) return number.error();
  return number->has_value();
}

void journal_writer::append(const journaled_transaction& transaction) {
  const std::uint64_t number = ++last_number_;
  put_record(batch_, key_of(store_table::journal, number), encode_journaled(transaction));
  put_record(batch_, key_of(store_table::journal_number, transaction.hash.view()), encode_number(number));
  changed_.insert_or_assign(transaction.hash, number);
}

result<void> journal_writer::remove(const hash256& transaction) {
  const auto number = number_of(transaction);
  if (!number) return number.error();
  if (!*number) return {};
  remove_record(batch_, key_of(store_table::journal, **number));
  remove_record(batch_, key_of(store_table::journal_number, transaction.view()));
  changed_.insert_or_assign(transaction, std::nullopt);
  return {};
}

// ---- imports

import_writer::import_writer(const record_reader& reader, place at)
    : reader_(reader),
      at_(std::move(at.progress)),
      journal_(reader, batch_, at.last_journal_number),
      pruner_(reader, batch_, at.pruned, at.keep_states) {}

void import_writer::put(bytes_view key, bytes_view content) { put_record(batch_, key, content); }

// What leaves the chain of the head goes first: what joins it takes over heights and transactions.
result<void> import_writer::add(const import_batch& import) {
  if (auto done = put_block(import); !done) return done;
  if (auto done = undo(import); !done) return done;
  for (const block_ref& ref : import.applied) {
    if (auto done = apply(ref); !done) return done;
  }
  return advance(import);
}

result<leveldb::WriteBatch*> import_writer::finish() {
  if (!at_) return &batch_;
  if (!brought_.empty()) {
    auto pruned = pruner_.prune(at_->last_final, [this](block_height height) { return block_at(height); });
    if (!pruned) return pruned.error();
    put(key_of(store_table::pruning), encode_pruning(pruner_.progress()));
  }
  put(key_of(store_table::progress), encode_progress(*at_)); // behind the number of the commit: a repair holds one against the other
  return &batch_;
}

result<void> import_writer::put_block(const import_batch& import) {
  const bytes_view id = import.ref.id.view();
  const auto stored = reader_.contains(key_of(store_table::block, id));
  if (!stored) return stored.error();
  if (auto noted = pruner_.add(import, *stored || brought_.contains(import.ref.id)); !noted) return noted;
  put(key_of(store_table::block, id), block_to_protobuf(import.contents));
  put(key_of(store_table::receipts, id), encode_receipts(import.receipts));
  put(key_of(store_table::payload, import.contents.payload.block_hash.view()), id);
  for (const state_change& node : import.state_changes)
    batch_.Put(slice_of(key_of(store_table::node, node.hash.view())), slice_of(node.rlp));
  brought_.insert_or_assign(import.ref.id, &import.contents);
  return {};
}

// Transactions of undone blocks wait again, unless a block that is applied has them too.
result<void> import_writer::undo(const import_batch& import) {
  if (import.undone.empty()) return {};
  const auto applied = hashes_of(import.applied);
  if (!applied) return applied.error();
  for (const block_ref& ref : import.undone) {
    const auto transactions = transactions_of(ref);
    if (!transactions) return transactions.error();
    remove_record(batch_, key_of(store_table::height, ref.height.value()));
    heights_.insert_or_assign(ref.height.value(), std::nullopt);
    for (const journaled_transaction& transaction : *transactions) {
      remove_record(batch_, key_of(store_table::transaction, transaction.hash.view()));
      if (!std::ranges::binary_search(*applied, transaction.hash)) journal_.append(transaction);
    }
  }
  return {};
}

result<void> import_writer::apply(const block_ref& ref) {
  const auto transactions = transactions_of(ref);
  if (!transactions) return transactions.error();
  put(key_of(store_table::height, ref.height.value()), ref.id.view());
  heights_.insert_or_assign(ref.height.value(), ref.id);
  std::uint32_t index = 0;
  for (const journaled_transaction& transaction : *transactions) {
    put(key_of(store_table::transaction, transaction.hash.view()), encode_place({ref, index++}));
    if (auto removed = journal_.remove(transaction.hash); !removed) return removed;
  }
  return {};
}

result<void> import_writer::advance(const import_batch& import) {
  if (!at_ && !import.head) return fail(store_error::not_consistent, "the first import makes no head");
  if (!at_) at_ = chain_progress{import.ref.id, *import.head, *import.head, std::nullopt};
  if (import.head) at_->head = *import.head;
  if (import.last_final) at_->last_final = *import.last_final;
  if (import.vote) at_->vote = import.vote;
  return {};
}

result<std::optional<block_id>> import_writer::block_at(block_height height) const {
  if (const auto changed = heights_.find(height.value()); changed != heights_.end()) return changed->second;
  return reader_.read(key_of(store_table::height, height.value()), decode_block_id);
}

result<std::vector<journaled_transaction>> import_writer::transactions_of(const block_ref& ref) const {
  std::optional<block> stored;
  const auto brought = brought_.find(ref.id);
  if (brought == brought_.end()) {
    auto read = reader_.read_block(ref.id);
    if (!read) return read.error();
    if (!*read) return fail(store_error::not_consistent, "block " + to_hex(ref.id) + " of an import is not stored");
    stored = *std::move(read);
  }
  const block& one = stored ? *stored : *brought->second;
  std::vector<journaled_transaction> transactions;
  for (const bytes& raw : one.payload.transactions) transactions.push_back({keccak256(raw), raw});
  return transactions;
}

// Sorted.
result<std::vector<hash256>> import_writer::hashes_of(const std::vector<block_ref>& refs) const {
  std::vector<hash256> hashes;
  for (const block_ref& ref : refs) {
    const auto transactions = transactions_of(ref);
    if (!transactions) return transactions.error();
    for (const journaled_transaction& transaction : *transactions) hashes.push_back(transaction.hash);
  }
  std::ranges::sort(hashes);
  return hashes;
}

} // namespace alys::domain
