// SPDX-License-Identifier: Apache-2.0
//
// Numbers with a unit. A height is no slot and a gwei is no satoshi, so none converts into another by accident. All are unsigned 64-bit
// integers inside; wei, which need 256 bits, stand in wei.hpp.
//
// ```cpp
// inline constexpr alys::domain::block_height next = alys::domain::block_height{41} + 1;
// inline constexpr std::uint64_t apart = alys::domain::slot{10} - alys::domain::slot{7}; // 3 slots
// inline alys::domain::gwei minted() { return alys::domain::to_gwei(alys::domain::satoshi{5}); } // 50 gwei
// ```
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <ostream>
#include <stdexcept>

namespace alys::domain {

// A 64-bit count of what Tag says. `+` and `-` throw std::overflow_error where the answer does not fit, which is a bug in the caller;
// values from outside are added with checked_add.
template <class Tag>
class strong_integer {
public:
  constexpr strong_integer() noexcept = default;
  constexpr explicit strong_integer(std::uint64_t value) noexcept : value_(value) {}

  [[nodiscard]] constexpr std::uint64_t value() const noexcept { return value_; }
  [[nodiscard]] static constexpr strong_integer max() noexcept { return strong_integer{std::numeric_limits<std::uint64_t>::max()}; }

  friend constexpr auto operator<=>(const strong_integer&, const strong_integer&) noexcept = default;
  friend constexpr bool operator==(const strong_integer&, const strong_integer&) noexcept = default;

  friend constexpr strong_integer operator+(strong_integer a, std::uint64_t b) {
    if (b > max().value_ - a.value_) throw std::overflow_error("sum of 64-bit units");
    return strong_integer{a.value_ + b};
  }
  // How far b lies behind a; throws std::overflow_error if it lies ahead.
  friend constexpr std::uint64_t operator-(strong_integer a, strong_integer b) {
    if (b.value_ > a.value_) throw std::overflow_error("difference of 64-bit units");
    return a.value_ - b.value_;
  }
  constexpr strong_integer& operator++() { return *this = *this + 1; }

  friend std::ostream& operator<<(std::ostream& out, strong_integer a) { return out << a.value_; }

private:
  std::uint64_t value_ = 0;
};

// The sum, or nothing if it needs more than 64 bits.
template <class Tag>
[[nodiscard]] constexpr std::optional<strong_integer<Tag>> checked_add(strong_integer<Tag> a, strong_integer<Tag> b) noexcept {
  if (b.value() > strong_integer<Tag>::max().value() - a.value()) return std::nullopt;
  return strong_integer<Tag>{a.value() + b.value()};
}

using block_height = strong_integer<struct block_height_tag>;           // number of ancestors: genesis is 0
using slot = strong_integer<struct slot_tag>;                           // number of a time slot since the Unix epoch
using gwei = strong_integer<struct gwei_tag>;                           // 10^9 wei: the unit of withdrawals (EIP-4895)
using satoshi = strong_integer<struct satoshi_tag>;                     // 10^-8 bitcoin
using gas = strong_integer<struct gas_tag>;                             // units of execution work
using unix_milliseconds = strong_integer<struct unix_milliseconds_tag>; // time of an Alys block
using unix_seconds = strong_integer<struct unix_seconds_tag>;           // time of an execution block
using block_count = strong_integer<struct block_count_tag>;             // how many blocks, of whichever chain the name says
using bitcoin_height = strong_integer<struct bitcoin_height_tag>;       // number of ancestors of a Bitcoin block
using percent = strong_integer<struct percent_tag>;                     // hundredths

inline constexpr std::uint64_t gwei_per_satoshi = 10; // one bitcoin is 10^18 wei, as one ether is

// Throws std::overflow_error above 2^64 / 10 satoshi, which is 878 times all bitcoin there can be.
[[nodiscard]] constexpr gwei to_gwei(satoshi amount) {
  if (amount.value() > gwei::max().value() / gwei_per_satoshi) throw std::overflow_error("satoshi to gwei");
  return gwei{amount.value() * gwei_per_satoshi};
}

// The whole seconds of a time.
[[nodiscard]] constexpr unix_seconds to_seconds(unix_milliseconds time) noexcept { return unix_seconds{time.value() / 1'000}; }

// The time of a clock; 0 for a time before 1970.
[[nodiscard]] constexpr unix_milliseconds to_unix(std::chrono::system_clock::time_point time) noexcept {
  const auto since = std::chrono::floor<std::chrono::milliseconds>(time).time_since_epoch().count();
  return unix_milliseconds{since < 0 ? 0 : static_cast<std::uint64_t>(since)};
}

} // namespace alys::domain

template <class Tag>
struct std::hash<alys::domain::strong_integer<Tag>> {
  [[nodiscard]] std::size_t operator()(alys::domain::strong_integer<Tag> a) const noexcept { return std::hash<std::uint64_t>{}(a.value()); }
};
