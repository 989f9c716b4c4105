// SPDX-License-Identifier: Apache-2.0
//
// The methods of the node's JSON-RPC: one table that decodes calls and from which docs/reference/rpc.md is written.
//
// ```cpp
// inline bool is_balance(const alys::domain::rpc_call& call) {
//   const auto query = alys::domain::decode_call(call);
//   return query.has_value() && std::holds_alternative<alys::domain::account_query>(*query);
// }
// inline alys::domain::rpc_error reason(const alys::domain::rpc_call& call) {
//   return alys::domain::to_rpc_error(alys::domain::decode_call(call).error());
// }
// ```
#pragma once

#include <alys/actors/result.hpp>
#include <alys/domain/api/json_rpc.hpp>
#include <alys/domain/api/rpc_query.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace alys::domain {

// Who may call what.
enum class rpc_access : std::uint8_t {
  everybody,
  development, // only on a node that was started for fault injection
};

struct rpc_method {
  std::string_view name;
  std::string_view params; // for people: names and forms, as docs/reference/rpc.md explains them
  std::string_view result;
  std::string_view notes; // may be empty
  alys::result<rpc_query> (*decode)(const json_value& params);
  rpc_access access = rpc_access::everybody;
};

// All methods, in the order of the reference.
[[nodiscard]] std::span<const rpc_method> rpc_methods() noexcept;

// Why a call has no query or no answer, besides argument_error.
enum class rpc_refusal : std::uint8_t {
  none,
  no_such_method,
  development_only, // only on a node that was started for fault injection
  too_many_logs,    // more than most_log_bytes
};
ALYS_ERRORS(rpc_refusal, no_such_method, development_only, too_many_logs)

// The query of a call. Refuses with an rpc_refusal or an argument_error. Total.
[[nodiscard]] alys::result<rpc_query> decode_call(const rpc_call&, rpc_access access = rpc_access::everybody);

// The error to answer with, of decode_call or of whoever was asked: what a caller did wrong is told in full, what failed inside only that
// it did.
[[nodiscard]] rpc_error to_rpc_error(const alys::error&);

} // namespace alys::domain
