// SPDX-License-Identifier: Apache-2.0
#include "retry_after.hpp"

#include <algorithm>
#include <charconv>
#include <ctime>

namespace alys::detail {

std::optional<std::chrono::seconds> parse_retry_after(const std::string& value, std::chrono::system_clock::time_point now) {
  using std::chrono::seconds;
  const char* const end = value.data() + value.size();
  std::uint32_t delay = 0;
  const auto [stopped, problem] = std::from_chars(value.data(), end, delay);
  if (problem == std::errc{} && stopped == end) return seconds{delay};
  std::tm date{};
  const char* const rest = ::strptime(value.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &date); // in the C locale, which nobody here changes
  if (rest == nullptr || *rest != '\0') return std::nullopt;
  const seconds at{::timegm(&date)}; // of any year, which the clock's own type cannot hold
  return std::clamp(at - std::chrono::floor<seconds>(now.time_since_epoch()), seconds{0}, longest_retry_after);
}

} // namespace alys::detail
