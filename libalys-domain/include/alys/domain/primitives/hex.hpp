// SPDX-License-Identifier: Apache-2.0
//
// Hexadecimal text: how bytes look in JSON-RPC, in configurations and to people. Writing is always lower case with 0x in front; reading is
// strict, because a value that was nearly right is usually another value.
//
// ```cpp
// inline std::string shown() { return alys::domain::to_hex(alys::domain::bytes{0xde, 0xad}); } // "0xdead"
// inline bool refused() { return alys::domain::from_hex("dead") == alys::domain::hex_error::no_prefix; }
// ```
#pragma once

#include <alys/actors/result.hpp>
#include <alys/domain/primitives/bytes.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace alys::domain {

// Why a text is no hexadecimal number of bytes.
enum class hex_error : std::uint8_t {
  none,
  no_prefix,    // does not begin with 0x
  odd_length,   // half a byte
  bad_digit,    // a character other than 0-9, a-f, A-F
  wrong_length, // another number of bytes than the type has
};
ALYS_ERRORS(hex_error, no_prefix, odd_length, bad_digit, wrong_length)

// "0x" and two lower-case digits a byte; "0x" for no bytes.
[[nodiscard]] std::string to_hex(bytes_view);

// The digits alone, without 0x.
[[nodiscard]] std::string to_hex_digits(bytes_view);

// The bytes of a text such as "0xdead". Digits of either case; 0x is required (not 0X). Refuses with a hex_error.
[[nodiscard]] alys::result<bytes> from_hex(std::string_view);

// The same without 0x in front, as key files have it.
[[nodiscard]] alys::result<bytes> from_hex_digits(std::string_view);

// The value of one digit; nothing if it is none.
[[nodiscard]] constexpr std::optional<std::uint8_t> hex_digit(char c) noexcept {
  if (c >= '0' && c <= '9') return static_cast<std::uint8_t>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<std::uint8_t>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<std::uint8_t>(c - 'A' + 10);
  return std::nullopt;
}

} // namespace alys::domain
