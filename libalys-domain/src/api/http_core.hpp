// SPDX-License-Identifier: Apache-2.0
//
// What the connections of one HTTP server share: its loop, limits, counters, and the list that owns them. Everything but `io` and
// `counters` belongs to the loop's thread.
#pragma once

#include <utility> // Boost 1.74 uses std::exchange without including it

#include <alys/domain/api/http_server.hpp>

#include <boost/asio/io_context.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <unordered_map>

namespace alys::domain::detail {

class http_session;

struct http_atomic_counters {
  std::atomic<std::uint64_t> open{0}, accepted{0}, refused{0}, requests{0}, malformed{0}, cut_off{0}, handler_timeouts{0};
};

struct http_core {
  http_core(http_server_config c, http_handler h) : config(std::move(c)), handler(std::move(h)) {}

  http_server_config config;
  http_handler handler;
  http_atomic_counters counters;
  bool stopping = false;
  std::unordered_map<std::uint64_t, std::shared_ptr<http_session>> sessions; // by number; respond functions know only the number
  boost::asio::io_context io{1};                                             // last: its pending operations refer to the rest
};

} // namespace alys::domain::detail
