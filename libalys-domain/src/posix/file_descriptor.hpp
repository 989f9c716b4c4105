// SPDX-License-Identifier: Apache-2.0
//
// A file descriptor that is closed with its owner, and the operating system's words for what went wrong.
#pragma once

#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>
#include <utility>

namespace alys::domain {

class file_descriptor {
public:
  explicit file_descriptor(int fd) noexcept : fd_(fd) {}
  file_descriptor(file_descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  file_descriptor& operator=(file_descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~file_descriptor() {
    if (is_open()) ::close(fd_);
  }

  [[nodiscard]] int get() const noexcept { return fd_; }
  [[nodiscard]] bool is_open() const noexcept { return fd_ >= 0; }

private:
  int fd_;
};

// Of the last system call of this thread that failed.
[[nodiscard]] inline std::string last_os_error() { return std::generic_category().message(errno); }

} // namespace alys::domain
