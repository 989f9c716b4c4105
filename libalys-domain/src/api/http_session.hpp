// SPDX-License-Identifier: Apache-2.0
//
// One connection of the HTTP server: reads a request, hands it over, writes the answer, again and again. Requests that arrive early
// (pipelining) wait in the buffer, so that answers keep the order of requests. One timer bounds whatever the connection waits for.
#pragma once

#include "http_core.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <chrono>
#include <optional>

namespace alys::domain::detail {

class http_session final : public std::enable_shared_from_this<http_session> {
public:
  // Takes over an accepted connection. `core` must outlive the session; `weak_core` is the same, for answers that come late.
  http_session(boost::asio::ip::tcp::socket socket, std::uint64_t number, http_core& core, std::weak_ptr<http_core> weak_core);

  // Begins to serve.
  void start();
  // Answers 503 to whatever is sent, and closes.
  void refuse();
  // The server stops: closes, unless the handler owes an answer or it is being written.
  void wind_down();
  // Closes at once; nothing more happens here.
  void close();
  // The handler's answer to request `request`; ignored if that is answered already.
  void on_answer(std::uint64_t request, http_response response);

private:
  enum class phase : std::uint8_t { idle, reading, handling, writing, lingering, closed };

  void read_request();
  void read_header();
  void on_header(boost::beast::error_code ec);
  void read_body();
  void on_read_failed(boost::beast::error_code ec);
  void hand_over();
  void write_response(http_response response, bool keep_alive);
  void fail(unsigned status, std::string_view reason);
  void linger();
  void discard();
  void arm(phase next, std::chrono::milliseconds limit);
  void on_deadline();

  boost::asio::ip::tcp::socket socket_;
  boost::asio::steady_timer timer_;
  http_core& core_;
  std::weak_ptr<http_core> weak_core_;
  std::uint64_t number_;
  std::uint64_t deadline_ = 0; // counts settings of the timer: one that was set anew may still fire for the old setting
  std::uint64_t request_ = 0;  // counts requests: a late answer must not answer the next one
  phase phase_ = phase::idle;
  bool cut_off_ = false; // reading was cancelled because it took too long
  bool head_ = false;
  bool keep_alive_ = false;
  unsigned version_ = 11;
  boost::beast::flat_buffer buffer_;
  std::optional<boost::beast::http::request_parser<boost::beast::http::string_body>> parser_;
  std::optional<boost::beast::http::response<boost::beast::http::string_body>> response_;
};

} // namespace alys::domain::detail
