// SPDX-License-Identifier: Apache-2.0
//
// Recursive length prefix: the encoding of everything in the execution layer (Ethereum yellow paper, appendix B).
//
// Reading is total: any bytes give values or an error, nothing is allocated that the input did not pay for, and only the one canonical
// encoding of a value is accepted. Readers remember their first error and answer zeros from then on, so that a decoder lists its fields
// and asks once, at the end, whether all was well.
//
// ```cpp
// struct pet { alys::domain::bytes name; std::uint64_t age = 0; };
//
// inline alys::domain::bytes encode(const pet& p) {
//   return alys::domain::rlp_list{}.string(p.name).integer(p.age).encode();
// }
// inline alys::result<pet> decode(alys::domain::bytes_view data) {
//   auto fields = alys::domain::rlp_reader::whole_list(data);
//   pet p;
//   p.name = alys::domain::to_bytes(fields.string());
//   p.age = fields.integer();
//   if (auto done = fields.finish(); !done) return done.error();
//   return p;
// }
// ```
#pragma once

#include <alys/actors/result.hpp>
#include <alys/domain/primitives/bytes.hpp>
#include <alys/domain/primitives/hash.hpp>
#include <alys/domain/primitives/wei.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace alys::domain {

// Why bytes are not the canonical encoding of what was asked for.
enum class rlp_error : std::uint8_t {
  none,
  truncated,         // an item is longer than what holds it
  not_canonical,     // a length or a single byte that has a shorter encoding
  leading_zero,      // an integer with a leading zero byte
  too_wide,          // an integer of more bits than the field has
  wrong_length,      // a string of another length than the field has
  expected_string,   // a list where a string should be
  expected_list,     // a string where a list should be
  too_few_elements,  // the list ended early
  too_many_elements, // the list goes on
};
ALYS_ERRORS(rlp_error, truncated, not_canonical, leading_zero, too_wide, wrong_length, expected_string, expected_list, too_few_elements,
            too_many_elements)

// The words for it, such as "non-canonical size information".
[[nodiscard]] std::string_view describe(rlp_error) noexcept;

// One item where it lies in the input.
struct rlp_item {
  bool is_list = false;
  bytes_view payload{};  // the string, or the items of the list one after the other
  bytes_view encoding{}; // header and payload
};

// Reads items one after the other, from the first. Views into the input; the input must outlive the reader and what it returned.
class rlp_reader {
public:
  // The items of a list's payload, or of any sequence.
  explicit rlp_reader(bytes_view items) noexcept : rest_(items) {}

  // The items of the one list that `data` must be, with nothing behind it.
  [[nodiscard]] static rlp_reader whole_list(bytes_view data);

  // The next item of either kind.
  [[nodiscard]] rlp_item item();
  // The next item, a string of any length.
  [[nodiscard]] bytes_view string();
  // The next item, an unsigned integer of at most 64 bits.
  [[nodiscard]] std::uint64_t integer();
  // The next item, an unsigned integer of at most 256 bits.
  [[nodiscard]] wei amount();
  // The next item, a list. Errors inside are the returned reader's own; an error of this reader is its error too.
  [[nodiscard]] rlp_reader list();

  // The next item, a string of exactly the length of T, which is a fixed_bytes.
  template <class T>
  [[nodiscard]] T fixed() {
    return to_fixed<T>(string());
  }

  // The same, or nothing for the empty string.
  template <class T>
  [[nodiscard]] std::optional<T> fixed_or_empty() {
    const bytes_view content = string();
    if (content.empty()) return std::nullopt;
    return to_fixed<T>(content);
  }

  // True if no item is left, and after an error.
  [[nodiscard]] bool at_end() const noexcept { return rest_.empty(); }

  // Done; or the first error, or too_many_elements if items are left.
  [[nodiscard]] alys::result<void> finish() const;

  // The first error so far; none if all was well.
  [[nodiscard]] rlp_error error() const noexcept { return error_; }

private:
  void fail(rlp_error) noexcept;
  [[nodiscard]] bytes_view integer_bytes(std::size_t widest);

  template <class T>
  [[nodiscard]] T to_fixed(bytes_view content) {
    T value;
    if (content.size() == T::size()) std::ranges::copy(content, value.data());
    else fail(rlp_error::wrong_length);
    return value;
  }

  bytes_view rest_;
  rlp_error error_ = rlp_error::none;
};

// Writes a list, item by item.
class rlp_list {
public:
  rlp_list& string(bytes_view);
  rlp_list& integer(std::uint64_t);
  rlp_list& amount(const wei&);
  // An item that is encoded already.
  rlp_list& encoded(bytes_view);
  template <class Tag, std::size_t N>
  rlp_list& fixed(const fixed_bytes<Tag, N>& value) {
    return string(value.view());
  }

  // The list with its header. Cost: one copy.
  [[nodiscard]] bytes encode() const;

private:
  bytes items_;
};

// A string alone, outside a list.
[[nodiscard]] bytes rlp_string(bytes_view);

// An unsigned integer alone, outside a list.
[[nodiscard]] bytes rlp_integer(std::uint64_t);

} // namespace alys::domain
