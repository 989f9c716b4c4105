// SPDX-License-Identifier: Apache-2.0
//
// Which requests the node serves over HTTP, and how it refuses the rest. Two refusals protect a node on a loopback address from web pages
// that its operator visits: a page can point a name of its own at 127.0.0.1 (DNS rebinding), so unknown host names are refused; and a page
// can post without being asked for leave only in content types that no JSON-RPC client uses (Fetch standard, CORS-safelisted request
// headers), so a call must say that it is JSON.
//
// ```cpp
// inline bool is_call(const alys::domain::http_request& request) {
//   return alys::domain::route(request, {}) == alys::domain::http_routing{alys::domain::http_route::json_rpc};
// }
// ```
#pragma once

#include <alys/domain/api/http.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <variant>

namespace alys::domain {

enum class http_route : std::uint8_t {
  json_rpc,  // POST /
  liveness,  // GET /healthz
  readiness, // GET /readyz
  metrics,   // GET /metrics
};

// Where a request goes, or the answer to one that goes nowhere.
using http_routing = std::variant<http_route, http_response>;

// `host_names`: the names, besides localhost and numeric addresses, under which clients may reach this node; "*" allows all.
[[nodiscard]] http_routing route(const http_request& request, std::span<const std::string> host_names);

} // namespace alys::domain
