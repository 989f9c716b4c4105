// SPDX-License-Identifier: Apache-2.0
//
// An HTTP/1.1 server (RFC 9112) for JSON-RPC and for what operators poll. It is written for the outside: every size is bounded before
// memory is taken, every wait has a deadline, and a client that is slow, silent or wrong costs one connection and nothing else. One thread
// serves all connections; the handler hands requests on and must not block it.
//
// ```cpp
// inline alys::result<alys::domain::http_server> serve() {
//   return alys::domain::http_server::start({.port = 8080, .idle_timeout = 30s}, [](alys::domain::http_request request,
//   alys::domain::http_respond respond) {
//     respond({.body = "hello from " + request.target + "\n"});
//   });
// }
// ```
#pragma once

#include <alys/actors/result.hpp>
#include <alys/domain/api/http.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace alys::domain {

// Why a server did not start.
enum class http_error : std::uint8_t {
  none,
  bad_config,     // a value of http_server_config lies outside what it says
  address_in_use, // another process, or this one, listens there
  cannot_listen,  // the system refused otherwise: no such local address, no permission
};

constexpr alys::classification alys_classify(http_error e) noexcept {
  return {e == http_error::bad_config ? alys::category::configuration : alys::category::resource};
}
ALYS_ERRORS(http_error, bad_config, address_in_use, cannot_listen)

// Where to listen and what a client may cost. All sizes at least 1, all times at least 1 ms.
struct http_server_config {
  std::string address = "127.0.0.1"; // IPv4 or IPv6, numeric
  std::uint16_t port = 3000;         // 0: any free one, see http_server::port
  std::size_t max_connections = 256; // further ones are answered 503 and closed
  std::size_t max_header_bytes = 8'192;
  std::size_t max_body_bytes = 1'048'576;
  std::chrono::milliseconds idle_timeout{60'000};    // between the requests of a connection; then it is closed
  std::chrono::milliseconds header_timeout{10'000};  // from the first byte of a request to the end of its header; then 408
  std::chrono::milliseconds body_timeout{20'000};    // from there to the end of its body; then 408
  std::chrono::milliseconds handler_timeout{30'000}; // from there to the answer; then 503
  std::chrono::milliseconds write_timeout{20'000};   // for the client to take the answer; then the connection is closed
};

// What the server has done since it started, for metrics.
struct http_server_counters {
  std::uint64_t open = 0;             // connections now
  std::uint64_t accepted = 0;         // connections, including the refused
  std::uint64_t refused = 0;          // connections over the limit
  std::uint64_t requests = 0;         // handed to the handler
  std::uint64_t malformed = 0;        // requests answered 4xx or 505 by the server itself
  std::uint64_t cut_off = 0;          // connections closed because the client was too slow
  std::uint64_t handler_timeouts = 0; // requests that the handler did not answer in time
};

// A running server. Destroying it stops it without grace. Not thread-safe, except for counters().
class http_server {
public:
  // Listens and serves from now on, on a thread of its own. Refuses with an http_error that names address and port.
  [[nodiscard]] static alys::result<http_server> start(http_server_config config, http_handler handler);

  http_server(http_server&&) noexcept;
  http_server& operator=(http_server&&) noexcept;
  ~http_server();

  // The address and port in use; the port is the real one if the configured one was 0.
  [[nodiscard]] const std::string& address() const noexcept;
  [[nodiscard]] std::uint16_t port() const noexcept;

  [[nodiscard]] http_server_counters counters() const noexcept;

  // Stops: listens no longer, closes idle connections and unfinished requests at once, gives requests that the handler has got until
  // `grace` to be answered, then closes what is left. Returns when the thread has ended: at the latest after `grace`, if the handler does
  // not block. Called from the handler it only begins to stop. A second call does nothing.
  void stop(std::chrono::milliseconds grace = std::chrono::milliseconds{0}) noexcept;

private:
  struct runtime;
  explicit http_server(std::shared_ptr<runtime>) noexcept;
  std::shared_ptr<runtime> runtime_; // shared with the thread, which may outlive a server that its own handler destroys
};

} // namespace alys::domain
