// SPDX-License-Identifier: Apache-2.0
//
// Three slots in a row.
#include <alys/domain/chain/finality.hpp>

namespace alys::domain {

std::optional<block_ref> finalized_by(const block_ref& first, const block_ref& second, const block_ref& third) {
  const bool consecutive =
      first.slot < second.slot && second.slot < third.slot && second.slot - first.slot == 1 && third.slot - second.slot == 1;
  if (!consecutive) return std::nullopt;
  return second;
}

} // namespace alys::domain
