// SPDX-License-Identifier: Apache-2.0
//
// HTTP requests and responses as plain values: what the server (http_server.hpp) and the routes (http_routes.hpp) exchange. Of a request
// they hold what routing needs, and no more.
//
// ```cpp
// inline void answer_all(alys::domain::http_request request, alys::domain::http_respond respond) {
//   if (request.method != "GET") return respond({.status = 405, .body = "only GET\n"});
//   respond({.body = "you asked for " + request.target + "\n"});
// }
// ```
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace alys::domain {

// A request whose header and body have been read completely and lie within the server's limits.
struct http_request {
  std::string method;       // "GET", "POST", …
  std::string target;       // path and query as sent: "/metrics?x=1"
  std::string host;         // the Host field; empty if there was none
  std::string content_type; // the Content-Type field; empty if there was none
  std::string body;
  std::string traceparent = {}; // W3C Trace Context; empty if there was none, or more than one
  std::string tracestate = {};  // all of them, joined by commas
};

// The answer to a request. The server adds Date, Content-Length and Connection.
struct http_response {
  unsigned status = 200; // 200 to 599
  std::string content_type = "text/plain; charset=utf-8";
  std::string body = {};                                        // not sent in answer to HEAD, nor with 204 and 304
  std::vector<std::pair<std::string, std::string>> fields = {}; // further header fields: name, value

  friend bool operator==(const http_response&, const http_response&) = default;
};

// Answers one request: the first call counts, later ones do nothing. Any thread may call it, also after the server has gone.
// Destroyed without a call, it answers 500.
using http_respond = std::function<void(http_response)>;

// Handles one request. Runs on the server's own thread, so it must not block: it hands the work on, and whoever finishes it responds.
// An exception that it throws is answered with 500.
using http_handler = std::function<void(http_request, http_respond)>;

} // namespace alys::domain
