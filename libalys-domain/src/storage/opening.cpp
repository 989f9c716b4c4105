// SPDX-License-Identifier: Apache-2.0
//
// A new database is made under another name and renamed when it is complete. So a folder named `chain` was complete once, and LevelDB is never
// asked to make one where one got lost.
#include "opening.hpp"

#include "record_reader.hpp"
#include "store_check.hpp"

#include <alys/domain/storage/keys.hpp>
#include <alys/domain/storage/records.hpp>

#include <fcntl.h>

#include <leveldb/write_batch.h>

#include <string>
#include <system_error>

namespace alys::domain {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t write_buffer_bytes = std::size_t{16} << 20U;
constexpr int bloom_bits = 10;

[[nodiscard]] leveldb::Options options_of(const leveldb::FilterPolicy& filter) {
  leveldb::Options options;
  options.paranoid_checks = true; // or a flipped bit in the log drops all that follows it, silently
  options.write_buffer_size = write_buffer_bytes;
  options.filter_policy = &filter;
  return options;
}

[[nodiscard]] result<std::unique_ptr<leveldb::DB>> open_database(const leveldb::Options& options, const fs::path& path) {
  leveldb::DB* opened = nullptr;
  const leveldb::Status status = leveldb::DB::Open(options, path.string(), &opened);
  std::unique_ptr<leveldb::DB> database{opened};
  if (status.ok()) return database;
  const bool damage = status.IsCorruption() || status.IsNotFound() || status.IsInvalidArgument(); // the last: no file CURRENT
  return fail(damage ? store_error::damaged : store_error::unreadable, status.ToString());
}

[[nodiscard]] result<void> sync_folder(const fs::path& folder) {
  const file_descriptor file{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!file.is_open() || ::fsync(file.get()) != 0) return fail(store_error::unreadable, folder.string() + ": " + last_os_error());
  return {};
}

// Schema version, and no commits yet.
[[nodiscard]] result<void> write_first_records(leveldb::DB& database) {
  leveldb::WriteBatch batch;
  for (const auto& [where, number] :
       {std::pair<store_table, std::uint64_t>{store_table::schema, store_schema_version}, {store_table::commit, 0}}) {
    const bytes key = key_of(where);
    batch.Put(slice_of(key), slice_of(seal_record(key, encode_number(number))));
  }
  leveldb::WriteOptions durable;
  durable.sync = true;
  if (const auto status = database.Write(durable, &batch); !status.ok()) return fail(store_error::unreadable, status.ToString());
  return {};
}

[[nodiscard]] result<void> make_database(leveldb::Options options, const fs::path& folder) {
  const fs::path unfinished = folder / "chain.new";
  std::error_code problem;
  fs::remove_all(unfinished, problem); // of a start that was interrupted
  if (problem) return fail(store_error::unreadable, unfinished.string() + ": " + problem.message());
  options.create_if_missing = true;
  options.error_if_exists = true;
  {
    const auto database = open_database(options, unfinished);
    if (!database) return database.error();
    if (auto done = write_first_records(**database); !done) return done;
  }
  fs::rename(unfinished, folder / "chain", problem);
  if (problem) return fail(store_error::unreadable, folder.string() + ": " + problem.message());
  return sync_folder(folder);
}

// A folder without a database gets one; one that had it is damaged.
[[nodiscard]] result<void> require_database(commit_file& commits, const leveldb::Options& options, const fs::path& folder) {
  const auto reported = commits.read();
  if (!reported) return reported.error();
  std::error_code problem;
  const bool exists = fs::exists(folder / "chain", problem);
  if (problem) return fail(store_error::unreadable, folder.string() + ": " + problem.message());
  if (exists && !*reported) return damaged("the file `commits` is missing or empty");
  if (exists) return {};
  if (reported->value_or(0) > 0) return damaged("the folder `chain` is missing");
  if (auto done = commits.write(0); !done) return done;
  if (auto done = commits.sync(); !done) return done;
  return make_database(options, folder);
}

[[nodiscard]] result<void> check_schema(const record_reader& reader) {
  const auto version = reader.read(key_of(store_table::schema), decode_number);
  if (!version) return version.error();
  if (!*version || **version == 0) return damaged("the schema version is missing");
  if (**version == store_schema_version) return {};
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

[[nodiscard]] result<void> read_newest(opened_store& store) {
  const record_reader reader{*store.database};
  if (auto known = check_schema(reader); !known) return known;
  const auto commit = find_last_commit(reader, store.commits);
  if (!commit) return commit.error();
  const auto number = find_last_journal_number(reader);
  if (!number) return number.error();
  store.last_commit = *commit;
  store.last_journal_number = *number;
  return check_newest(reader);
}

[[nodiscard]] result<opened_store> open_locked(const fs::path& folder, folder_lock lock) {
  auto commits = commit_file::open(folder);
  if (!commits) return commits.error();
  opened_store store{std::move(lock), *std::move(commits), nullptr, nullptr};
  store.filter.reset(leveldb::NewBloomFilterPolicy(bloom_bits));
  const leveldb::Options options = options_of(*store.filter);
  if (auto exists = require_database(store.commits, options, folder); !exists) return exists.error();
  auto database = open_database(options, folder / "chain");
  if (!database) return database.error();
  store.database = *std::move(database);
  if (auto done = read_newest(store); !done) return done.error();
  return store;
}

} // namespace

result<opened_store> open_store(const fs::path& folder) {
  std::error_code problem;
  fs::create_directories(folder, problem);
  if (problem) return fail(store_error::unreadable, folder.string() + ": " + problem.message());
  auto lock = folder_lock::take(folder);
  if (!lock) return lock.error();
  return open_locked(folder, *std::move(lock));
}

} // namespace alys::domain
