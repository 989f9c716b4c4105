// SPDX-License-Identifier: Apache-2.0
//
// Amounts of the execution layer: unsigned integers of 256 bits, 10^18 to a coin. Arithmetic that leaves 256 bits throws
// std::overflow_error or std::range_error and is a bug in the caller: amounts from outside are compared in 512 bits first (see `wide_wei`).
//
// ```cpp
// inline alys::domain::wei balance() { return alys::domain::to_wei(alys::domain::gwei{3}) + 1; }
// inline alys::domain::bytes shortest() { return alys::domain::to_big_endian(balance()); } // no leading zero byte
// ```
#pragma once

#include <alys/domain/primitives/bytes.hpp>
#include <alys/domain/primitives/hash.hpp>
#include <alys/domain/primitives/units.hpp>

#include <boost/multiprecision/cpp_int.hpp>

#include <optional>

namespace alys::domain {

using wei = boost::multiprecision::checked_uint256_t;

// Twice as wide: holds any product of two wei, and any sum of such products that a block can contain.
using wide_wei = boost::multiprecision::checked_uint512_t;

inline constexpr std::uint64_t wei_per_gwei = 1'000'000'000;

[[nodiscard]] inline wei to_wei(gwei amount) { return wei{amount.value()} * wei_per_gwei; }
[[nodiscard]] inline wei to_wei(satoshi amount) { return wei{amount.value()} * (gwei_per_satoshi * wei_per_gwei); }

// The whole gwei of an amount; nothing if they need more than 64 bits.
[[nodiscard]] std::optional<gwei> to_gwei_floor(const wei& amount);

// The whole satoshi of an amount; nothing if they need more than 64 bits.
[[nodiscard]] std::optional<satoshi> to_satoshi_floor(const wei& amount);

// Big-endian without leading zero bytes, as RLP and quantities have it; empty for 0.
[[nodiscard]] bytes to_big_endian(const wei& amount);

// Big-endian in exactly 32 bytes.
[[nodiscard]] hash256 to_word(const wei& amount);

// The number in these big-endian bytes; leading zeros are allowed. Nothing above 32 bytes.
[[nodiscard]] std::optional<wei> from_big_endian(bytes_view);

} // namespace alys::domain
