// SPDX-License-Identifier: Apache-2.0
//
// Answers of the node as JSON text, in the form that the query asked for: blocks, transactions and receipts as geth shows them, so that
// wallets and libraries read them as they are; Alys blocks and the node's status as docs/reference/rpc.md says.
//
// ```cpp
// inline std::string height(const alys::domain::node_status& status) {
//   return alys::domain::format({alys::domain::status_query::form::block_number}, status); // "\"0x7\""
// }
// ```
#pragma once

#include <alys/domain/api/rpc_query.hpp>
#include <alys/domain/storage/backup.hpp>

#include <span>
#include <string>

namespace alys::domain {

// All give JSON text. Cost: linear in the answer; recovers no signature.

[[nodiscard]] std::string format(const status_query&, const node_status&);
[[nodiscard]] std::string format(const fee_query&, const fee_quote&);
[[nodiscard]] std::string format(const account_query&, const account_status&);
// `block` is null if there is none.
[[nodiscard]] std::string format(const block_query&, const stored_block* block);
[[nodiscard]] std::string format(const transaction_query&, const found_transaction&);
[[nodiscard]] std::string format(const code_query&, const bytes& code);
[[nodiscard]] std::string format(const storage_query&, const hash256& kept);
[[nodiscard]] std::string format(const call_query&, const bytes& returned);
[[nodiscard]] std::string format(const backup_query&, const made_backup&);
[[nodiscard]] std::string format(const submit_query&, const hash256& hash);
[[nodiscard]] std::string format(const estimate_query&, gas);
[[nodiscard]] std::string format(const log_query&, std::span<const found_log> found);
// `blocks`: from the oldest to the newest, at least one.
[[nodiscard]] std::string format(const fee_history_query&, std::span<const stored_block_ptr> blocks);

} // namespace alys::domain
