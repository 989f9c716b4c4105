// SPDX-License-Identifier: Apache-2.0
//
// Types of one's own in configuration files: keys, addresses, anything that has a text. Three functions beside the type, found by
// argument-dependent lookup, are all that it takes.
//
// ```cpp
// namespace paint {
// struct colour { std::uint32_t rgb = 0; };
// constexpr std::string_view alys_text_form(alys::tag<colour>) { return "a colour, # and six hexadecimal digits"; } // what is allowed
// inline std::string alys_text_of(const colour& c) { return c.rgb == 0 ? "#000000" : "#ffffff"; }
// inline std::optional<colour> alys_parse_text(std::string_view text, alys::tag<colour>) {
//   return text == alys_text_of({}) ? std::optional{colour{}} : std::nullopt;
// }
// } // namespace paint
// static_assert(alys::config_text<paint::colour>);
// ```
#pragma once

#include <alys/actors/error.hpp>

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace alys {

// A type with a text. What alys_text_of writes, alys_parse_text reads as the same value; nothing for what is no such text.
template <class T>
concept config_text = std::default_initializable<T> && requires(std::string_view text, const T& value) {
  { alys_text_form(tag<T>{}) } -> std::convertible_to<std::string_view>;
  { alys_text_of(value) } -> std::convertible_to<std::string>;
  { alys_parse_text(text, tag<T>{}) } -> std::same_as<std::optional<T>>;
};

} // namespace alys
