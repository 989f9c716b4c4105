// SPDX-License-Identifier: Apache-2.0
//
// Adapter: one HTTP request to a node, and its answer. For command line tools; it waits.
//
// ```cpp
// inline alys::result<std::string> ask(std::string json) {
//   return alys::domain::http_post({.address = "127.0.0.1", .port = 3000}, "/", "application/json", std::move(json), 5s);
// }
// ```
#pragma once

#include <alys/actors/result.hpp>

#include <chrono>
#include <cstdint>
#include <string>

namespace alys::domain {

struct http_endpoint {
  std::string address = "127.0.0.1"; // numeric
  std::uint16_t port = 3000;
};

// The endpoint of "http://127.0.0.1:3000", with or without a path; refuses anything else with errc::out_of_range.
[[nodiscard]] result<http_endpoint> parse_endpoint(const std::string& url);

// Posts `body` and gives the body of the answer, at most 64 MiB. Fails with fault::connection_refused, fault::operation_timeout after
// `deadline` over all, fault::invalid_reply for what is no HTTP or another status than 200. Blocks.
[[nodiscard]] result<std::string> http_post(const http_endpoint& to, const std::string& target, const std::string& content_type,
                                            std::string body, std::chrono::milliseconds deadline);

} // namespace alys::domain
