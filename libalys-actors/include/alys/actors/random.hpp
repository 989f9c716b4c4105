// SPDX-License-Identifier: Apache-2.0
//
// A small seedable random generator whose sequence is the same on every platform: for jitter and for seeded runs, never for secrets.
//
// The standard's distributions may differ from one library to the next, and a seed that does not replay is worth nothing. So both the
// generator and the two distributions we need are fixed here. SplitMix64: Steele, Lea and Flood, "Fast splittable pseudorandom number
// generators", OOPSLA 2014.
//
// ```cpp
// inline std::uint64_t die() {
//   alys::splitmix64 random{42};
//   return 1 + random.below(6);
// }
// ```
#pragma once

#include <cstdint>
#include <limits>

namespace alys {

// A uniform random bit generator in the standard's sense, eight bytes of state. Not thread-safe.
class splitmix64 {
public:
  using result_type = std::uint64_t;

  explicit constexpr splitmix64(std::uint64_t seed) noexcept : state_(seed) {}

  [[nodiscard]] static constexpr result_type min() noexcept { return 0; }
  [[nodiscard]] static constexpr result_type max() noexcept { return std::numeric_limits<result_type>::max(); }

  constexpr result_type operator()() noexcept {
    state_ += 0x9e3779b97f4a7c15u;
    std::uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9u;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebu;
    return mixed ^ (mixed >> 31);
  }

  // Uniform in [0, bound), without bias; requires bound > 0.
  [[nodiscard]] constexpr std::uint64_t below(std::uint64_t bound) noexcept {
    const std::uint64_t unfair = (0 - bound) % bound; // 2^64 mod bound values are too many
    std::uint64_t drawn = (*this)();
    while (drawn < unfair) drawn = (*this)();
    return drawn % bound;
  }

  // Uniform in [0, 1), with 53 bits.
  [[nodiscard]] constexpr double fraction() noexcept { return static_cast<double>((*this)() >> 11) * 0x1.0p-53; }

private:
  std::uint64_t state_;
};

} // namespace alys
