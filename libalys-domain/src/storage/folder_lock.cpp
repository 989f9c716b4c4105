// SPDX-License-Identifier: Apache-2.0
#include "folder_lock.hpp"

#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace alys::domain {

result<folder_lock> folder_lock::take(const std::filesystem::path& folder) {
  const std::filesystem::path file = folder / "lock";
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) return fail(store_error::unreadable, file.string() + ": " + std::generic_category().message(errno));
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    const int why = errno;
    ::close(descriptor);
    if (why == EWOULDBLOCK) return fail(store_error::in_use, folder.string() + " is in use by another process");
    return fail(store_error::unreadable, file.string() + ": " + std::generic_category().message(why));
  }
  char byte = '0';
  const bool was_importing = ::pread(descriptor, &byte, 1, 0) == 1 && byte == '1';
  folder_lock lock{descriptor, was_importing};
  lock.end_import();
  return lock;
}

folder_lock::~folder_lock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void folder_lock::mark(char byte) noexcept {
  // A mark that cannot be written is not worth an import: it only tells tests and operators that a kill hit one.
  [[maybe_unused]] const auto written = ::pwrite(descriptor_, &byte, 1, 0);
}

} // namespace alys::domain
