// SPDX-License-Identifier: Apache-2.0
//
// Hexadecimal text to bytes and back.
#include <alys/domain/primitives/hex.hpp>

namespace alys::domain {

std::string to_hex_digits(bytes_view data) {
  static constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(2 * data.size());
  for (const auto byte : data) {
    text += digits[byte >> 4U];
    text += digits[byte & 0x0fU];
  }
  return text;
}

std::string to_hex(bytes_view data) { return "0x" + to_hex_digits(data); }

alys::result<bytes> from_hex_digits(std::string_view text) {
  if (text.size() % 2 != 0) return alys::refuse(hex_error::odd_length, std::to_string(text.size()) + " digits");
  bytes data;
  data.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const auto high = hex_digit(text[i]);
    const auto low = hex_digit(text[i + 1]);
    if (!high || !low) return alys::refuse(hex_error::bad_digit, "at digit " + std::to_string(high ? i + 1 : i));
    data.push_back(static_cast<std::uint8_t>(*high * 16 + *low));
  }
  return data;
}

alys::result<bytes> from_hex(std::string_view text) {
  if (!text.starts_with("0x")) return alys::refuse(hex_error::no_prefix);
  return from_hex_digits(text.substr(2));
}

} // namespace alys::domain
