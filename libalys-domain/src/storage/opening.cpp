// SPDX-License-Identifier: Apache-2.0
//
// A new database is made under another name and renamed when it is complete. So a folder named `chain` was complete once, and LevelDB is never
// asked to make one where one got lost.
#include "opening.hpp"

#include "record_reader.hpp"
#include "record_writes.hpp"
#include "repaired_folder.hpp"
#include "store_check.hpp"

#include <alys/domain/storage/keys.hpp>
#include <alys/domain/storage/records.hpp>

#include <leveldb/write_batch.h>

#include <string>
#include <system_error>

namespace alys::domain {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t write_buffer_bytes = std::size_t{16} << 20U;
constexpr int bloom_bits = 10;

[[nodiscard]] leveldb::Options options_of(const opened_store& store) {
  leveldb::Options options;
  options.env = store.env.get();
  options.paranoid_checks = true; // or a flipped bit in the log drops all that follows it, silently
  options.write_buffer_size = write_buffer_bytes;
  options.filter_policy = store.filter.get();
  return options;
}

// What could not be read or written while a store is opened lies with the folder, unless the disk is full.
[[nodiscard]] error opening_failed(const leveldb::Status& status) {
  const error why = error_of(status);
  return why == store_error::no_space ? why : fail(store_error::unreadable, status.ToString());
}

[[nodiscard]] result<void> done_if(const leveldb::Status& status) {
  if (!status.ok()) return opening_failed(status);
  return {};
}

[[nodiscard]] result<std::unique_ptr<leveldb::DB>> open_database(const leveldb::Options& options, const fs::path& path) {
  leveldb::DB* opened = nullptr;
  const leveldb::Status status = leveldb::DB::Open(options, path.string(), &opened);
  std::unique_ptr<leveldb::DB> database{opened};
  if (status.ok()) return database;
  const bool damage = status.IsCorruption() || status.IsNotFound() || status.IsInvalidArgument(); // the last: no file CURRENT
  if (damage) return fail(store_error::damaged, status.ToString());
  return opening_failed(status);
}

[[nodiscard]] result<void> write_durably(leveldb::DB& database, leveldb::WriteBatch& batch) {
  leveldb::WriteOptions durable;
  durable.sync = true;
  return done_if(database.Write(durable, &batch));
}

// What version 2 has beyond version 1: imports are counted, and states pruned.
void put_version(leveldb::WriteBatch& batch) {
  put_record(batch, key_of(store_table::schema), encode_number(store_schema_version));
  put_record(batch, key_of(store_table::pruning), encode_pruning({}));
}

// Schema version, and no commits yet.
[[nodiscard]] result<void> write_first_records(leveldb::DB& database) {
  leveldb::WriteBatch batch;
  put_version(batch);
  put_record(batch, key_of(store_table::commit), encode_number(0));
  return write_durably(database, batch);
}

// What a start that was interrupted has left.
[[nodiscard]] result<void> remove_unfinished(disk& files, const std::string& folder) {
  std::vector<std::string> names;
  if (!files.GetChildren(folder, &names).ok()) return {}; // there is none
  for (const std::string& name : names) {
    if (name == "." || name == "..") continue;
    if (auto removed = done_if(files.RemoveFile(folder + "/" + name)); !removed) return removed;
  }
  return done_if(files.RemoveDir(folder));
}

[[nodiscard]] result<void> make_database(const opened_store& store, const fs::path& folder) {
  const std::string unfinished = (folder / "chain.new").string();
  if (auto removed = remove_unfinished(*store.files, unfinished); !removed) return removed;
  // LevelDB would make the folder, too, and not say why it cannot.
  if (auto made = done_if(store.files->CreateDir(unfinished)); !made) return made;
  leveldb::Options options = options_of(store);
  options.create_if_missing = true;
  options.error_if_exists = true;
  {
    const auto database = open_database(options, unfinished);
    if (!database) return database.error();
    if (auto done = write_first_records(**database); !done) return done;
  }
  return done_if(store.env->RenameFile(unfinished, (folder / "chain").string()));
}

// A folder without a database gets one; one that had it is damaged.
[[nodiscard]] result<void> require_database(opened_store& store, const fs::path& folder) {
  const auto reported = store.commits.read();
  if (!reported) return reported.error();
  std::error_code problem;
  const bool exists = fs::exists(folder / "chain", problem);
  if (problem) return fail(store_error::unreadable, folder.string() + ": " + problem.message());
  if (exists && !*reported) return damaged("the file `commits` is missing or empty");
  if (exists) return {};
  if (reported->value_or(0) > 0) return damaged("the folder `chain` is missing");
  if (auto done = done_if(store.commits.make()); !done) return done; // first: a database without that file is damaged
  return make_database(store, folder);
}

// The version that the store has, which this program can work with.
[[nodiscard]] result<std::uint64_t> find_schema(const record_reader& reader) {
  const auto version = reader.read(key_of(store_table::schema), decode_number);
  if (!version) return version.error();
  if (!*version || **version == 0) return damaged("the schema version is missing");
  if (**version <= store_schema_version) return **version;
  return fail(store_error::newer_schema, "written with schema version " + std::to_string(**version) + ", and this program knows " +
                                             std::to_string(store_schema_version) + ": use the newer program");
}

// The number of the last commit, if the database has all that was reported as durable.
[[nodiscard]] result<std::uint64_t> find_last_commit(const record_reader& reader, const commit_file& commits) {
  const auto number = reader.read(key_of(store_table::commit), decode_number);
  if (!number) return number.error();
  if (!*number) return damaged("the number of the last commit is missing");
  const auto reported = commits.read();
  if (!reported) return reported.error();
  if (const std::uint64_t durable = reported->value_or(0); durable > **number) {
    return damaged("commit " + std::to_string(durable) + " was durable, and the database ends at commit " + std::to_string(**number));
  }
  return **number;
}

[[nodiscard]] result<std::uint64_t> find_last_journal_number(const record_reader& reader) {
  const auto key = reader.last_key(static_cast<std::uint8_t>(store_table::journal));
  if (!key) return key.error();
  if (!*key) return std::uint64_t{0};
  return decode_number(bytes_view{**key}.subspan(1));
}

// From version 1: nothing of it changes, and what was imported so far is never pruned, since nobody wrote down what it dropped. One batch, so
// that a store has the one version or the other.
[[nodiscard]] result<void> migrate(opened_store& store, std::uint64_t from) {
  leveldb::WriteBatch batch;
  put_version(batch);
  if (auto written = write_durably(*store.database, batch); !written) return written;
  store.migrated_from = from;
  return {};
}

[[nodiscard]] result<void> read_newest(opened_store& store) {
  const record_reader reader{*store.database};
  const auto version = find_schema(reader);
  if (!version) return version.error();
  const auto commit = find_last_commit(reader, store.commits);
  if (!commit) return commit.error();
  const auto number = find_last_journal_number(reader);
  if (!number) return number.error();
  store.last_commit = *commit;
  store.last_journal_number = *number;
  if (auto whole = check_newest(reader); !whole) return whole;
  if (*version < store_schema_version) return migrate(store, *version);
  const auto pruned = reader.read(key_of(store_table::pruning), decode_pruning);
  if (!pruned) return pruned.error();
  if (!*pruned) return damaged("how far states were pruned is missing");
  store.pruned = **pruned;
  return {};
}

// With the folders above it. Each is durable before anything lies in it.
[[nodiscard]] result<void> make_folder(disk& files, const fs::path& folder) {
  std::error_code problem;
  if (folder.empty() || fs::is_directory(folder, problem)) return {};
  const fs::path above = folder.parent_path();
  if (auto made = make_folder(files, above); !made) return made;
  const auto status = files.CreateDir(folder.string());
  if (fs::is_directory(folder, problem)) return done_if(files.sync_folder(above.empty() ? "." : above.string())); // whoever made it
  return done_if(status);
}

} // namespace

result<opened_store> open_store(const fs::path& folder, folder_lock lock, std::shared_ptr<disk> files) {
  commit_file commits{*files, folder};
  opened_store store{std::move(lock), std::move(files), nullptr, std::move(commits), nullptr, nullptr};
  store.env = std::make_unique<durable_names>(*store.files);
  store.filter.reset(leveldb::NewBloomFilterPolicy(bloom_bits));
  if (has_repaired_folder(folder))
    return damaged("a repair was stopped before the repaired store was in its place: alysd repair goes on with it");
  if (auto exists = require_database(store, folder); !exists) return exists.error();
  auto database = open_database(options_of(store), folder / "chain");
  if (!database) return database.error();
  store.database = *std::move(database);
  if (auto done = read_newest(store); !done) return done.error();
  return store;
}

result<opened_store> open_store(const fs::path& folder, std::shared_ptr<disk> files) {
  if (auto made = make_folder(*files, folder); !made) return made.error();
  auto lock = folder_lock::take(folder);
  if (!lock) return lock.error();
  return open_store(folder, *std::move(lock), std::move(files));
}

} // namespace alys::domain
