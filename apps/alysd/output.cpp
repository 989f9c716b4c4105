// SPDX-License-Identifier: Apache-2.0
#include "output.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

namespace alysd {

void require_standard_streams() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(stream, F_GETFD) != -1) continue;
    // The lowest free number is given, which is this one.
    if (::open("/dev/null", O_RDWR) != stream)
      throw std::system_error{errno, std::generic_category(), "/dev/null in place of a closed stream"};
  }
}

void put(std::FILE* to, std::string_view text) noexcept {
  std::fwrite(text.data(), 1, text.size(), to);
  std::fflush(to);
}

exit_code complain(const alys::error& why, std::string_view before) {
  put(stderr, fmt::format("alysd: {}{}\n", before, why.text().empty() ? why.message() : why.text()));
  return exit_code_of(why);
}

} // namespace alysd
