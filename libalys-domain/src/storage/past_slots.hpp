// SPDX-License-Identifier: Apache-2.0
//
// What an authority must assume that has forgotten what it signed: that it was in the last slot that has begun.
#pragma once

#include <alys/domain/chain/block.hpp>
#include <alys/domain/chain/vote.hpp>

#include <optional>

namespace alys::domain {

// A lock on all slots that have begun by `now`, as far as a block of the chain tells how long slots are; the one that is known, if it is on later ones,
// or if the block has no time (a test's).
[[nodiscard]] std::optional<vote_lock> lock_until(const std::optional<vote_lock>& known, const block_header& any, unix_milliseconds now);

} // namespace alys::domain
