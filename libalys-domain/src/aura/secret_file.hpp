// SPDX-License-Identifier: Apache-2.0
//
// Secrets of 32 bytes in files, and memory for them on the stack.
#pragma once

#include <alys/domain/aura/key_file.hpp>

#include <string.h> // explicit_bzero

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>

namespace alys::domain::detail {

inline constexpr std::size_t secret_bytes = 32;

// Memory that is overwritten when it goes.
template <std::size_t N>
struct wiped {
  wiped() = default;
  wiped(const wiped&) = delete;
  wiped& operator=(const wiped&) = delete;
  ~wiped() { explicit_bzero(data.data(), N); }

  std::array<std::uint8_t, N> data{};
};

enum class hex_prefix : std::uint8_t { refused, allowed };

// Reads 64 hexadecimal digits and at most one newline from a regular file that nobody but its owner can reach. Fails with a key_file_error.
[[nodiscard]] alys::result<void> read_secret_file(const std::filesystem::path&, hex_prefix, std::span<std::uint8_t, secret_bytes> into);

} // namespace alys::domain::detail
