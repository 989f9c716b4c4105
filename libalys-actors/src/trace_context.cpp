// SPDX-License-Identifier: Apache-2.0
//
// Reads and writes the traceparent header.
#include <alys/actors/trace_context.hpp>

#include <cstddef>
#include <span>

namespace alys {
namespace {

// version-traceid-parentid-flags, with one dash between each
constexpr std::size_t trace_id_at = 3;
constexpr std::size_t span_id_at = 36;
constexpr std::size_t flags_at = 53;
constexpr std::size_t length = 55;
constexpr std::uint8_t sampled = 1;

int digit(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

// Fills `bytes` from twice as many lower-case digits.
bool read_hex(std::string_view text, std::span<std::uint8_t> bytes) noexcept {
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const int high = digit(text[2 * i]);
    const int low = digit(text[2 * i + 1]);
    if (high < 0 || low < 0) return false;
    bytes[i] = static_cast<std::uint8_t>(high * 16 + low);
  }
  return true;
}

void write_hex(std::string& text, std::span<const std::uint8_t> bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  for (const std::uint8_t byte : bytes) {
    text += digits[byte >> 4];
    text += digits[byte & 15];
  }
}

} // namespace

std::optional<trace_context> parse_traceparent(std::string_view header) noexcept {
  if (header.size() < length) return std::nullopt;
  std::uint8_t version = 0;
  trace_context context;
  const bool fields = read_hex(header, {&version, 1}) && read_hex(header.substr(trace_id_at), context.trace_id) &&
                      read_hex(header.substr(span_id_at), context.span_id) && read_hex(header.substr(flags_at), {&context.flags, 1});
  const bool dashes = header[trace_id_at - 1] == '-' && header[span_id_at - 1] == '-' && header[flags_at - 1] == '-';
  const bool end = header.size() == length || (version > 0 && header[length] == '-');
  if (!fields || !dashes || !end || version == 0xff || !context.valid()) return std::nullopt;
  context.flags &= sampled;
  return context;
}

std::string to_traceparent(const trace_context& context) {
  std::string text = "00-";
  write_hex(text, context.trace_id);
  text += '-';
  write_hex(text, context.span_id);
  text += '-';
  write_hex(text, {&context.flags, 1});
  return text;
}

} // namespace alys
