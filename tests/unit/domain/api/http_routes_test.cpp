// SPDX-License-Identifier: Apache-2.0
//
// What is served under which path, and what web pages cannot reach.
#include <alys/domain/api/http_routes.hpp>

#include <catch2/catch.hpp>

using namespace alys::domain;

namespace {

http_request request(std::string method, std::string target) {
  return {
      .method = std::move(method), .target = std::move(target), .host = "127.0.0.1:3000", .content_type = "application/json", .body = {}};
}

http_request from_host(std::string host) {
  auto one = request("GET", "/healthz");
  one.host = std::move(host);
  return one;
}

http_request typed(std::string content_type) {
  auto one = request("POST", "/");
  one.content_type = std::move(content_type);
  return one;
}

// The route, or the status of the refusal.
std::variant<http_route, unsigned> outcome(const http_request& one, const std::vector<std::string>& names = {}) {
  const auto routed = route(one, names);
  if (const auto* refusal = std::get_if<http_response>(&routed)) return refusal->status;
  return std::get<http_route>(routed);
}

using expected = std::variant<http_route, unsigned>;

} // namespace

TEST_CASE("each path has its route") {
  CHECK(outcome(request("POST", "/")) == expected{http_route::json_rpc});
  CHECK(outcome(request("POST", "/?key=1")) == expected{http_route::json_rpc});
  CHECK(outcome(request("GET", "/healthz")) == expected{http_route::liveness});
  CHECK(outcome(request("HEAD", "/readyz")) == expected{http_route::readiness});
  CHECK(outcome(request("GET", "/metrics?a")) == expected{http_route::metrics});
}

TEST_CASE("other paths and methods are refused with what there is") {
  CHECK(outcome(request("GET", "/nothing")) == expected{404U});
  CHECK(outcome(request("POST", "/healthz/")) == expected{404U});
  CHECK(outcome(request("POST", "")) == expected{404U});
  const auto get = std::get<http_response>(route(request("GET", "/"), {}));
  CHECK(get.status == 405);
  CHECK(get.fields == std::vector<std::pair<std::string, std::string>>{{"Allow", "POST"}});
  CHECK(std::get<http_response>(route(request("POST", "/metrics"), {})).fields.at(0).second == "GET, HEAD");
  CHECK(outcome(request("OPTIONS", "/")) == expected{405U});
}

TEST_CASE("a call says that it is JSON") {
  for (const char* type : {"application/json", "Application/JSON", "application/json; charset=utf-8", "application/json ;x",
                           "application/json-rpc", "application/jsonrequest"})
    CHECK(outcome(typed(type)) == expected{http_route::json_rpc});
  for (const char* type :
       {"", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "text/plain; application/json", "application/jsonx"})
    CHECK(outcome(typed(type)) == expected{415U});
}

TEST_CASE("only names of the node are hosts") {
  for (const char* host : {"", "localhost", "LOCALHOST:3000", "127.0.0.1", "10.1.2.3:80", "[::1]", "[::1]:3000"})
    CHECK(outcome(from_host(host)) == expected{http_route::liveness});
  for (const char* host : {"example.org", "example.org:3000", "localhost.example.org", "127.0.0.1.example.org", "node"})
    CHECK(outcome(from_host(host)) == expected{403U});
  CHECK(outcome(from_host("Node:3000"), {"other", "node"}) == expected{http_route::liveness});
  CHECK(outcome(from_host("nodes"), {"node"}) == expected{403U});
  CHECK(outcome(from_host("example.org"), {"*"}) == expected{http_route::liveness});
}
