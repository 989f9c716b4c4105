// SPDX-License-Identifier: Apache-2.0
//
// The trace that a message belongs to, and its form on the wire: W3C Trace Context, the headers `traceparent` and `tracestate`.
//
// Source: https://www.w3.org/TR/trace-context-1/ (Recommendation, 23 November 2021), sections 3.2 and 3.3.
//
// ```cpp
// inline bool example() {
//   const auto parent = alys::parse_traceparent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
//   return parent && parent->sampled();
// }
// ```
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace alys {

// A span within a trace. All zero means: no trace. Trivially copyable.
struct trace_context {
  std::array<std::uint8_t, 16> trace_id = {};
  std::array<std::uint8_t, 8> span_id = {};
  std::uint8_t flags = 0;       // bit 0: sampled
  bool left_out = false;        // no trace, and none may begin below: the sampler has decided against it
  std::uint32_t tracestate = 0; // under which number this process keeps the tracestate that came with it; 0: none

  // Neither id is all zero.
  [[nodiscard]] constexpr bool valid() const noexcept { return trace_id != decltype(trace_id){} && span_id != decltype(span_id){}; }
  [[nodiscard]] constexpr bool sampled() const noexcept { return (flags & 1u) != 0; }
  friend constexpr bool operator==(const trace_context&, const trace_context&) = default;
};

// Reads a traceparent: lower-case hexadecimal, exactly four fields in version 00, at least four in the versions to come, of which the
// unknown rest is ignored; never version ff or an id of zeros. Nothing if it is not one: the sender then starts a new trace. White space
// around the value is for the HTTP layer to remove. Flags other than `sampled` are cleared, as version 00 demands.
[[nodiscard]] std::optional<trace_context> parse_traceparent(std::string_view header) noexcept;

// As version 00. Requires a valid context.
[[nodiscard]] std::string to_traceparent(const trace_context&);

// Bounds of a tracestate: entries by the recommendation (3.3.1.1), bytes as every participant should be able to pass on (3.3.1.5).
inline constexpr std::size_t max_tracestate_entries = 32;
inline constexpr std::size_t max_tracestate_bytes = 512;

// Reads a tracestate, several header fields joined by commas: gives it without empty entries and white space around entries, in order and
// within max_tracestate_bytes, for which whole entries are left out, those of more than 128 bytes first, then the last. Empty for what is
// none: a key or value with other characters than allowed, a key twice, more than max_tracestate_entries.
[[nodiscard]] std::string parse_tracestate(std::string_view header);

} // namespace alys
