// SPDX-License-Identifier: Apache-2.0
//
// What a collector of spans answers: its body, its Retry-After, and text that goes to it. Whatever it says, no number is out of bounds.
#include "require.hpp"

#include <otlp/otlp_encoding.hpp>
#include <otlp/retry_after.hpp>

#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text{reinterpret_cast<const char*>(data), size};
  constexpr std::uint64_t sent = 512;
  fuzz::require(alys::detail::rejected_spans(text, sent) <= sent, "no more are rejected than were sent");
  const auto now = std::chrono::system_clock::from_time_t(1'700'000'000);
  if (const auto wait = alys::detail::parse_retry_after(text, now)) fuzz::require(wait->count() >= 0, "nobody waits into the past");
  const std::string clean = alys::detail::as_utf8(text);
  fuzz::require(alys::detail::as_utf8(clean) == clean, "what is UTF-8 stays as it is");
  return 0;
}
