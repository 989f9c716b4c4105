// SPDX-License-Identifier: Apache-2.0
//
// A folder that lives as long as its test.
#pragma once

#include <stdlib.h> // mkdtemp

#include <cerrno>
#include <filesystem>
#include <string>
#include <system_error>

namespace alys::test {

// In memory where there is such a folder: for tests that make many files and need no real disk.
[[nodiscard]] inline std::filesystem::path quick_place() {
  const std::filesystem::path memory{"/dev/shm"};
  return std::filesystem::is_directory(memory) ? memory : std::filesystem::temp_directory_path();
}

class temporary_folder {
public:
  explicit temporary_folder(const std::filesystem::path& in = std::filesystem::temp_directory_path()) {
    std::string name = (in / "alys-test-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::system_error(errno, std::generic_category(), name);
    path_ = name;
  }
  temporary_folder(const temporary_folder&) = delete;
  temporary_folder& operator=(const temporary_folder&) = delete;
  ~temporary_folder() {
    std::error_code ignored; // a test that took away its own rights leaves the folder behind
    std::filesystem::remove_all(path_, ignored);
  }

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

private:
  std::filesystem::path path_;
};

} // namespace alys::test
