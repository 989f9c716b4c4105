// SPDX-License-Identifier: Apache-2.0
//
// The operating system by system calls.
#include "disk.hpp"

#include "../posix/file_descriptor.hpp"

#include <fcntl.h>

namespace alys::domain {
namespace {

[[nodiscard]] leveldb::Status failed(const std::string& path) { return leveldb::Status::IOError(path, last_os_error()); }

[[nodiscard]] leveldb::Status sync(const std::string& path, int flags) {
  const file_descriptor file{::open(path.c_str(), flags | O_CLOEXEC)};
  if (!file.is_open() || ::fsync(file.get()) != 0) return failed(path);
  return {};
}

} // namespace

leveldb::Status disk::sync_folder(const std::string& folder) { return sync(folder, O_RDONLY | O_DIRECTORY); }

leveldb::Status disk::sync_file(const std::string& file) { return sync(file, O_RDONLY); }

leveldb::Status disk::overwrite(const std::string& path, const leveldb::Slice& data) {
  const file_descriptor file{::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600)};
  if (!file.is_open() || ::pwrite(file.get(), data.data(), data.size(), 0) != static_cast<ssize_t>(data.size())) return failed(path);
  return {};
}

} // namespace alys::domain
