// SPDX-License-Identifier: Apache-2.0
//
// Alys blocks and the node's status in JSON-RPC.
#pragma once

#include <alys/domain/api/rpc_query.hpp>

#include <nlohmann/json.hpp>

namespace alys::domain {

[[nodiscard]] nlohmann::ordered_json alys_block(const stored_block&);
[[nodiscard]] nlohmann::ordered_json status_object(const node_status&);

} // namespace alys::domain
