// SPDX-License-Identifier: Apache-2.0
//
// When an HTTP server wants to be asked again.
#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace alys::detail {

// The value of Retry-After (RFC 9110, section 10.2.3), in seconds or as a date, from `now` on and not negative. Nothing for what is neither.
[[nodiscard]] std::optional<std::chrono::seconds> parse_retry_after(const std::string& value, std::chrono::system_clock::time_point now);

} // namespace alys::detail
