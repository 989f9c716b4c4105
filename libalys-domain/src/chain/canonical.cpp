// SPDX-License-Identifier: Apache-2.0
//
// Writing and reading canonical bytes.
#include <alys/domain/chain/canonical.hpp>

#include <limits>
#include <stdexcept>

namespace alys::domain {
namespace {

template <class Unsigned>
void put(bytes& out, Unsigned value) {
  for (std::size_t shift = 8 * sizeof(Unsigned); shift > 0; shift -= 8) out.push_back(static_cast<std::uint8_t>(value >> (shift - 8)));
}

template <class Unsigned>
[[nodiscard]] Unsigned get(bytes_view data) {
  std::uint64_t value = 0;
  for (const std::uint8_t byte : data) value = value << 8 | byte;
  return static_cast<Unsigned>(value);
}

} // namespace

canonical_writer& canonical_writer::u8(std::uint8_t value) {
  put(out_, value);
  return *this;
}

canonical_writer& canonical_writer::u16(std::uint16_t value) {
  put(out_, value);
  return *this;
}

canonical_writer& canonical_writer::u32(std::uint32_t value) {
  put(out_, value);
  return *this;
}

canonical_writer& canonical_writer::u64(std::uint64_t value) {
  put(out_, value);
  return *this;
}

canonical_writer& canonical_writer::word(const wei& value) { return raw(to_word(value).view()); }

canonical_writer& canonical_writer::raw(bytes_view data) {
  append(out_, data);
  return *this;
}

canonical_writer& canonical_writer::sized(bytes_view data) { return count(data.size()).raw(data); }

canonical_writer& canonical_writer::count(std::size_t n) {
  if (n > std::numeric_limits<std::uint32_t>::max()) throw std::length_error("a list of more than 2^32 - 1");
  return u32(static_cast<std::uint32_t>(n));
}

std::uint8_t canonical_reader::u8() { return get<std::uint8_t>(next(1)); }
std::uint16_t canonical_reader::u16() { return get<std::uint16_t>(next(2)); }
std::uint32_t canonical_reader::u32() { return get<std::uint32_t>(next(4)); }
std::uint64_t canonical_reader::u64() { return get<std::uint64_t>(next(8)); }
wei canonical_reader::word() { return from_big_endian(next(32)).value_or(wei{0}); }

bytes canonical_reader::sized(std::size_t limit) {
  const std::size_t length = u32();
  if (length > limit) refuse(encoding_error::over_limit);
  return to_bytes(next(length));
}

std::size_t canonical_reader::count(std::size_t limit, std::size_t least) {
  const std::size_t n = u32();
  if (n > limit) refuse(encoding_error::over_limit);
  if (n > rest_.size() / least) refuse(encoding_error::truncated);
  return ok() ? n : 0;
}

void canonical_reader::refuse(encoding_error error) noexcept {
  if (ok()) error_ = error;
}

alys::result<void> canonical_reader::finish() const {
  if (!ok()) return alys::refuse(error_);
  if (!rest_.empty()) return alys::refuse(encoding_error::trailing_bytes);
  return {};
}

bytes_view canonical_reader::next(std::size_t n) {
  if (n > rest_.size()) refuse(encoding_error::truncated);
  if (!ok()) return {};
  const bytes_view data = rest_.first(n);
  rest_ = rest_.subspan(n);
  return data;
}

} // namespace alys::domain
