// SPDX-License-Identifier: Apache-2.0
//
// The Engine API's JSON (execution-apis, engine/shanghai.md, cancun.md, prague.md, and eth/): the methods and params of the calls that a node makes, and readers for what a
// client answers. The readers are total: whatever a client sends is a value within bounds, or an error that names the field.
//
// ```cpp
// inline alys::result<alys::domain::payload_verdict> verdict_in(const std::string& body) {
//   const auto answer = alys::domain::read_rpc_answer(body);
//   if (!answer) return answer.error(); // e.g. engine_error::invalid_attributes for -38003
//   return alys::domain::read_payload_status(*answer);
// }
// ```
#pragma once

#include <alys/actors/result.hpp>
#include <alys/domain/api/json.hpp>
#include <alys/domain/engine/execution_engine.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace alys::domain {

// The codes of JSON-RPC and of the Engine API that a node tells apart.
namespace engine_code {
inline constexpr std::int64_t unknown_payload = -38001;
inline constexpr std::int64_t invalid_forkchoice = -38002;
inline constexpr std::int64_t invalid_attributes = -38003;
inline constexpr std::int64_t too_large = -38004;
inline constexpr std::int64_t unsupported_fork = -38005;
inline constexpr std::int64_t reorg_too_deep = -38006;
inline constexpr std::int64_t method_not_found = -32601;
} // namespace engine_code

// ---- what is sent ----

// The methods that blocks of a fork need.
struct engine_methods {
  std::string_view new_payload;
  std::string_view forkchoice_updated;
  std::string_view get_payload;
};
[[nodiscard]] const engine_methods& methods_of(execution_fork) noexcept;

// A call with one id: clients answer one at a time over a connection. `params` is a JSON array.
[[nodiscard]] std::string rpc_call(std::string_view method, std::string_view params);

// Params, each a JSON array, for the methods of the payload's fork, and of that which a payload of these attributes has.
[[nodiscard]] std::string new_payload_params(const execution_payload&);
[[nodiscard]] std::string forkchoice_params(const forkchoice_state&, const std::optional<payload_attributes>&, execution_fork);
[[nodiscard]] std::string payload_bodies_params(block_height first, std::size_t most);
[[nodiscard]] std::string estimate_gas_params(const call_request&);
// Of eth_call, without the block.
[[nodiscard]] std::string call_object(const call_request&);

// ---- what comes back ----

// The result in an answer. Refuses what the client refused: an engine_error for the codes above, engine_error::reverted with the data of what was reverted, and engine_error::client_refused with its code
// and words for others. Refuses what is no answer with engine_error::invalid_answer.
[[nodiscard]] alys::result<json_value> read_rpc_answer(std::string_view body);

// All refuse with engine_error::invalid_answer.
[[nodiscard]] alys::result<payload_verdict> read_payload_status(const json_value&);
[[nodiscard]] alys::result<forkchoice_verdict> read_forkchoice_answer(const json_value&);
// What a fork's engine_getPayload answers. Refuses with engine_error::unsupported_fork what no block of Alys has: blobs, and requests.
[[nodiscard]] alys::result<execution_payload> read_built_payload(const json_value&, execution_fork);
// What engine_getPayloadBodiesByRange answers, up to the first block that the client does not have.
[[nodiscard]] alys::result<std::vector<payload_body>> read_payload_bodies(const json_value&);
// What engine_exchangeCapabilities answers.
[[nodiscard]] alys::result<std::vector<std::string>> read_capabilities(const json_value&);

// A block of eth_getBlockBy…, without its transactions; its fork follows from its fields. Refuses with engine_error::unsupported_fork what no
// block of Alys has: blobs, requests, a beacon root of its own, fields of later forks.
[[nodiscard]] alys::result<execution_payload> read_client_block(const json_value&);

// What eth_getBlockReceipts says that the transactions do not: one for each, in order.
struct execution_outcome {
  bool succeeded = false;
  gas cumulative_gas_used{};
  std::vector<log_entry> logs{};
};
[[nodiscard]] alys::result<std::vector<execution_outcome>> read_outcomes(const json_value&);

// What eth_getStorageAt answers: up to 32 bytes, of which some clients leave out the zeros in front.
[[nodiscard]] alys::result<hash256> read_word(const json_value&);

// The transaction error that a client means with these words; none where they say something else.
[[nodiscard]] transaction_error transaction_error_in(std::string_view words) noexcept;

} // namespace alys::domain
