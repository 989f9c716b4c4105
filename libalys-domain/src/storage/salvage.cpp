// SPDX-License-Identifier: Apache-2.0
//
// LevelDB's repair tool, held at arm's length.
#include "salvage.hpp"

#include "log_checksums.hpp"

#include <alys/domain/storage/keys.hpp>

#include <leveldb/table.h>

#include <array>
#include <cstdio>

namespace alys::domain {
namespace {

// Remembers what the repair tool says of files that it could not read in whole. Of the others it says OK.
class complaints final : public leveldb::Logger {
public:
  void Logv(const char* format, std::va_list arguments) override {
    std::array<char, 512> line{};
    const int length = std::vsnprintf(line.data(), line.size(), format, arguments);
    if (length > 0) hear({line.data(), std::min(static_cast<std::size_t>(length), line.size() - 1)});
  }
  [[nodiscard]] std::vector<std::string> take() noexcept { return std::move(heard_); }

private:
  void hear(std::string_view line) {
    while (line.ends_with('\n')) line.remove_suffix(1);
    const bool of_a_file = line.starts_with("Table #") || line.starts_with("Log #");
    if (of_a_file && !line.ends_with("OK") && !line.ends_with("repaired")) heard_.emplace_back(line);
  }

  std::vector<std::string> heard_;
};

// When a record was written, in LevelDB's own count, which stands behind each key of a table; 0: it is not in this table.
[[nodiscard]] std::uint64_t newest_write(const leveldb::Table& table, store_table wanted) {
  const bytes key = key_of(wanted);
  leveldb::ReadOptions checked;
  checked.verify_checksums = true;
  const std::unique_ptr<leveldb::Iterator> at{table.NewIterator(checked)};
  at->Seek(slice_of(key));
  constexpr std::size_t tail = 8; // the count in 7 bytes, and in the lowest what was done: 1 for a write
  if (!at->Valid() || at->key().size() != key.size() + tail || !at->key().starts_with(slice_of(key))) return 0;
  std::uint64_t number = 0;
  for (std::size_t i = tail; i > 0; --i) number = number << 8U | static_cast<std::uint8_t>(at->key()[key.size() + i - 1]);
  return number >> 8U;
}

// Gives the tool logs of which everything is as it was written. Says of which that is not all.
[[nodiscard]] std::vector<std::string> hide_damage_in_logs(folder_view& view, const std::string& path) {
  std::vector<std::string> names;
  std::vector<std::string> said;
  (void)view.GetChildren(path, &names); // there are none then
  for (const std::string& name : names) {
    std::string log;
    if (!name.ends_with(".log") || !leveldb::ReadFileToString(&view, path + "/" + name, &log).ok()) continue;
    if (const std::size_t blanked = blank_damage(log); blanked > 0)
      said.push_back("Log " + name + ": " + std::to_string(blanked) + " of " + std::to_string(log.size()) + " bytes fail their checksums");
    (void)view.overwrite(path + "/" + name, log);
  }
  return said;
}

// The tool has made tables of all logs.
[[nodiscard]] bool is_progress_newest(folder_view& view, const std::string& path) {
  std::vector<std::string> names;
  (void)view.GetChildren(path, &names); // without any there is no progress either
  leveldb::Options checked;
  checked.paranoid_checks = true;
  std::uint64_t commit = 0;
  std::uint64_t progress = 0;
  for (const std::string& name : names) {
    if (!name.ends_with(".ldb") && !name.ends_with(".sst")) continue;
    const std::string file = path + "/" + name;
    std::uint64_t size = 0;
    leveldb::RandomAccessFile* opened = nullptr;
    if (!view.GetFileSize(file, &size).ok() || !view.NewRandomAccessFile(file, &opened).ok()) continue;
    const std::unique_ptr<leveldb::RandomAccessFile> content{opened};
    leveldb::Table* found = nullptr;
    (void)leveldb::Table::Open(checked, opened, size, &found); // or nothing is found in it
    const std::unique_ptr<leveldb::Table> table{found};
    if (!table) continue;
    commit = std::max(commit, newest_write(*table, store_table::commit));
    progress = std::max(progress, newest_write(*table, store_table::progress));
  }
  return commit > 0 && progress > commit;
}

} // namespace

result<salvage> salvage::open(const std::string& path, std::shared_ptr<folder_view> view) {
  std::vector<std::string> lost = hide_damage_in_logs(*view, path);
  complaints heard;
  leveldb::Options options;
  options.env = view.get();
  options.paranoid_checks = true;
  options.info_log = &heard;
  if (const auto repaired = leveldb::RepairDB(path, options); !repaired.ok()) return damaged(repaired.ToString());
  options.info_log = nullptr;
  leveldb::DB* opened = nullptr;
  const auto status = leveldb::DB::Open(options, path, &opened);
  std::unique_ptr<leveldb::DB> database{opened};
  if (!status.ok()) return damaged(status.ToString());
  for (std::string& line : heard.take()) lost.push_back(std::move(line));
  const bool newest = is_progress_newest(*view, path);
  return salvage{std::move(view), std::move(database), std::move(lost), newest};
}

void salvage::each(const std::function<void(bytes_view key, std::optional<bytes_view> content)>& visit) const {
  leveldb::ReadOptions options;
  options.verify_checksums = true;
  options.fill_cache = false;
  const std::unique_ptr<leveldb::Iterator> at{database_->NewIterator(options)};
  for (at->SeekToFirst(); at->Valid(); at->Next()) {
    if (at->key().empty()) continue; // no record of ours has none
    const bytes_view key = view_of(at->key());
    const auto content = content_of(key, view_of(at->value()));
    visit(key, content ? std::optional{*content} : std::nullopt);
  }
}

} // namespace alys::domain
