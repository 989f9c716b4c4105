// SPDX-License-Identifier: Apache-2.0
//
// Values of the execution layer as geth shows them in JSON-RPC.
#pragma once

#include <alys/domain/api/rpc_query.hpp>

#include <nlohmann/json.hpp>

#include <span>

namespace alys::domain::eth {

using json = nlohmann::ordered_json;

// A block with its transactions, as whole objects or as hashes.
[[nodiscard]] json block(const stored_block&, bool full);
// The transaction at a place in a block, or null.
[[nodiscard]] json transaction_at(const stored_block&, std::uint64_t index);
[[nodiscard]] json receipts(const stored_block&);

[[nodiscard]] json pending_transaction(const recovered_transaction&);
[[nodiscard]] json transaction(const included_transaction&);
[[nodiscard]] json receipt(const included_transaction&);
[[nodiscard]] json log(const found_log&);

[[nodiscard]] json withdrawals(std::span<const withdrawal>);
[[nodiscard]] json fee_history(const fee_history_query&, std::span<const stored_block_ptr>);

} // namespace alys::domain::eth
