// SPDX-License-Identifier: Apache-2.0
//
// Calls to a JSON-RPC server over HTTP/1.1 (RFC 9112): two connections that are kept alive, one thread. What blocks wait for has a connection of
// its own, so that no slow read stands in its way. A connection that the server has closed meanwhile is made anew, and the call that met it
// is made once more.
#pragma once

#include <alys/actors/result.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace alys::domain::detail {

struct rpc_server {
  std::string host;
  std::uint16_t blocks_port = 0; // of rpc_lane::blocks
  std::uint16_t reads_port = 0;
  std::size_t most_answer_bytes = 0;
  std::function<std::string()> token; // of each request to blocks_port
};

enum class rpc_lane : std::uint8_t { blocks, reads };

class rpc_client {
public:
  using answer = std::function<void(alys::result<std::string>)>;

  explicit rpc_client(rpc_server);
  ~rpc_client();
  rpc_client(const rpc_client&) = delete;
  rpc_client& operator=(const rpc_client&) = delete;

  // Runs something on the client's thread, in order. Thread-safe.
  void run(std::function<void()> something);

  // Only on the client's thread: posts a call, and gives the body of what came back with status 200. Refuses with a fault: connection_refused,
  // connection_lost, connection_timeout (a name that is not known), operation_timeout, authentication_failed, service_unavailable,
  // invalid_reply; and with errc::stopped.
  void post(rpc_lane, std::string body, std::chrono::milliseconds deadline, answer done);

  // Answers all that waits with errc::stopped, and ends the thread; on that very thread, a moment later. Keeps `until_then` for as long.
  void stop(std::shared_ptr<void> until_then = nullptr);

private:
  struct core;
  std::shared_ptr<core> core_;
};

} // namespace alys::domain::detail
