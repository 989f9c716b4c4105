// SPDX-License-Identifier: Apache-2.0
//
// Alys blocks, the node's status and its backups in JSON-RPC.
#pragma once

#include <alys/domain/api/rpc_query.hpp>
#include <alys/domain/storage/backup.hpp>

#include <nlohmann/json.hpp>

namespace alys::domain {

[[nodiscard]] nlohmann::ordered_json alys_block(const stored_block&);
[[nodiscard]] nlohmann::ordered_json status_object(const node_status&);
[[nodiscard]] nlohmann::ordered_json backup_object(const made_backup&);

} // namespace alys::domain
