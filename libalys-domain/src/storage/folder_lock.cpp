// SPDX-License-Identifier: Apache-2.0
//
// The folder's lock by system calls.
#include "folder_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>

namespace alys::domain {

result<folder_lock> folder_lock::take(const std::filesystem::path& folder) {
  const std::filesystem::path path = folder / "lock";
  file_descriptor file{::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)};
  if (!file.is_open()) return fail(store_error::unreadable, path.string() + ": " + last_os_error());
  if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) return fail(store_error::in_use, folder.string() + " is in use by another process");
    return fail(store_error::unreadable, path.string() + ": " + last_os_error());
  }
  char byte = '0';
  const bool was_importing = ::pread(file.get(), &byte, 1, 0) == 1 && byte == '1';
  folder_lock lock{std::move(file), was_importing};
  lock.end_import();
  return lock;
}

result<folder_lock> folder_lock::share() const {
  file_descriptor file{::fcntl(file_.get(), F_DUPFD_CLOEXEC, 0)};
  if (!file.is_open()) return fail(store_error::unreadable, last_os_error());
  return folder_lock{std::move(file), was_importing_};
}

void folder_lock::mark(char byte) noexcept {
  // A mark that cannot be written is not worth an import: it only tells tests and operators that a kill hit one.
  [[maybe_unused]] const auto written = ::pwrite(file_.get(), &byte, 1, 0);
}

} // namespace alys::domain
