// SPDX-License-Identifier: Apache-2.0
//
// The first execution block as execution clients are told of it: the genesis file that geth defined and others read. All forks up to Shanghai
// are active from the start, later ones from the times of the chain spec on, and nothing was ever mined. A client that starts from it has the block that the embedded ledger makes of the
// same values, hash and all.
//
// ```cpp
// inline std::string file_for(const alys::domain::execution_genesis& genesis) {
//   return alys::domain::client_genesis_json(121'212, genesis);
// }
// ```
#pragma once

#include <alys/domain/engine/ledger.hpp>

#include <cstdint>
#include <string>

namespace alys::domain {

// `genesis`: one that make_execution_genesis takes. The text is the same for the same values, and ends with a newline.
[[nodiscard]] std::string client_genesis_json(std::uint64_t chain_id, const execution_genesis& genesis);

} // namespace alys::domain
