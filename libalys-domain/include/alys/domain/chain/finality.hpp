// SPDX-License-Identifier: Apache-2.0
//
// Finality by quorum: of three certified blocks in a row whose slots are consecutive, the second and all its ancestors are final (Chan and
// Shi, "Streamlet: Textbook Streamlined Blockchains", 2020). While fewer than n/3 authorities are faulty, no two final blocks conflict,
// however late or out of order messages arrive. Three authorities with one silent never have three slots in a row, so nothing becomes final
// until it returns; blocks go on.
//
// ```cpp
// inline std::uint64_t final_height(const alys::domain::block_ref& a, const alys::domain::block_ref& b, const alys::domain::block_ref& c) {
//   return alys::domain::finalized_by(a, b, c).value_or(alys::domain::block_ref{}).height.value();
// }
// ```
#pragma once

#include <alys/domain/chain/block.hpp>

#include <optional>

namespace alys::domain {

// The block that becomes final when `third` is certified: `second`, if the slots are consecutive. Expects certified blocks of which each is the
// parent of the next.
[[nodiscard]] std::optional<block_ref> finalized_by(const block_ref& first, const block_ref& second, const block_ref& third);

} // namespace alys::domain
