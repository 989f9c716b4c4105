// SPDX-License-Identifier: Apache-2.0
//
// Secret keys in files: 64 hexadecimal digits (either case, no 0x) and at most one newline. Such a file must be a regular file that nobody
// but its owner can read. What a file holds never appears in an error or a log.
//
// ```cpp
// inline alys::result<alys::domain::schnorr_public_key> who(const std::string& path) {
//   auto key = alys::domain::load_key_file(path);
//   if (!key) return key.error(); // e.g. "key_file_error::exposed: /etc/alys/authority.key has mode 0644; make it 0600 (chmod 600)"
//   return key->public_key();
// }
// ```
#pragma once

#include <alys/actors/result.hpp>
#include <alys/domain/aura/signing.hpp>

#include <cstdint>
#include <filesystem>

namespace alys::domain {

// Why a key file was not loaded or written. All are failures of the configuration kind, and critical.
enum class key_file_error : std::uint8_t {
  none,
  unreadable,  // absent, or the operating system refuses; the text says which
  not_a_file,  // a folder, a device, a pipe
  exposed,     // its mode lets somebody else in: any bit of 077
  malformed,   // other than 64 hexadecimal digits
  unusable,    // digits that are no key: all zero, or not below the group's order
  exists,      // a new key never replaces a file
  not_written, // the operating system refused
};
constexpr alys::classification alys_classify(key_file_error) noexcept { return {alys::category::configuration, alys::severity::critical}; }
ALYS_ERRORS(key_file_error, unreadable, not_a_file, exposed, malformed, unusable, exists, not_written)

// The key in this file. Fails with a key_file_error. The mode is that of the file which is read, so no exchange in between goes unseen.
[[nodiscard]] alys::result<secret_key> load_key_file(const std::filesystem::path&);

// Writes a new key from the operating system's random numbers into a new file with mode 0600, durable when this returns, and answers the
// public key. Fails with a key_file_error.
[[nodiscard]] alys::result<schnorr_public_key> generate_key_file(const std::filesystem::path&);

} // namespace alys::domain
