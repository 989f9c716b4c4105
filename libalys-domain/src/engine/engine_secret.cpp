// SPDX-License-Identifier: Apache-2.0
#include <alys/domain/engine/engine_secret.hpp>

#include "../aura/secret_file.hpp"

#include <alys/domain/primitives/digest.hpp>

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace alys::domain {
namespace {

// Base64 in the alphabet for URLs and without padding (RFC 4648, section 5; RFC 7515).
[[nodiscard]] std::string base64url(bytes_view data) {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string out;
  for (; !data.empty(); data = data.subspan(std::min<std::size_t>(3, data.size()))) {
    const auto at = [&](std::size_t i) { return i < data.size() ? std::uint32_t{data[i]} : 0U; };
    const std::uint32_t group = at(0) << 16U | at(1) << 8U | at(2);
    const std::size_t digits = std::min<std::size_t>(3, data.size()) + 1;
    for (std::size_t i = 0; i < digits; ++i) out += alphabet[group >> (18U - 6U * i) & 63U];
  }
  return out;
}

} // namespace

alys::result<engine_secret> engine_secret::load(const std::filesystem::path& path) {
  engine_secret made;
  if (auto read = detail::read_secret_file(path, detail::hex_prefix::allowed, made.content_); !read) return read.error();
  if (std::ranges::all_of(made.content_, [](std::uint8_t b) { return b == 0; }))
    return alys::fail(key_file_error::unusable, path.string() + " holds a secret of zeros, which everybody knows");
  return made;
}

engine_secret::~engine_secret() { explicit_bzero(content_.data(), content_.size()); }

std::string engine_secret::token(unix_seconds issued_at) const {
  std::string content = base64url(bytes_of(R"({"alg":"HS256","typ":"JWT"})"));
  content += '.' + base64url(bytes_of("{\"iat\":" + std::to_string(issued_at.value()) + '}'));
  return content + '.' + base64url(hmac_sha256(content_, bytes_of(content)).view());
}

} // namespace alys::domain
