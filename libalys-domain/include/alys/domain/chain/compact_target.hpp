// SPDX-License-Identifier: Apache-2.0
//
// The target of a proof of work in the four bytes that Bitcoin's headers call "bits" (developer reference, "Target nBits"): a byte for the
// length of the number, three for its first digits. The hash of a header must not be above the target, so a larger one is easier.
//
// ```cpp
// inline bool easier_than_the_first() { // than that of Bitcoin's first block
//   using alys::domain::compact_target, alys::domain::target_of;
//   return target_of(compact_target{0x1e25cdf2}) > target_of(compact_target{0x1d00ffff});
// }
// ```
#pragma once

#include <alys/domain/primitives/wei.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace alys::domain {

using uint256 = boost::multiprecision::checked_uint256_t;

struct compact_target {
  std::uint32_t bits = 0;

  friend bool operator==(const compact_target&, const compact_target&) = default;
};

// The target. Nothing for what names none, or names it in another than the shortest way: negative, zero, 2^256 and above, leading zeros.
[[nodiscard]] std::optional<uint256> target_of(compact_target);

// "0x1d00ffff", and back; nothing for any other text than 0x and eight digits of either case.
[[nodiscard]] std::string to_text(compact_target);
[[nodiscard]] std::optional<compact_target> compact_target_of(std::string_view text);

} // namespace alys::domain
