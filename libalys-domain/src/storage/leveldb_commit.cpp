// SPDX-License-Identifier: Apache-2.0
//
// Writes: an import's batch, votes, the journal.
#include "leveldb_content.hpp"

#include <alys/domain/chain/block_proto.hpp>
#include <alys/domain/primitives/digest.hpp>

namespace alys::domain {

namespace {

[[nodiscard]] error no_such_block(const block_ref& ref) { return fail(store_error::not_consistent, "block " + to_hex(ref.id) + " of an import is not stored"); }

} // namespace

result<void> leveldb_store::content::write(leveldb::WriteBatch& batch, bool durable) {
  if (broken) return broken;
  leveldb::WriteOptions options;
  options.sync = durable;
  if (const auto status = db->Write(options, &batch); !status.ok()) {
    broken = error_of(status, folder);
    return broken;
  }
  return {};
}

result<void> leveldb_store::commit(std::span<const import_batch> batches) {
  leveldb::WriteBatch all;
  auto at = progress();
  if (!at) return at.error();
  for (const import_batch& each : batches) {
    if (auto added = content_->add(all, each, *at); !added) return added;
  }
  if (*at) content_->put(all, key_of(store_table::progress), encode_progress(**at));
  content_->lock.begin_import();
  auto written = content_->write(all, true);
  content_->lock.end_import();
  return written;
}

result<void> leveldb_store::content::add(leveldb::WriteBatch& batch, const import_batch& import, std::optional<chain_progress>& at) {
  const bytes_view id = import.ref.id.view();
  put(batch, key_of(store_table::block, id), block_to_protobuf(import.contents));
  put(batch, key_of(store_table::receipts, id), encode_receipts(import.receipts));
  put(batch, key_of(store_table::payload, import.contents.payload.block_hash.view()), id);
  for (const state_change& node : import.state_changes) batch.Put(slice_of(key_of(store_table::node, node.hash.view())), slice_of(node.rlp));

  const auto transactions_of = [&](const block_ref& ref) -> result<std::vector<hash256>> {
    std::vector<hash256> hashes;
    if (ref == import.ref) {
      for (const bytes& raw : import.contents.payload.transactions) hashes.push_back(keccak256(raw));
      return hashes;
    }
    const auto raw = read(key_of(store_table::block, ref.id.view()));
    if (!raw) return raw.error();
    if (!*raw) return no_such_block(ref);
    const auto stored = block_from_protobuf(**raw);
    if (!stored) return fail(store_error::damaged, stored.error().message());
    for (const bytes& transaction : stored->payload.transactions) hashes.push_back(keccak256(transaction));
    return hashes;
  };
  for (const block_ref& ref : import.undone) {
    batch.Delete(slice_of(key_of(store_table::height, ref.height.value())));
    const auto hashes = transactions_of(ref);
    if (!hashes) return hashes.error();
    for (const hash256& hash : *hashes) batch.Delete(slice_of(key_of(store_table::transaction, hash.view())));
  }
  for (const block_ref& ref : import.applied) {
    put(batch, key_of(store_table::height, ref.height.value()), ref.id.view());
    const auto hashes = transactions_of(ref);
    if (!hashes) return hashes.error();
    for (std::uint32_t i = 0; i < hashes->size(); ++i) {
      put(batch, key_of(store_table::transaction, (*hashes)[i].view()), encode_place({ref, i}));
      if (auto removed = remove_from_journal(batch, (*hashes)[i]); !removed) return removed;
    }
  }
  if (!at) {
    if (!import.head) return fail(store_error::not_consistent, "the first import makes no head");
    at = chain_progress{import.ref.id, *import.head, *import.head, std::nullopt};
  }
  if (import.head) at->head = *import.head;
  if (import.last_final) at->last_final = *import.last_final;
  if (import.vote) at->vote = import.vote;
  return {};
}

result<void> leveldb_store::store_vote(const vote_lock& vote) {
  auto at = progress();
  if (!at) return at.error();
  if (!*at) return fail(store_error::not_consistent, "a vote before the first block");
  (*at)->vote = vote;
  leveldb::WriteBatch batch;
  content_->put(batch, key_of(store_table::progress), encode_progress(**at));
  return content_->write(batch, true);
}

// ---- the journal ----

result<void> leveldb_store::content::find_last_journal_number() {
  const std::unique_ptr<leveldb::Iterator> last{db->NewIterator(checked_reads())};
  last->Seek(slice_of(bytes{static_cast<std::uint8_t>(static_cast<std::uint8_t>(store_table::journal) + 1)}));
  if (last->Valid()) last->Prev();
  else last->SeekToLast();
  if (!last->status().ok()) return error_of(last->status(), folder);
  const bytes first = key_of(store_table::journal);
  if (!last->Valid() || !last->key().starts_with(slice_of(first))) return {};
  const std::string key = last->key().ToString();
  canonical_reader in{bytes_of(key).subspan(1)};
  last_journal_number = in.u64();
  if (!in.finish()) return fail(store_error::damaged, folder.string() + ": a key of the journal is malformed");
  return {};
}

result<void> leveldb_store::journal(const journaled_transaction& transaction) {
  // It may have been accepted and put into a block while this was on its way.
  const auto included = find_transaction(transaction.hash);
  if (!included) return included.error();
  const bytes number_key = key_of(store_table::journal_number, transaction.hash.view());
  const auto known = content_->read(number_key);
  if (!known) return known.error();
  if (*included || *known) return {};
  canonical_writer number;
  number.u64(++content_->last_journal_number);
  leveldb::WriteBatch batch;
  content_->put(batch, key_of(store_table::journal, content_->last_journal_number), encode_journaled(transaction));
  content_->put(batch, number_key, number.content());
  return content_->write(batch, false);
}

result<void> leveldb_store::content::remove_from_journal(leveldb::WriteBatch& batch, const hash256& transaction) const {
  const bytes number_key = key_of(store_table::journal_number, transaction.view());
  const auto stored = read(number_key);
  if (!stored) return stored.error();
  if (!*stored) return {};
  canonical_reader in{**stored};
  const std::uint64_t number = in.u64();
  if (!in.finish()) return fail(store_error::damaged, folder.string() + ": a number of the journal is malformed");
  batch.Delete(slice_of(key_of(store_table::journal, number)));
  batch.Delete(slice_of(number_key));
  return {};
}

result<void> leveldb_store::forget(const hash256& transaction) {
  leveldb::WriteBatch batch;
  if (auto removed = content_->remove_from_journal(batch, transaction); !removed) return removed;
  return content_->write(batch, false);
}

} // namespace alys::domain
