// SPDX-License-Identifier: Apache-2.0
//
// Byte strings: what is read from and written to the outside. `bytes` owns, `bytes_view` looks; a view never outlives its owner.
//
// ```cpp
// inline alys::domain::bytes example() {
//   alys::domain::bytes out{0x01, 0x02};
//   alys::domain::append(out, alys::domain::bytes_of("dog"));
//   return out; // 01 02 64 6f 67
// }
// ```
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace alys::domain {

using bytes = std::vector<std::uint8_t>;
using bytes_view = std::span<const std::uint8_t>;

// Appends `tail` to `out`. `tail` must not be a part of `out`.
inline void append(bytes& out, bytes_view tail) { out.insert(out.end(), tail.begin(), tail.end()); }

// The characters of a text as bytes. No copy.
[[nodiscard]] inline bytes_view bytes_of(std::string_view text) noexcept {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}; // NOLINT(cppcoreguidelines-pro-type-reinterpret-cast)
}

// The bytes as characters, for interfaces that speak std::string. No copy.
[[nodiscard]] inline std::string_view text_of(bytes_view data) noexcept {
  return {reinterpret_cast<const char*>(data.data()), data.size()}; // NOLINT(cppcoreguidelines-pro-type-reinterpret-cast)
}

// An owning copy.
[[nodiscard]] inline bytes to_bytes(bytes_view data) { return {data.begin(), data.end()}; }

// True if both hold the same bytes (a span has no equality of its own).
[[nodiscard]] inline bool equal(bytes_view a, bytes_view b) noexcept { return std::ranges::equal(a, b); }

} // namespace alys::domain
