// SPDX-License-Identifier: Apache-2.0
//
// Key files by system calls: the mode must be that of the very file that is read, and the digits must not linger in a stream's buffer.
#include <alys/domain/aura/key_file.hpp>

#include "../posix/file_descriptor.hpp"

#include <alys/domain/primitives/hex.hpp>

#include <fcntl.h>
#include <string.h> // explicit_bzero
#include <sys/random.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <span>
#include <string>

namespace alys::domain {
namespace {

constexpr std::size_t key_bytes = 32;
constexpr std::size_t key_digits = 2 * key_bytes;

// Memory for secrets on the stack.
template <std::size_t N>
struct wiped {
  wiped() = default;
  wiped(const wiped&) = delete;
  wiped& operator=(const wiped&) = delete;
  ~wiped() { explicit_bzero(data.data(), N); }

  std::array<std::uint8_t, N> data{};
};

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

[[nodiscard]] bool write_all(int fd, std::span<const std::uint8_t> data) {
  while (!data.empty()) {
    const ssize_t n = ::write(fd, data.data(), data.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return false;
    data = data.subspan(static_cast<std::size_t>(n));
  }
  return true;
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

void print_digits(std::span<const std::uint8_t> key, std::span<std::uint8_t> out) {
  constexpr std::string_view alphabet = "0123456789abcdef";
  for (std::size_t i = 0; i < key.size(); ++i) {
    out[2 * i] = static_cast<std::uint8_t>(alphabet[key[i] / 16]);
    out[2 * i + 1] = static_cast<std::uint8_t>(alphabet[key[i] % 16]);
  }
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

// A scalar below the group's order; a random one misses with a chance of 2^-128.
[[nodiscard]] alys::result<secret_key> random_key(std::span<std::uint8_t> out, const std::filesystem::path& path) {
  for (;;) {
    if (::getentropy(out.data(), out.size()) != 0)
      return failure(key_file_error::not_written, path, "needs random numbers: " + last_os_error());
    if (auto key = secret_key::from(out)) return key;
  }
}

} // namespace

alys::result<secret_key> load_key_file(const std::filesystem::path& path) {
  // Without O_NONBLOCK, opening a pipe would wait for a writer.
  const file_descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (file.get() < 0) return failure(key_file_error::unreadable, path, "cannot be opened: " + last_os_error());
  if (auto usable = require_private_file(file.get(), path); !usable) return usable.error();

  wiped<key_digits + 2> text;
  wiped<key_bytes> key;
  const ssize_t length = read_all(file.get(), text.data);
  if (length < 0) return failure(key_file_error::unreadable, path, "cannot be read: " + last_os_error());
  const bool newline = length == key_digits + 1 && text.data[key_digits] == '\n';
  if ((length != key_digits && !newline) || !parse_digits(text.data, key.data)) {
    return failure(key_file_error::malformed, path, "does not hold 64 hexadecimal digits");
  }
  auto made = secret_key::from(key.data);
  if (!made) return failure(key_file_error::unusable, path, "holds a number that is no key: zero, or too large");
  return made;
}

alys::result<schnorr_public_key> generate_key_file(const std::filesystem::path& path) {
  wiped<key_bytes> key;
  wiped<key_digits + 1> text;
  auto made = random_key(key.data, path);
  if (!made) return made.error();
  print_digits(key.data, text.data);
  text.data.back() = '\n';

  const file_descriptor file{::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600)};
  if (file.get() < 0 && errno == EEXIST) return failure(key_file_error::exists, path, "exists already");
  if (file.get() < 0) return failure(key_file_error::not_written, path, "cannot be created: " + last_os_error());
  if (!write_all(file.get(), text.data) || ::fsync(file.get()) != 0) {
    auto error = failure(key_file_error::not_written, path, "cannot be written: " + last_os_error());
    (void)::unlink(path.c_str()); // half a key would only be refused later
    return error;
  }
  const std::filesystem::path parent = path.has_parent_path() ? path.parent_path() : ".";
  const file_descriptor folder{::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (folder.get() < 0 || ::fsync(folder.get()) != 0)
    return failure(key_file_error::not_written, path, "cannot be made durable: " + last_os_error());
  return made->public_key();
}

} // namespace alys::domain
