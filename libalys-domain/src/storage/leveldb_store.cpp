// SPDX-License-Identifier: Apache-2.0
//
// The chain store over LevelDB: each call is a read, or a batch of writes.
#include <alys/domain/storage/leveldb_store.hpp>

#include "import_writer.hpp"
#include "opening.hpp"
#include "record_reader.hpp"
#include "store_check.hpp"
#include "store_copy.hpp"

#include <alys/domain/storage/keys.hpp>
#include <alys/domain/storage/records.hpp>

#include <atomic>
#include <mutex>

namespace alys::domain {
namespace {

// What the operator is to do about it.
[[nodiscard]] std::string_view advice_for(const error& e) {
  if (e == store_error::damaged) return ". The folder is damaged: restore it from a copy, or let alysd repair show what can be kept of it";
  if (e == store_error::no_space)
    return ". Make room on the disk, or raise the quota or the limit of file sizes, and start again: what was reported as durable is there";
  if (e == store_error::unreadable) return ". The user that runs this program must be able to write there";
  if (e == store_error::io_failed) return ". Starting again is safe; if it fails again, the disk may be at its end";
  return "";
}

// What the operator reads: where, what, and what to do.
[[nodiscard]] error located(const error& e, const std::filesystem::path& folder) {
  for (const store_error code :
       {store_error::damaged, store_error::unreadable, store_error::no_space, store_error::newer_schema, store_error::io_failed}) {
    if (e == code) return fail(code, folder.string() + ": " + e.text() + std::string{advice_for(e)});
  }
  return e;
}

} // namespace

// The open database, and the first failure that it had. From then on the store only repeats that failure: what memory says and what a restart
// would find may have parted.
struct leveldb_store::content {
  content(std::filesystem::path f, opened_store s, const store_options& options)
      : folder(std::move(f)), store(std::move(s)), keep_states(options.keep_states) {}

  // What `work` gives, unless the store has failed before.
  template <class Work>
  [[nodiscard]] auto guarded(Work work) -> decltype(work()) {
    if (has_failed.load(std::memory_order_acquire)) return first_failure;
    auto outcome = work();
    if (outcome || outcome == store_error::not_consistent) return outcome; // the caller's mistake, and nothing was written
    const error failure = located(outcome.error(), folder);
    std::call_once(failing, [&] {
      first_failure = failure;
      has_failed.store(true, std::memory_order_release);
    });
    return failure;
  }

  template <class T>
  [[nodiscard]] result<std::optional<T>> read(const bytes& key, result<T> (*decode)(bytes_view)) {
    return guarded([&] { return reader().read(key, decode); });
  }

  [[nodiscard]] record_reader reader() noexcept { return record_reader{*store.database}; }
  [[nodiscard]] result<void> write(leveldb::WriteBatch& batch, bool durable);
  [[nodiscard]] result<import_writer::place> place() const;
  [[nodiscard]] result<void> commit(import_writer& writer);
  [[nodiscard]] result<void> append_to_journal(const journaled_transaction& transaction);
  [[nodiscard]] result<void> remove_from_journal(const hash256& transaction);
  [[nodiscard]] result<std::optional<stored_block>> block_by_id(const block_id& id);
  [[nodiscard]] result<std::optional<stored_block>> block_by_index(const bytes& key);

  std::filesystem::path folder;
  opened_store store;
  std::uint64_t keep_states;
  std::once_flag failing;
  std::atomic<bool> has_failed = false;
  error first_failure;
};

result<std::shared_ptr<leveldb_store>> leveldb_store::open(const std::filesystem::path& folder, const store_options& options) {
  return open(folder, std::make_shared<disk>(), options);
}

result<std::shared_ptr<leveldb_store>> leveldb_store::open(const std::filesystem::path& folder, std::shared_ptr<disk> files,
                                                           const store_options& options) {
  auto opened = open_store(folder, std::move(files));
  if (!opened) return located(opened.error(), folder);
  return std::shared_ptr<leveldb_store>{new leveldb_store(std::make_unique<content>(folder, *std::move(opened), options))};
}

leveldb_store::leveldb_store(std::unique_ptr<content> c) noexcept : content_(std::move(c)) {}
leveldb_store::~leveldb_store() = default;

// ---- writes

result<void> leveldb_store::content::write(leveldb::WriteBatch& batch, bool durable) {
  leveldb::WriteOptions options;
  options.sync = durable;
  if (const auto status = store.database->Write(options, &batch); !status.ok()) return error_of(status);
  return {};
}

// Where the next writes begin.
result<import_writer::place> leveldb_store::content::place() const {
  auto at = record_reader{*store.database}.read(key_of(store_table::progress), decode_progress);
  if (!at) return at.error();
  return import_writer::place{*std::move(at), store.last_journal_number, store.pruned, keep_states};
}

result<void> leveldb_store::content::commit(import_writer& writer) {
  const std::uint64_t number = store.last_commit + 1;
  writer.put(key_of(store_table::commit), encode_number(number));
  const auto batch = writer.finish();
  if (!batch) return batch.error();
  auto written = write(**batch, true);
  if (!written) return written;
  store.last_commit = number;
  store.last_journal_number = writer.last_journal_number();
  store.pruned = writer.pruned();
  return store.commits.write(number);
}

result<void> leveldb_store::commit(std::span<const import_batch> batches) {
  const import_mark mark{content_->store.lock};
  return content_->guarded([&]() -> result<void> {
    const record_reader reader = content_->reader();
    auto at = content_->place();
    if (!at) return at.error();
    import_writer writer{reader, *std::move(at)};
    for (const import_batch& each : batches) {
      if (auto added = writer.add(each); !added) return added;
    }
    return content_->commit(writer);
  });
}

result<void> leveldb_store::store_vote(const vote_lock& vote) {
  return content_->guarded([&]() -> result<void> {
    const record_reader reader = content_->reader();
    auto at = content_->place();
    if (!at) return at.error();
    if (!at->progress) return fail(store_error::not_consistent, "a vote before the first block");
    import_writer writer{reader, *std::move(at)};
    writer.set_vote(vote);
    return content_->commit(writer);
  });
}

result<void> leveldb_store::content::append_to_journal(const journaled_transaction& transaction) {
  // It may have been accepted and put into a block while this was on its way.
  const record_reader from = reader();
  const auto included = from.read(key_of(store_table::transaction, transaction.hash.view()));
  if (!included) return included.error();
  leveldb::WriteBatch batch;
  journal_writer journal{from, batch, store.last_journal_number};
  const auto known = journal.contains(transaction.hash);
  if (!known) return known.error();
  if (*included || *known) return {};
  journal.append(transaction);
  store.last_journal_number = journal.last_number();
  return write(batch, false);
}

result<void> leveldb_store::content::remove_from_journal(const hash256& transaction) {
  const record_reader from = reader();
  leveldb::WriteBatch batch;
  journal_writer journal{from, batch, store.last_journal_number};
  if (auto removed = journal.remove(transaction); !removed) return removed;
  return write(batch, false);
}

result<void> leveldb_store::journal(const journaled_transaction& transaction) {
  return content_->guarded([&] { return content_->append_to_journal(transaction); });
}

result<void> leveldb_store::forget(const hash256& transaction) {
  return content_->guarded([&] { return content_->remove_from_journal(transaction); });
}

// ---- reads

result<std::optional<chain_progress>> leveldb_store::progress() const {
  return content_->read(key_of(store_table::progress), decode_progress);
}

result<std::optional<stored_block>> leveldb_store::content::block_by_id(const block_id& id) {
  const record_reader from = reader();
  auto one = from.read_block(id);
  if (!one) return one.error();
  if (!*one) return std::optional<stored_block>{};
  auto receipts = from.read(key_of(store_table::receipts, id.view()), decode_receipts);
  if (!receipts) return receipts.error();
  if (!*receipts) return damaged("block " + to_hex(id) + " has no receipts");
  const auto at = from.read(key_of(store_table::progress), decode_progress);
  if (!at) return at.error();
  const auto on_chain = from.read(key_of(store_table::height, (*one)->header.height.value()), decode_block_id);
  if (!on_chain) return on_chain.error();
  const bool final = *at && (*one)->header.height <= (*at)->last_final.height && *on_chain == id;
  return std::optional{stored_block{**std::move(one), **std::move(receipts), final}};
}

result<std::optional<stored_block>> leveldb_store::content::block_by_index(const bytes& key) {
  const auto id = reader().read(key, decode_block_id);
  if (!id) return id.error();
  if (!*id) return std::optional<stored_block>{};
  auto found = block_by_id(**id);
  if (found && !*found) return damaged("block " + to_hex(**id) + " is in an index and missing");
  return found;
}

result<std::optional<stored_block>> leveldb_store::block_by_id(const block_id& id) const {
  return content_->guarded([&] { return content_->block_by_id(id); });
}

result<std::optional<stored_block>> leveldb_store::block_by_height(block_height height) const {
  return content_->guarded([&] { return content_->block_by_index(key_of(store_table::height, height.value())); });
}

result<std::optional<stored_block>> leveldb_store::block_by_payload(const hash256& payload_hash) const {
  return content_->guarded([&] { return content_->block_by_index(key_of(store_table::payload, payload_hash.view())); });
}

result<std::optional<transaction_place>> leveldb_store::find_transaction(const hash256& hash) const {
  return content_->read(key_of(store_table::transaction, hash.view()), decode_place);
}

result<std::vector<journaled_transaction>> leveldb_store::journaled() const {
  return content_->guarded([&]() -> result<std::vector<journaled_transaction>> {
    std::vector<journaled_transaction> all;
    auto read = content_->reader().each(key_of(store_table::journal), [&all](bytes_view, bytes_view record) -> result<void> {
      auto decoded = decode_journaled(record);
      if (!decoded) return decoded.error();
      all.push_back(*std::move(decoded));
      return {};
    });
    if (!read) return read.error();
    return all;
  });
}

result<std::optional<bytes>> leveldb_store::node(const hash256& hash) const {
  return content_->guarded([&] { return content_->reader().read_node(hash); });
}

result<block_height> leveldb_store::first_kept_state() const {
  const auto pruned = content_->read(key_of(store_table::pruning), decode_pruning);
  if (!pruned) return pruned.error();
  return *pruned ? (*pruned)->first_kept : block_height{0};
}

std::optional<std::uint64_t> leveldb_store::migrated_from() const noexcept { return content_->store.migrated_from; }

std::uint64_t leveldb_store::interrupted_imports() const noexcept { return content_->store.lock.was_importing() ? 1 : 0; }

result<store_summary> leveldb_store::check() const {
  leveldb::DB& database = *content_->store.database;
  const auto release = [&database](const leveldb::Snapshot* at) { database.ReleaseSnapshot(at); };
  const std::unique_ptr<const leveldb::Snapshot, decltype(release)> moment{database.GetSnapshot(),
                                                                           release}; // records must fit to each other
  return content_->guarded([&] { return check_all(record_reader{database, moment.get()}); });
}

result<store_copied> leveldb_store::copy_to(const std::filesystem::path& folder, const std::stop_token& stop) const {
  auto copy = store_copy::begin(folder, stop);
  if (!copy) return copy.error();
  result<void> copied;
  const auto read = content_->guarded([&] { // one iterator sees one moment
    return content_->reader().each({}, [&](bytes_view key, bytes_view record) -> result<void> {
      copied = copy->add(key, record);
      if (!copied) return fail(store_error::not_consistent, "the copy failed"); // which does not stop this store
      return {};
    });
  });
  if (!copied) return located(copied.error(), folder);
  if (!read) return read.error();
  auto finished = copy->finish();
  if (!finished) return located(finished.error(), folder);
  return finished;
}

} // namespace alys::domain
