// SPDX-License-Identifier: Apache-2.0
#include <alys/actors/fault.hpp>
#include <alys/actors/leveldb.hpp>

#include <leveldb/db.h>

namespace alys {

namespace {

[[nodiscard]] error store_problem(const std::filesystem::path& folder, const leveldb::Status& status) {
  return fail(status.IsCorruption() ? fault::data_damaged : fault::database_unavailable, folder.string() + ": " + status.ToString());
}

[[nodiscard]] leveldb::Slice slice(std::string_view text) noexcept { return {text.data(), text.size()}; }

class leveldb_snapshots final : public snapshot_store {
public:
  leveldb_snapshots(std::filesystem::path folder, std::unique_ptr<leveldb::DB> db) : folder_(std::move(folder)), db_(std::move(db)) {}

  [[nodiscard]] result<std::optional<std::string>> read(std::string_view key) const override {
    leveldb::ReadOptions checked;
    checked.verify_checksums = true;
    std::string bytes;
    const leveldb::Status status = db_->Get(checked, slice(key), &bytes);
    if (status.IsNotFound()) return std::optional<std::string>{};
    if (!status.ok()) return store_problem(folder_, status);
    return std::optional{std::move(bytes)};
  }
  [[nodiscard]] result<void> write(std::string_view key, std::string_view bytes) override {
    return done(db_->Put(durable(), slice(key), slice(bytes)));
  }
  [[nodiscard]] result<void> erase(std::string_view key) override { return done(db_->Delete(durable(), slice(key))); }

private:
  [[nodiscard]] static leveldb::WriteOptions durable() {
    leveldb::WriteOptions options;
    options.sync = true;
    return options;
  }
  [[nodiscard]] result<void> done(const leveldb::Status& status) const {
    if (!status.ok()) return store_problem(folder_, status);
    return {};
  }

  const std::filesystem::path folder_;
  const std::unique_ptr<leveldb::DB> db_;
};

} // namespace

result<std::shared_ptr<snapshot_store>> open_leveldb_snapshots(const std::filesystem::path& folder) {
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  if (failed) return fail(fault::database_unavailable, folder.string() + ": " + failed.message());
  leveldb::Options options;
  options.create_if_missing = true;
  options.paranoid_checks = true;
  leveldb::DB* opened = nullptr;
  const leveldb::Status status = leveldb::DB::Open(options, folder.string(), &opened);
  std::unique_ptr<leveldb::DB> db{opened};
  if (!status.ok()) return store_problem(folder, status);
  return std::shared_ptr<snapshot_store>{std::make_shared<leveldb_snapshots>(folder, std::move(db))};
}

} // namespace alys
