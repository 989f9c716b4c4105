// SPDX-License-Identifier: Apache-2.0
//
// Copies of stores, record by record.
#include "store_copy.hpp"

#include "record_reader.hpp"
#include "store_check.hpp"

#include <alys/domain/storage/keys.hpp>
#include <alys/domain/storage/records.hpp>

namespace alys::domain {
namespace {

constexpr std::size_t batch_bytes = std::size_t{4} << 20U;

[[nodiscard]] bool is_table(bytes_view key, store_table table) { return key[0] == static_cast<std::uint8_t>(table); }

[[nodiscard]] result<std::uint64_t> size_of(const std::filesystem::path& folder) {
  namespace fs = std::filesystem;
  std::uint64_t size = 0;
  std::error_code problem;
  for (fs::recursive_directory_iterator each{folder, problem}, end; !problem && each != end; each.increment(problem)) {
    if (each->is_regular_file(problem)) size += each->file_size(problem);
  }
  if (problem) return fail(store_error::io_failed, folder.string() + ": " + problem.message());
  return size;
}

} // namespace

result<store_copy> store_copy::begin(const std::filesystem::path& folder, std::stop_token stop) {
  auto place = new_folder::begin(folder);
  if (!place) return place.error();
  auto store = open_store(place->path(), std::make_shared<disk>());
  if (!store) return store.error();
  return store_copy{*std::move(place), *std::move(store), std::move(stop)};
}

result<void> store_copy::add(bytes_view key, bytes_view content) {
  if (stop_.stop_requested()) return interrupted();
  if (is_table(key, store_table::commit)) {
    const auto number = decode_number(content);
    if (!number) return number.error();
    commit_ = *number;
  }
  if (is_table(key, store_table::progress)) {
    const auto progress = decode_progress(content);
    if (!progress) return progress.error();
    copied_.progress = *progress;
  }
  if (is_table(key, store_table::node)) batch_.Put(slice_of(key), slice_of(content));
  else batch_.Put(slice_of(key), slice_of(seal_record(key, content)));
  ++copied_.records;
  return batch_.ApproximateSize() < batch_bytes ? result<void>{} : write(false);
}

result<void> store_copy::write(bool durable) {
  leveldb::WriteOptions options;
  options.sync = durable;
  const auto status = store_->database->Write(options, &batch_);
  batch_.Clear();
  if (!status.ok()) return error_of(status);
  return {};
}

// Opening it makes durable what still lay in logs.
result<void> store_copy::read_again() const {
  const auto again = open_store(folder_.path(), std::make_shared<disk>());
  if (!again) return again.error();
  const auto found = check_all(record_reader{*again->database}, stop_);
  if (!found) return found.error();
  if (found->records == copied_.records) return {};
  return damaged(std::to_string(copied_.records) + " records were written, and " + std::to_string(found->records) + " are there");
}

result<store_copied> store_copy::finish() {
  if (auto done = write(true); !done) return done.error();
  if (auto done = store_->commits.write(commit_); !done) return done.error();
  const auto files = store_->files;
  store_.reset();
  if (auto done = read_again(); !done) return done.error();
  const auto size = size_of(folder_.path());
  if (!size) return size.error();
  copied_.bytes = *size;
  if (auto done = folder_.finish(*files); !done) return done.error();
  return copied_;
}

} // namespace alys::domain
