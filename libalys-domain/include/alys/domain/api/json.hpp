// SPDX-License-Identifier: Apache-2.0
//
// Reading JSON (RFC 8259) that comes from outside. Stricter than most readers, because what follows acts on it: a document that is nested
// too deeply, has too many values, or names a member twice is refused as a whole, and a number stays the text that was sent, so that none
// is rounded or wrapped on its way to somebody who expects an integer.
//
// ```cpp
// inline std::optional<std::uint64_t> height_of(const std::string& text) {
//   const auto document = alys::domain::read_json(text);
//   if (!document) return std::nullopt;
//   const auto* height = document->member("height");
//   return height != nullptr ? height->as_unsigned() : std::nullopt; // nothing for -1, 1.0, 1e3, 2^64 and "1"
// }
// ```
#pragma once

#include <alys/actors/result.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace alys::domain {

// Why a text was not read.
enum class json_error : std::uint8_t {
  none,
  malformed,       // no JSON, or not only JSON
  too_deep,        // more arrays and objects in each other than allowed
  too_many,        // more values than allowed
  duplicate_name,  // an object names a member twice
  number_too_large // a number beyond what a double can hold, such as 1e999
};
ALYS_ERRORS(json_error, malformed, too_deep, too_many, duplicate_name, number_too_large)

// What a document may hold at most.
struct json_limits {
  std::size_t max_depth = 32;      // arrays and objects in each other
  std::size_t max_values = 50'000; // of any kind, each array and object counting as one
};

// A number as it was written.
struct json_number {
  std::string text;
  friend bool operator==(const json_number&, const json_number&) = default;
};

// A JSON value that was read. Immutable in practice; copying copies it deeply.
class json_value {
public:
  using array = std::vector<json_value>;
  using member_type = std::pair<std::string, json_value>;
  using object = std::vector<member_type>; // in the order in which they were written

  json_value() = default; // null
  template <class T>
    requires std::is_constructible_v<std::variant<std::monostate, bool, json_number, std::string, array, object>, T>
  explicit json_value(T content) : content_(std::move(content)) {}

  [[nodiscard]] bool is_null() const noexcept { return std::holds_alternative<std::monostate>(content_); }

  // The content if the value is of this kind, else null.
  [[nodiscard]] const bool* as_bool() const noexcept { return std::get_if<bool>(&content_); }
  [[nodiscard]] const json_number* as_number() const noexcept { return std::get_if<json_number>(&content_); }
  [[nodiscard]] const std::string* as_string() const noexcept { return std::get_if<std::string>(&content_); }
  [[nodiscard]] const array* as_array() const noexcept { return std::get_if<array>(&content_); }
  [[nodiscard]] const object* as_object() const noexcept { return std::get_if<object>(&content_); }

  // The value of a number that was written as a non-negative integer below 2^64.
  [[nodiscard]] std::optional<std::uint64_t> as_unsigned() const noexcept;

  // The member of this name; null if this is no object or has no such member. Cost: linear in the number of members.
  [[nodiscard]] const json_value* member(std::string_view name) const noexcept;

  // "null", "bool", "number", "string", "array" or "object", for error texts.
  [[nodiscard]] std::string_view kind() const noexcept;

private:
  friend class json_builder;
  std::variant<std::monostate, bool, json_number, std::string, array, object> content_;
};

// Reads a whole document. Refuses with a json_error that says where. Cost: linear; at most about 80 bytes of memory a value besides the
// text.
[[nodiscard]] alys::result<json_value> read_json(std::string_view text, const json_limits& limits = {});

// The text as a JSON string, quotes included. Bytes that are no UTF-8 become U+FFFD.
[[nodiscard]] std::string json_quoted(std::string_view text);

} // namespace alys::domain
