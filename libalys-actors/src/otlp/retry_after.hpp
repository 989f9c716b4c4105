// SPDX-License-Identifier: Apache-2.0
//
// When an HTTP server wants to be asked again.
#pragma once

#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>

namespace alys::detail {

inline constexpr std::chrono::seconds longest_retry_after{std::numeric_limits<std::uint32_t>::max()};

// The value of Retry-After (RFC 9110, section 10.2.3), in seconds or as a date, from `now` on, neither negative nor more than the longest.
// Nothing for what is neither.
[[nodiscard]] std::optional<std::chrono::seconds> parse_retry_after(const std::string& value, std::chrono::system_clock::time_point now);

} // namespace alys::detail
