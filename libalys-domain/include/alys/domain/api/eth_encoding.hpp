// SPDX-License-Identifier: Apache-2.0
//
// How values of the execution layer look in JSON-RPC (EIP-1474; the Ethereum JSON-RPC specification calls the two forms QUANTITY and DATA).
// Quantities are hexadecimal numbers without leading zeros, data are bytes with two digits each. Reading is strict, and says what is wrong
// in geth's words, which is what users of wallets search for.
//
// ```cpp
// inline std::string five() { return alys::domain::to_quantity(std::uint64_t{5}); } // "0x5"
// inline bool refused() {
//   const alys::domain::json_value padded{std::string{"0x05"}};
//   return alys::domain::read_quantity(padded).error().text() == "hex number with leading zero digits";
// }
// ```
#pragma once

#include <alys/actors/result.hpp>
#include <alys/domain/api/json.hpp>
#include <alys/domain/primitives/bytes.hpp>
#include <alys/domain/primitives/hash.hpp>
#include <alys/domain/primitives/units.hpp>
#include <alys/domain/primitives/wei.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace alys::domain {

// Why the params of a call are not what its method takes.
enum class argument_error : std::uint8_t {
  none,
  not_a_list, // params are no array
  missing,    // an argument that the method needs is not there
  too_many,   // more arguments than the method takes
  invalid,    // an argument is not what its place asks for
};
ALYS_ERRORS(argument_error, not_a_list, missing, too_many, invalid)

// Numbers as quantities: "0x0", "0x5208".
[[nodiscard]] std::string to_quantity(std::uint64_t);
[[nodiscard]] std::string to_quantity(const wei&);
template <class Tag>
[[nodiscard]] std::string to_quantity(strong_integer<Tag> number) {
  return to_quantity(number.value());
}

// Readers of one value. All are total and refuse with argument_error::invalid.

// A quantity below 2^64, or below 2^256.
[[nodiscard]] alys::result<std::uint64_t> read_quantity(const json_value&);
[[nodiscard]] alys::result<wei> read_amount(const json_value&);
// Bytes; "0x" for none.
[[nodiscard]] alys::result<bytes> read_data(const json_value&);
[[nodiscard]] alys::result<address> read_address(const json_value&);
[[nodiscard]] alys::result<hash256> read_hash(const json_value&);
[[nodiscard]] alys::result<bool> read_flag(const json_value&);

} // namespace alys::domain
