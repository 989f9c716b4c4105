// SPDX-License-Identifier: Apache-2.0
//
// Fixed numbers of bytes with a meaning: hashes, addresses, ids. Each is its own type, so that a block id is never passed as a state root.
// They are values: ordered byte by byte, hashable, zero when default-made.
//
// ```cpp
// inline constexpr auto burn = alys::domain::address::literal("0x000000000000000000000000000000000000dead"); // checked by the compiler
// inline alys::result<alys::domain::address> parsed(const std::string& text) { return alys::domain::address::from_hex(text); }
// ```
#pragma once

#include <alys/actors/result.hpp>
#include <alys/domain/primitives/bytes.hpp>
#include <alys/domain/primitives/hex.hpp>

#include <algorithm>
#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <ostream>
#include <stdexcept>
#include <string>
#include <string_view>

namespace alys::domain {

// N bytes that mean what Tag says. Copying copies N bytes.
template <class Tag, std::size_t N>
class fixed_bytes {
public:
  using array_type = std::array<std::uint8_t, N>;

  constexpr fixed_bytes() noexcept : content_{} {}
  constexpr explicit fixed_bytes(const array_type& content) noexcept : content_(content) {}

  // The value with exactly these bytes; refuses any other number of bytes with hex_error::wrong_length.
  [[nodiscard]] static alys::result<fixed_bytes> from(bytes_view data) {
    if (data.size() != N)
      return alys::refuse(hex_error::wrong_length, "expected " + std::to_string(N) + " bytes, got " + std::to_string(data.size()));
    fixed_bytes value;
    std::ranges::copy(data, value.content_.begin());
    return value;
  }

  // The value of a text such as "0xdead…", with exactly N bytes. Refuses with a hex_error.
  [[nodiscard]] static alys::result<fixed_bytes> from_hex(std::string_view text) {
    auto data = domain::from_hex(text);
    if (!data) return data.error();
    return from(*data);
  }

  // A constant of the program; text that is not 0x and 2N digits does not compile.
  [[nodiscard]] static consteval fixed_bytes literal(std::string_view text) {
    if (text.size() != 2 + 2 * N || text[0] != '0' || text[1] != 'x') throw std::invalid_argument("expected 0x and two digits a byte");
    fixed_bytes value;
    for (std::size_t i = 0; i < N; ++i) {
      const auto high = hex_digit(text[2 + 2 * i]).value();
      const auto low = hex_digit(text[3 + 2 * i]).value();
      value.content_[i] = static_cast<std::uint8_t>(high * 16 + low);
    }
    return value;
  }

  [[nodiscard]] static constexpr std::size_t size() noexcept { return N; }
  [[nodiscard]] constexpr const std::uint8_t* data() const noexcept { return content_.data(); }
  [[nodiscard]] constexpr std::uint8_t* data() noexcept { return content_.data(); }
  [[nodiscard]] constexpr auto begin() const noexcept { return content_.begin(); }
  [[nodiscard]] constexpr auto end() const noexcept { return content_.end(); }
  [[nodiscard]] constexpr std::uint8_t operator[](std::size_t i) const noexcept { return content_[i]; }
  [[nodiscard]] constexpr const array_type& content() const noexcept { return content_; }
  [[nodiscard]] constexpr bytes_view view() const noexcept { return content_; }

  // True if every byte is zero.
  [[nodiscard]] constexpr bool is_zero() const noexcept {
    return std::ranges::all_of(content_, [](std::uint8_t b) { return b == 0; });
  }

  friend constexpr auto operator<=>(const fixed_bytes&, const fixed_bytes&) noexcept = default;
  friend constexpr bool operator==(const fixed_bytes&, const fixed_bytes&) noexcept = default;

  friend std::ostream& operator<<(std::ostream& out, const fixed_bytes& value) { return out << domain::to_hex(value.view()); }

private:
  array_type content_;
};

// "0x" and two digits a byte.
template <class Tag, std::size_t N>
[[nodiscard]] std::string to_hex(const fixed_bytes<Tag, N>& value) {
  return to_hex(value.view());
}

using hash256 = fixed_bytes<struct hash256_tag, 32>;   // a Keccak-256, SHA-256 or tagged hash; also a storage or trie key
using address = fixed_bytes<struct address_tag, 20>;   // an account of the execution layer
using block_id = fixed_bytes<struct block_id_tag, 32>; // an Alys block, by the hash of its canonical header

} // namespace alys::domain

// Hashes every byte: whoever picks part of a value cannot pick its bucket by a prefix.
template <class Tag, std::size_t N>
struct std::hash<alys::domain::fixed_bytes<Tag, N>> {
  [[nodiscard]] std::size_t operator()(const alys::domain::fixed_bytes<Tag, N>& value) const noexcept {
    return std::hash<std::string_view>{}(alys::domain::text_of(value.view()));
  }
};
