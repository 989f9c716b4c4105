// SPDX-License-Identifier: Apache-2.0
//
// What a client may send to the HTTP server, over a connection of its own that it then closes: the server answers in HTTP or with nothing,
// hands on only requests that lie within its limits, and serves the next client.
#include "require.hpp"

#include <alys/domain/api/http_routes.hpp>
#include <alys/domain/api/http_server.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace {

using namespace alys::domain;
namespace asio = boost::asio;

constexpr std::size_t max_body = 4'096;

void answer(const http_request& request, const http_respond& respond) {
  fuzz::require(!request.method.empty() && request.body.size() <= max_body, "what is handed on lies within the limits");
  auto routing = route(request, {});
  if (auto* refused = std::get_if<http_response>(&routing)) return respond(std::move(*refused));
  respond({.body = "good\n"});
}

[[nodiscard]] http_server& server() {
  static http_server running = [] {
    auto started = http_server::start({.port = 0, .max_header_bytes = 2'048, .max_body_bytes = max_body}, answer);
    fuzz::require(started.has_value(), "a server starts on a free port");
    return std::move(*started);
  }();
  return running;
}

// All that comes back until the server closes. Errors of the connection are its way to close early.
[[nodiscard]] std::string exchange(std::string_view sent) {
  asio::io_context context;
  asio::ip::tcp::socket socket{context};
  boost::system::error_code ignored;
  socket.connect({asio::ip::make_address("127.0.0.1"), server().port()});
  asio::write(socket, asio::buffer(sent), ignored);
  socket.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  std::string received;
  asio::read(socket, asio::dynamic_buffer(received), ignored);
  return received;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string received = exchange({reinterpret_cast<const char*>(data), size});
  fuzz::require(received.empty() || received.starts_with("HTTP/1."), "it answers in HTTP or not at all");
  fuzz::require(exchange("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n").starts_with("HTTP/1.1 200 "), "it serves the next client");
  return 0;
}
