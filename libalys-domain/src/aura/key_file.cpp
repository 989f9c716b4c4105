// SPDX-License-Identifier: Apache-2.0
//
// Key files by system calls: the digits must not linger in a stream's buffer.
#include <alys/domain/aura/key_file.hpp>

#include "../posix/file_descriptor.hpp"
#include "secret_file.hpp"

#include <fcntl.h>
#include <sys/random.h>

#include <array>
#include <cerrno>
#include <span>
#include <string>

namespace alys::domain {
namespace {

using detail::wiped;

constexpr std::size_t key_bytes = detail::secret_bytes;
constexpr std::size_t key_digits = 2 * key_bytes;

[[nodiscard]] alys::error failure(key_file_error code, const std::filesystem::path& path, std::string_view what) {
  return alys::fail(code, path.string() + " " + std::string{what});
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

void print_digits(std::span<const std::uint8_t> key, std::span<std::uint8_t> out) {
  constexpr std::string_view alphabet = "0123456789abcdef";
  for (std::size_t i = 0; i < key.size(); ++i) {
    out[2 * i] = static_cast<std::uint8_t>(alphabet[key[i] / 16]);
    out[2 * i + 1] = static_cast<std::uint8_t>(alphabet[key[i] % 16]);
  }
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
  wiped<key_bytes> key;
  if (auto read = detail::read_secret_file(path, detail::hex_prefix::refused, key.data); !read) return read.error();
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
