// SPDX-License-Identifier: Apache-2.0
//
// Which blocks have their states in the store still.
#pragma once

#include <alys/domain/storage/chain_store.hpp>

namespace alys::domain {

// Whether the store keeps all of this block's state: it is one of the last final blocks, or above them on any branch. Of others, pruning may have
// taken what they had in common with states that went. Fails as reads do.
[[nodiscard]] result<bool> is_state_kept(const chain_store& store, const stored_block& one);

// A refusal that says which states are kept: engine_error::state_not_kept. `payload`: of the block whose state was asked for. Fails as reads do, with
// an error of that.
[[nodiscard]] error state_not_kept(const chain_store& store, const hash256& payload);

} // namespace alys::domain
