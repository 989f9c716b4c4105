// SPDX-License-Identifier: Apache-2.0
//
// The number of the last commit by system calls.
#include "commit_file.hpp"

#include <alys/domain/storage/keys.hpp>
#include <alys/domain/storage/records.hpp>

#include <fcntl.h>

namespace alys::domain {
namespace {

[[nodiscard]] error io_failed() { return fail(store_error::io_failed, "the number of the last commit: " + last_os_error()); }

[[nodiscard]] bytes record_of(std::uint64_t number) { return seal_record(key_of(store_table::commit), encode_number(number)); }

} // namespace

result<commit_file> commit_file::open(const std::filesystem::path& folder) {
  const std::filesystem::path path = folder / "commits";
  file_descriptor file{::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)};
  if (!file.is_open()) return fail(store_error::unreadable, path.string() + ": " + last_os_error());
  return commit_file{std::move(file)};
}

result<std::optional<std::uint64_t>> commit_file::read() const {
  bytes data(record_of(0).size() + 1); // one more shows a file that is too long
  const ssize_t length = ::pread(file_.get(), data.data(), data.size(), 0);
  if (length < 0) return io_failed();
  if (length == 0) return std::optional<std::uint64_t>{};
  data.resize(static_cast<std::size_t>(length));
  const auto content = open_record(key_of(store_table::commit), data);
  if (!content) return fail(store_error::damaged, "the file `commits` fails its checksum");
  const auto number = decode_number(*content);
  if (!number) return number.error();
  return std::optional{*number};
}

result<void> commit_file::write(std::uint64_t number) {
  const bytes data = record_of(number);
  if (::pwrite(file_.get(), data.data(), data.size(), 0) != static_cast<ssize_t>(data.size())) return io_failed();
  return {};
}

result<void> commit_file::sync() {
  if (::fsync(file_.get()) != 0) return io_failed();
  return {};
}

} // namespace alys::domain
