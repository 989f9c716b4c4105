// SPDX-License-Identifier: Apache-2.0
//
// Secret files by system calls: the mode must be that of the very file that is read, and the digits must not linger in a stream's buffer.
#include "secret_file.hpp"

#include "../posix/file_descriptor.hpp"

#include <alys/domain/primitives/hex.hpp>

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <string>

namespace alys::domain::detail {
namespace {

constexpr std::size_t digit_count = 2 * secret_bytes;
constexpr std::size_t prefix_length = 2;

[[nodiscard]] alys::error failure(key_file_error code, const std::filesystem::path& path, std::string_view what) {
  return alys::fail(code, path.string() + " " + std::string{what});
}

// Reads until `into` is full or the file ends; the number of bytes read, or -1.
[[nodiscard]] ssize_t read_all(int fd, std::span<std::uint8_t> into) {
  std::size_t have = 0;
  while (have < into.size()) {
    const ssize_t n = ::read(fd, into.data() + have, into.size() - have);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return -1;
    if (n == 0) break;
    have += static_cast<std::size_t>(n);
  }
  return static_cast<ssize_t>(have);
}

[[nodiscard]] bool parse_digits(std::span<const std::uint8_t> digits, std::span<std::uint8_t> out) {
  for (std::size_t i = 0; i < out.size(); ++i) {
    const auto high = hex_digit(static_cast<char>(digits[2 * i]));
    const auto low = hex_digit(static_cast<char>(digits[2 * i + 1]));
    if (!high || !low) return false;
    out[i] = static_cast<std::uint8_t>(*high * 16 + *low);
  }
  return true;
}

[[nodiscard]] alys::result<void> require_private_file(int fd, const std::filesystem::path& path) {
  struct stat found {};
  if (::fstat(fd, &found) != 0) return failure(key_file_error::unreadable, path, "cannot be examined: " + last_os_error());
  if (!S_ISREG(found.st_mode)) return failure(key_file_error::not_a_file, path, "is not a regular file");
  if ((found.st_mode & 077U) != 0) {
    std::array<char, 8> mode{};
    (void)std::snprintf(mode.data(), mode.size(), "%04o", static_cast<unsigned>(found.st_mode & 07777U));
    return failure(key_file_error::exposed, path, "has mode " + std::string{mode.data()} + "; make it 0600 (chmod 600)");
  }
  return {};
}

} // namespace

alys::result<void> read_secret_file(const std::filesystem::path& path, hex_prefix prefix, std::span<std::uint8_t, secret_bytes> into) {
  // Without O_NONBLOCK, opening a pipe would wait for a writer.
  const file_descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (file.get() < 0) return failure(key_file_error::unreadable, path, "cannot be opened: " + last_os_error());
  if (auto usable = require_private_file(file.get(), path); !usable) return usable.error();

  wiped<prefix_length + digit_count + 2> text;
  const ssize_t read = read_all(file.get(), text.data);
  if (read < 0) return failure(key_file_error::unreadable, path, "cannot be read: " + last_os_error());
  std::span<const std::uint8_t> content{text.data.data(), static_cast<std::size_t>(read)};
  if (content.size() > digit_count + 1 && prefix == hex_prefix::allowed && content[0] == '0' && content[1] == 'x')
    content = content.subspan(prefix_length);
  if (content.size() == digit_count + 1 && content.back() == '\n') content = content.first(digit_count);
  if (content.size() != digit_count || !parse_digits(content, into))
    return failure(key_file_error::malformed, path, "does not hold 64 hexadecimal digits");
  return {};
}

} // namespace alys::domain::detail
