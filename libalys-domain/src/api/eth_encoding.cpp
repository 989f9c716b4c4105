// SPDX-License-Identifier: Apache-2.0
//
// Quantities and data, digit by digit.
#include <alys/domain/api/eth_encoding.hpp>
#include <alys/domain/primitives/hex.hpp>

#include <algorithm>

namespace alys::domain {

namespace {

alys::error invalid(std::string text) { return alys::refuse(argument_error::invalid, std::move(text)); }

// The digits of a quantity: at least one, at most `most`, the first not zero unless it is the only one.
alys::result<std::string_view> quantity_digits(const json_value& value, std::size_t most) {
  const auto* text = value.as_string();
  if (text == nullptr) return invalid(std::string{value.kind()} + " where a hex string is expected");
  if (text->empty()) return invalid("empty hex string");
  if (!text->starts_with("0x")) return invalid("hex string without 0x prefix");
  const auto digits = std::string_view{*text}.substr(2);
  if (digits.empty()) return invalid("hex string \"0x\"");
  if (!std::ranges::all_of(digits, [](char c) { return hex_digit(c).has_value(); })) return invalid("invalid hex string");
  if (digits.size() > 1 && digits[0] == '0') return invalid("hex number with leading zero digits");
  if (digits.size() > most) return invalid("hex number > " + std::to_string(most * 4) + " bits");
  return digits;
}

// The bytes of a text for `what`, of which there must be `size` unless it is 0.
alys::result<bytes> fixed_data(const json_value& value, std::size_t size, std::string_view what) {
  const std::string purpose = " for " + std::string{what};
  const auto* text = value.as_string();
  if (text == nullptr) return invalid(std::string{value.kind()} + " where a hex string is expected" + purpose);
  const auto data = from_hex(*text);
  if (data == hex_error::no_prefix) return invalid((text->empty() ? "empty hex string" : "hex string without 0x prefix") + purpose);
  if (data == hex_error::odd_length) return invalid("hex string of odd length" + purpose);
  if (!data) return invalid("invalid hex string" + purpose);
  if (size != 0 && data->size() != size)
    return invalid("hex string has length " + std::to_string(data->size() * 2) + ", want " + std::to_string(size * 2) + purpose);
  return data;
}

template <class T>
alys::result<T> read_fixed(const json_value& value, std::string_view what) {
  const auto data = fixed_data(value, T::size(), what);
  if (!data) return data.error();
  return T::from(*data);
}

} // namespace

std::string to_quantity(std::uint64_t number) { return to_quantity(wei{number}); }

std::string to_quantity(const wei& number) {
  const auto digits = to_hex_digits(to_big_endian(number));
  const auto first = digits.find_first_not_of('0');
  return first == std::string::npos ? "0x0" : "0x" + digits.substr(first);
}

alys::result<std::uint64_t> read_quantity(const json_value& value) {
  const auto digits = quantity_digits(value, 16);
  if (!digits) return digits.error();
  std::uint64_t number = 0;
  for (const char c : *digits) number = number * 16 + *hex_digit(c);
  return number;
}

alys::result<wei> read_amount(const json_value& value) {
  const auto digits = quantity_digits(value, 64);
  if (!digits) return digits.error();
  wei number = 0;
  for (const char c : *digits) number = number * 16 + *hex_digit(c);
  return number;
}

alys::result<bytes> read_data(const json_value& value) { return fixed_data(value, 0, "data"); }
alys::result<address> read_address(const json_value& value) { return read_fixed<address>(value, "an address"); }
alys::result<hash256> read_hash(const json_value& value) { return read_fixed<hash256>(value, "a hash"); }

alys::result<bool> read_flag(const json_value& value) {
  if (const auto* flag = value.as_bool()) return *flag;
  return invalid(std::string{value.kind()} + " where true or false is expected");
}

} // namespace alys::domain
