// SPDX-License-Identifier: Apache-2.0
//
// Reads and writes durations with units.
#include <alys/actors/duration_text.hpp>

#include <array>
#include <limits>

namespace alys {
namespace {

struct unit {
  std::string_view name;
  std::uint64_t nanoseconds;
};

constexpr std::array<unit, 6> units{{
    {"h", 3'600'000'000'000},
    {"m", 60'000'000'000},
    {"s", 1'000'000'000},
    {"ms", 1'000'000},
    {"us", 1'000},
    {"ns", 1},
}};

constexpr std::uint64_t largest = std::numeric_limits<std::chrono::nanoseconds::rep>::max();

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

error refuse_duration(duration_error why, std::string_view text) {
  return refuse(why, '"' + std::string{text} + "\" is no duration: write whole numbers with a unit, like 250ms, 2s or 1h30m");
}

// Splits the leading run of characters for which `wanted` is the answer of is_digit.
std::string_view take(std::string_view& rest, bool digits) noexcept {
  std::size_t length = 0;
  while (length < rest.size() && is_digit(rest[length]) == digits) ++length;
  const std::string_view head = rest.substr(0, length);
  rest.remove_prefix(length);
  return head;
}

// The number times the scale; nothing beyond `largest`.
bool scaled(std::string_view digits, std::uint64_t scale, std::uint64_t& product) noexcept {
  product = 0;
  for (const char c : digits) {
    const auto digit = static_cast<std::uint64_t>(c - '0');
    if (product > (largest - digit) / 10) return false;
    product = product * 10 + digit;
  }
  if (product > largest / scale) return false;
  product *= scale;
  return true;
}

} // namespace

result<std::chrono::nanoseconds> parse_duration(std::string_view text) {
  if (text.empty()) return refuse_duration(duration_error::empty, text);
  std::string_view rest = text;
  const bool negative = rest.front() == '-';
  if (negative) rest.remove_prefix(1);

  std::uint64_t total = 0;
  std::size_t next_unit = 0;
  do {
    const std::string_view digits = take(rest, true);
    if (digits.empty()) return refuse_duration(duration_error::malformed, text);
    const std::string_view name = take(rest, false);
    if (name.empty()) return refuse_duration(duration_error::no_unit, text);
    std::size_t index = 0;
    while (index < units.size() && units[index].name != name) ++index;
    if (index == units.size()) return refuse_duration(duration_error::unknown_unit, text);
    if (index < next_unit) return refuse_duration(duration_error::malformed, text);
    next_unit = index + 1;
    std::uint64_t part = 0;
    if (!scaled(digits, units[index].nanoseconds, part) || part > largest - total) return refuse_duration(duration_error::too_large, text);
    total += part;
  } while (!rest.empty());

  const auto count = static_cast<std::chrono::nanoseconds::rep>(total);
  return std::chrono::nanoseconds{negative ? -count : count};
}

std::string to_text(std::chrono::nanoseconds duration) {
  if (duration == duration.zero()) return "0s";
  std::string text = duration.count() < 0 ? "-" : "";
  auto left = static_cast<std::uint64_t>(duration.count());
  if (duration.count() < 0) left = 0 - left;
  for (const unit& u : units) {
    if (left < u.nanoseconds) continue;
    text += std::to_string(left / u.nanoseconds);
    text += u.name;
    left %= u.nanoseconds;
  }
  return text;
}

} // namespace alys
