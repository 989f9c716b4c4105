// SPDX-License-Identifier: Apache-2.0
//
// The secret that a node shares with its execution client, and the tokens that prove it: JSON Web Tokens with HS256 and the time of issue, as
// the Engine API's authentication has them (execution-apis, engine/authentication.md; RFC 7515, RFC 7519). What the file holds never
// appears in an error or a log.
//
// ```cpp
// inline alys::result<std::string> token(const std::string& path) {
//   auto secret = alys::domain::engine_secret::load(path);
//   if (!secret) return secret.error(); // e.g. "key_file_error::exposed: /etc/alys/jwt.hex has mode 0644; make it 0600 (chmod 600)"
//   return secret->token(alys::domain::to_seconds(alys::domain::to_unix(std::chrono::system_clock::now())));
// }
// ```
#pragma once

#include <alys/actors/result.hpp>
#include <alys/domain/aura/key_file.hpp>
#include <alys/domain/primitives/units.hpp>

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>

namespace alys::domain {

// 32 bytes that are overwritten when they go. Thread-safe to read.
class engine_secret {
public:
  // From a file that nobody but its owner can reach: 64 hexadecimal digits, with or without 0x in front, and at most one newline. Fails with a
  // key_file_error; a secret of zeros is `unusable`.
  [[nodiscard]] static alys::result<engine_secret> load(const std::filesystem::path&);

  engine_secret(const engine_secret&) = default;
  engine_secret& operator=(const engine_secret&) = default;
  ~engine_secret();

  // A token issued at this time. Clients take it for a minute.
  [[nodiscard]] std::string token(unix_seconds issued_at) const;

private:
  engine_secret() = default;
  std::array<std::uint8_t, 32> content_{};
};

} // namespace alys::domain
