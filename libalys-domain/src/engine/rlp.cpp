// SPDX-License-Identifier: Apache-2.0
//
// Recursive length prefix, reading and writing.
#include <alys/domain/engine/rlp.hpp>

#include <string>

namespace alys::domain {

namespace {

constexpr std::uint8_t string_base = 0x80; // strings: 0x80 + length up to 55, then 0xb7 + length of the length
constexpr std::uint8_t list_base = 0xc0;   // lists likewise, from 0xc0 and 0xf7
constexpr std::size_t longest_short = 55;

[[nodiscard]] constexpr std::size_t byte_count(std::uint64_t value) noexcept {
  std::size_t count = 0;
  for (; value != 0; value >>= 8U) ++count;
  return count;
}

void append_big_endian(bytes& out, std::uint64_t value) {
  for (auto left = byte_count(value); left > 0; --left) out.push_back(static_cast<std::uint8_t>(value >> (8U * (left - 1))));
}

void append_header(bytes& out, std::uint8_t base, std::size_t length) {
  if (length <= longest_short) {
    out.push_back(static_cast<std::uint8_t>(base + length));
  } else {
    out.push_back(static_cast<std::uint8_t>(base + longest_short + byte_count(length)));
    append_big_endian(out, length);
  }
}

void append_string(bytes& out, bytes_view content) {
  if (content.size() != 1 || content[0] >= string_base) append_header(out, string_base, content.size());
  append(out, content);
}

void append_integer(bytes& out, std::uint64_t value) {
  if (value != 0 && value < string_base) {
    out.push_back(static_cast<std::uint8_t>(value));
  } else {
    append_header(out, string_base, byte_count(value));
    append_big_endian(out, value);
  }
}

[[nodiscard]] std::uint64_t from_bytes(bytes_view big_endian) noexcept {
  std::uint64_t value = 0;
  for (const auto byte : big_endian) value = (value << 8U) | byte;
  return value;
}

// Where the payload of an item begins and how long it is; both lie within the input unless there is an error.
struct extent {
  rlp_error error = rlp_error::none;
  std::size_t begin = 0;
  std::size_t length = 0;
};

// The extent of a payload whose length stands in `width` bytes behind the first.
[[nodiscard]] extent measure_long(bytes_view rest, std::size_t width) noexcept {
  if (rest.size() - 1 < width) return {.error = rlp_error::truncated};
  const auto length = from_bytes(rest.subspan(1, width));
  if (rest[1] == 0 || length <= longest_short) return {.error = rlp_error::not_canonical};
  const std::size_t begin = 1 + width;
  if (length > rest.size() - begin) return {.error = rlp_error::truncated};
  return {.begin = begin, .length = static_cast<std::size_t>(length)};
}

// The extent of the first item.
[[nodiscard]] extent measure(bytes_view rest) noexcept {
  if (rest.empty()) return {.error = rlp_error::too_few_elements};
  if (rest[0] < string_base) return {.begin = 0, .length = 1};
  const bool is_list = rest[0] >= list_base;
  const std::size_t length = rest[0] - std::size_t{is_list ? list_base : string_base};
  if (length > longest_short) return measure_long(rest, length - longest_short);
  if (length > rest.size() - 1) return {.error = rlp_error::truncated};
  if (!is_list && length == 1 && rest[1] < string_base) return {.error = rlp_error::not_canonical};
  return {.begin = 1, .length = length};
}

} // namespace

std::string_view describe(rlp_error error) noexcept {
  switch (error) {
    case rlp_error::none: return "no error";
    case rlp_error::truncated: return "value size exceeds available input length";
    case rlp_error::not_canonical: return "non-canonical size information";
    case rlp_error::leading_zero: return "non-canonical integer format";
    case rlp_error::too_wide: return "integer too large for its field";
    case rlp_error::wrong_length: return "string of the wrong length for its field";
    case rlp_error::expected_string: return "expected a string";
    case rlp_error::expected_list: return "expected a list";
    case rlp_error::too_few_elements: return "too few elements";
    case rlp_error::too_many_elements: return "input contains more than it should";
  }
  return "unknown";
}

rlp_reader rlp_reader::whole_list(bytes_view data) {
  rlp_reader outer{data};
  rlp_reader inner = outer.list();
  if (outer.error_ == rlp_error::none && !outer.at_end()) inner.fail(rlp_error::too_many_elements);
  return inner;
}

void rlp_reader::fail(rlp_error error) noexcept {
  if (error_ == rlp_error::none) error_ = error;
  rest_ = {};
}

rlp_item rlp_reader::item() {
  const extent found = measure(rest_);
  if (found.error != rlp_error::none) {
    fail(found.error);
    return {};
  }
  const rlp_item next{.is_list = rest_[0] >= list_base,
                      .payload = rest_.subspan(found.begin, found.length),
                      .encoding = rest_.first(found.begin + found.length)};
  rest_ = rest_.subspan(found.begin + found.length);
  return next;
}

bytes_view rlp_reader::string() {
  const rlp_item next = item();
  if (error_ == rlp_error::none && next.is_list) fail(rlp_error::expected_string);
  return error_ == rlp_error::none ? next.payload : bytes_view{};
}

rlp_reader rlp_reader::list() {
  const rlp_item next = item();
  if (error_ == rlp_error::none && !next.is_list) fail(rlp_error::expected_list);
  rlp_reader inner{next.payload};
  if (error_ != rlp_error::none) inner.fail(error_);
  return inner;
}

bytes_view rlp_reader::integer_bytes(std::size_t widest) {
  const bytes_view content = string();
  if (content.size() > widest) fail(rlp_error::too_wide);
  else if (!content.empty() && content[0] == 0) fail(rlp_error::leading_zero);
  return error_ == rlp_error::none ? content : bytes_view{};
}

std::uint64_t rlp_reader::integer() { return from_bytes(integer_bytes(sizeof(std::uint64_t))); }

wei rlp_reader::amount() { return from_big_endian(integer_bytes(hash256::size())).value_or(0); }

alys::result<void> rlp_reader::finish() const {
  if (error_ != rlp_error::none) return alys::refuse(error_, "rlp: " + std::string{describe(error_)});
  if (!at_end()) return alys::refuse(rlp_error::too_many_elements, "rlp: " + std::string{describe(rlp_error::too_many_elements)});
  return {};
}

rlp_list& rlp_list::string(bytes_view content) {
  append_string(items_, content);
  return *this;
}

rlp_list& rlp_list::integer(std::uint64_t value) {
  append_integer(items_, value);
  return *this;
}

rlp_list& rlp_list::amount(const wei& value) { return string(to_big_endian(value)); }

rlp_list& rlp_list::encoded(bytes_view item) {
  append(items_, item);
  return *this;
}

bytes rlp_list::encode() const {
  bytes out;
  out.reserve(items_.size() + 1 + sizeof(std::uint64_t));
  append_header(out, list_base, items_.size());
  append(out, items_);
  return out;
}

bytes rlp_string(bytes_view content) {
  bytes out;
  append_string(out, content);
  return out;
}

bytes rlp_integer(std::uint64_t value) {
  bytes out;
  append_integer(out, value);
  return out;
}

} // namespace alys::domain
