// SPDX-License-Identifier: Apache-2.0
//
// How much of a full run is done. Sanitizers make everything several times slower, and need fewer rounds to see what they look for.
#pragma once

#include <catch2/catch.hpp>

#include <cstdint>

namespace alys::sim {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool under_sanitizer = true;
#elif defined(__has_feature)
inline constexpr bool under_sanitizer = __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
#else
inline constexpr bool under_sanitizer = false;
#endif

// All rounds, or the tenth part under a sanitizer; says so.
[[nodiscard]] inline std::uint64_t share_of(std::uint64_t rounds) {
  if (!under_sanitizer) return rounds;
  WARN("under a sanitizer: " << rounds / 10 << " of " << rounds << " rounds");
  return rounds / 10;
}

} // namespace alys::sim
