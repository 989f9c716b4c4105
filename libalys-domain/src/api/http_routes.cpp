// SPDX-License-Identifier: Apache-2.0
//
// Host, path, method, content type: checked in this order.
#include <alys/domain/api/http_routes.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

namespace alys::domain {

namespace {

struct served_path {
  std::string_view path;
  http_route route;
  bool post;
};

constexpr std::array paths{served_path{"/", http_route::json_rpc, true}, served_path{"/healthz", http_route::liveness, false},
                           served_path{"/readyz", http_route::readiness, false}, served_path{"/metrics", http_route::metrics, false}};

std::string lower(std::string_view text) {
  std::string out{text};
  std::ranges::transform(out, out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return out;
}

// The name in a Host field, without the port; an IPv6 address keeps its brackets.
std::string_view name_of(std::string_view host) {
  if (host.starts_with('[')) return host.substr(0, host.find(']') + 1);
  return host.substr(0, host.find(':'));
}

bool is_allowed(const std::string& host, std::span<const std::string> names) {
  const auto name = lower(name_of(host));
  // No name consists of digits and dots only, so this is an address; and one in brackets is.
  const bool numeric = name.starts_with('[') || std::ranges::all_of(name, [](char c) { return c == '.' || (c >= '0' && c <= '9'); });
  if (numeric || name == "localhost") return true; // also no Host at all, as HTTP/1.0 allows
  return std::ranges::any_of(names, [&name](const std::string& allowed) { return allowed == "*" || lower(allowed) == name; });
}

bool is_json(const std::string& content_type) {
  auto type = lower(content_type.substr(0, content_type.find(';')));
  type.erase(type.find_last_not_of(" \t") + 1);
  return type == "application/json" || type == "application/json-rpc" || type == "application/jsonrequest";
}

http_response refused(unsigned status, std::string text) { return {.status = status, .body = std::move(text) + "\n"}; }

http_response wrong_method(bool post) {
  auto response = refused(405, post ? "JSON-RPC: use POST" : "use GET");
  response.fields.emplace_back("Allow", post ? "POST" : "GET, HEAD");
  return response;
}

} // namespace

http_routing route(const http_request& request, std::span<const std::string> host_names) {
  if (!is_allowed(request.host, host_names)) return refused(403, "invalid host specified: '" + request.host + "' is no name of this node");
  const auto path = std::string_view{request.target}.substr(0, request.target.find('?'));
  const auto found = std::ranges::find(paths, path, &served_path::path);
  if (found == paths.end()) return refused(404, "nothing here; there are /, /healthz, /readyz and /metrics");
  const bool method_fits = found->post ? request.method == "POST" : request.method == "GET" || request.method == "HEAD";
  if (!method_fits) return wrong_method(found->post);
  if (found->post && !is_json(request.content_type)) return refused(415, "invalid content type, only application/json is supported");
  return found->route;
}

} // namespace alys::domain
