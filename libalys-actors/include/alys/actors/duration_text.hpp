// SPDX-License-Identifier: Apache-2.0
//
// Durations as people write them: "250ms", "2s", "1h30m". Used by configuration files and by every message that names a duration.
//
// A bare number is refused: a reader of `timeout = 30` cannot know whether it says seconds or milliseconds.
//
// ```cpp
// inline bool example() { return alys::parse_duration("1m30s") == std::chrono::nanoseconds{90s} && alys::to_text(90s) == "1m30s"; }
// ```
#pragma once

#include <alys/actors/result.hpp>

#include <chrono>
#include <string>
#include <string_view>

namespace alys {

// Why a text is no duration.
enum class duration_error : std::uint8_t {
  none,
  empty,
  no_unit,      // "30"
  unknown_unit, // "30sec", "1.5s", "1s 2ms"
  malformed,    // "s", a unit twice, a larger one after a smaller
  too_large,    // beyond 2^63 - 1 nanoseconds (292 years)
};
ALYS_ERRORS(duration_error, empty, no_unit, unknown_unit, malformed, too_large)

// Whole numbers, each with a unit out of h, m, s, ms, us, ns, from large to small, with an optional sign before all of it.
// Refuses with a duration_error whose text says what is expected.
[[nodiscard]] result<std::chrono::nanoseconds> parse_duration(std::string_view text);

// The shortest text that parse_duration reads as the same duration; "0s" for none.
[[nodiscard]] std::string to_text(std::chrono::nanoseconds);

} // namespace alys
