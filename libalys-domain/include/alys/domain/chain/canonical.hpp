// SPDX-License-Identifier: Apache-2.0
//
// The canonical bytes of values that are hashed or stored: integers big-endian in their full width, fixed bytes as they are, strings and
// lists behind a 32-bit count. One value has one encoding; docs/reference/wire.md lists them field by field.
//
// ```cpp
// inline alys::domain::bytes written() {
//   alys::domain::canonical_writer out;
//   out.u64(7).sized(alys::domain::bytes_of("dog"));
//   return std::move(out).take(); // 00 00 00 00 00 00 00 07  00 00 00 03  64 6f 67
// }
// inline bool read(alys::domain::bytes_view data) {
//   alys::domain::canonical_reader in{data};
//   const auto number = in.u64();
//   const auto text = in.sized(100);
//   return in.finish().has_value() && number == 7 && text.size() == 3;
// }
// ```
#pragma once

#include <alys/actors/result.hpp>
#include <alys/domain/primitives/bytes.hpp>
#include <alys/domain/primitives/hash.hpp>
#include <alys/domain/primitives/wei.hpp>

#include <cstddef>
#include <cstdint>
#include <utility>

namespace alys::domain {

// Why bytes are no encoding of a value.
enum class encoding_error : std::uint8_t {
  none,
  truncated,       // ends before the value does
  trailing_bytes,  // goes on after it
  over_limit,      // a string or list longer than the value may have
  unknown_version, // of a format that this program does not know
  malformed,       // what carries the fields is itself no encoding, or a field has the wrong width
};
ALYS_ERRORS(encoding_error, truncated, trailing_bytes, over_limit, unknown_version, malformed)

// Appends values to one byte string.
class canonical_writer {
public:
  canonical_writer& u8(std::uint8_t);
  canonical_writer& u16(std::uint16_t);
  canonical_writer& u32(std::uint32_t);
  canonical_writer& u64(std::uint64_t);
  canonical_writer& word(const wei&);   // 32 bytes
  canonical_writer& raw(bytes_view);    // as they are
  canonical_writer& sized(bytes_view);  // behind their number, as u32; throws std::length_error above 2^32 - 1
  canonical_writer& count(std::size_t); // of a list that follows, as u32; throws std::length_error above 2^32 - 1

  [[nodiscard]] const bytes& content() const& noexcept { return out_; }
  [[nodiscard]] bytes take() && noexcept { return std::move(out_); }

private:
  bytes out_;
};

// Reads what a canonical_writer wrote, from bytes of which nothing is known. Total: it never reads past the end, and it allocates no more than
// the input holds. After the first error everything it reads is zero or empty, so that a decoder reads on and asks once, at the end.
class canonical_reader {
public:
  explicit canonical_reader(bytes_view data) noexcept : rest_(data) {}

  [[nodiscard]] std::uint8_t u8();
  [[nodiscard]] std::uint16_t u16();
  [[nodiscard]] std::uint32_t u32();
  [[nodiscard]] std::uint64_t u64();
  [[nodiscard]] wei word();

  // A value of fixed_bytes<>.
  template <class Fixed>
  [[nodiscard]] Fixed fixed() {
    Fixed value;
    const bytes_view data = next(Fixed::size());
    std::ranges::copy(data, value.data());
    return value;
  }

  // A string of at most `limit` bytes.
  [[nodiscard]] bytes sized(std::size_t limit);

  // The number of items in a list: at most `limit`, and no more than fit into the rest of the input at `least` bytes each (at least 1).
  [[nodiscard]] std::size_t count(std::size_t limit, std::size_t least);

  // Notes an error that the caller found; the first one counts.
  void refuse(encoding_error) noexcept;

  [[nodiscard]] bool ok() const noexcept { return error_ == encoding_error::none; }

  [[nodiscard]] bool at_end() const noexcept { return rest_.empty(); }
  // Done: refuses with the first error, or with trailing_bytes.
  [[nodiscard]] alys::result<void> finish() const;

private:
  // Exactly `n` bytes, or none after noting `truncated`.
  [[nodiscard]] bytes_view next(std::size_t n);

  bytes_view rest_;
  encoding_error error_ = encoding_error::none;
};

} // namespace alys::domain
