// SPDX-License-Identifier: Apache-2.0
//
// One HTTP/1.1 request (RFC 9112) and its answer, over a connection of its own and by a deadline over all. For what goes out now and then
// from a thread that may wait: a command line tool, an alert, a batch of spans. Needs the component actors_http. No TLS: beyond this
// machine, put a proxy in between that has it.
//
// ```cpp
// inline alys::result<alys::http_reply> notify(std::string json) {
//   const auto url = alys::parse_http_url("http://127.0.0.1:9093/hook");
//   if (!url) return url.error();
//   return alys::http_post(*url, std::move(json), {.content_type = "application/json", .deadline = 2s});
// }
// ```
#pragma once

#include <alys/actors/result.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace alys {

struct http_url {
  std::string host = "127.0.0.1"; // a name, or an address without brackets
  std::uint16_t port = 80;
  std::string target = "/";
};

// "http://HOST[:PORT][/TARGET]", with an IPv6 address in brackets. Refuses anything else with errc::out_of_range.
[[nodiscard]] result<http_url> parse_http_url(std::string_view text);
[[nodiscard]] std::string to_string(const http_url&);

struct http_post_options {
  std::string content_type = "application/json";
  std::chrono::milliseconds deadline{5'000};                    // over all: name, connection, request, answer
  std::size_t most_reply_bytes = std::size_t{64} << 20U;        // of the answer's body; more is fault::invalid_reply
  std::vector<std::pair<std::string, std::string>> fields = {}; // of the header, besides those that every request has
  std::stop_token stop = {};                                    // asked to stop, it fails with fault::operation_timeout soon
};

struct http_reply {
  unsigned status = 0;
  std::string body;
  std::vector<std::pair<std::string, std::string>> fields = {}; // of the header, as they came
  // The first field of that name, whatever its case; empty if there is none.
  [[nodiscard]] std::string field(std::string_view name) const;
  // 2xx.
  [[nodiscard]] bool ok() const noexcept { return status >= 200 && status < 300; }
};

// Posts `body`, as part of the trace that the calling thread is in (outgoing_trace); whatever status comes back is an answer. Fails with fault::connection_refused, fault::connection_timeout (a name that is
// not known), fault::operation_timeout, fault::invalid_reply for what is no HTTP, fault::connection_lost. Blocks, at most for the deadline. Thread-safe.
[[nodiscard]] result<http_reply> http_post(const http_url& to, std::string body, const http_post_options& options = {});

} // namespace alys
