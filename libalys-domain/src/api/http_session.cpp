// SPDX-License-Identifier: Apache-2.0
//
// The states of one HTTP connection, in the order in which a request passes them.
#include "http_session.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>

#include <ctime>
#include <exception>
#include <utility>

namespace alys::domain::detail {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

namespace {

// How long a connection that the server closes may go on sending before it is cut. Closing with unread data resets the connection, and a
// reset can destroy the answer before the client has read it (RFC 9112, 9.6).
constexpr std::chrono::milliseconds linger_time{1'000};

// Beyond the header, the buffer holds what was read ahead: part of the body or the next request.
constexpr std::size_t read_ahead = 65'536;

struct verdict {
  unsigned status;
  std::string_view reason;
};

// What to say to a client whose request cannot be read; nothing if there is nobody to say it to.
std::optional<verdict> judge(beast::error_code ec) {
  if (ec == http::error::end_of_stream || ec == http::error::partial_message) return std::nullopt;
  if (ec == http::error::header_limit || ec == http::error::buffer_overflow) return verdict{431, "the request header is too large"};
  if (ec == http::error::body_limit) return verdict{413, "the request body is too large"};
  if (ec == http::error::bad_version) return verdict{505, "only HTTP/1.0 and HTTP/1.1 are spoken here"};
  static const auto& malformed = http::make_error_code(http::error::bad_method).category();
  if (ec.category() == malformed) return verdict{400, "malformed HTTP request"};
  return std::nullopt;
}

std::string date_now() {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  ::gmtime_r(&now, &utc);
  std::string text(64, '\0');
  text.resize(std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &utc));
  return text;
}

[[nodiscard]] std::string text(beast::string_view view) { return std::string{view}; }

// Which trace the client says that this belongs to. What it says more than once is nothing; what it says of others may be in pieces.
template <class Fields>
void read_trace(const Fields& header, http_request& into) {
  if (header.count("traceparent") == 1) into.traceparent = text(header["traceparent"]);
  const auto [first, last] = header.equal_range("tracestate");
  for (auto each = first; each != last; ++each) into.tracestate += (into.tracestate.empty() ? "" : ",") + text(each->value());
}

constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";

// The obligation to answer one request. It finds its connection by number, so that it may outlive connection and server.
class answer_slip {
public:
  answer_slip(std::weak_ptr<http_core> core, std::uint64_t session, std::uint64_t request)
      : core_(std::move(core)), session_(session), request_(request) {}
  answer_slip(const answer_slip&) = delete;
  answer_slip& operator=(const answer_slip&) = delete;
  ~answer_slip() { answer({.status = 500, .body = "the request was dropped without an answer\n"}); }

  void answer(http_response response) {
    if (answered_.exchange(true)) return;
    const auto core = core_.lock();
    if (!core) return;
    // Posted even on the loop's own thread: a handler that answers at once must not recurse through pipelined requests.
    asio::post(core->io, [&sessions = core->sessions, session = session_, request = request_, response = std::move(response)]() mutable {
      if (const auto found = sessions.find(session); found != sessions.end()) {
        const auto kept_alive = found->second;
        kept_alive->on_answer(request, std::move(response));
      }
    });
  }

private:
  std::weak_ptr<http_core> core_;
  std::uint64_t session_;
  std::uint64_t request_;
  std::atomic<bool> answered_{false};
};

} // namespace

http_session::http_session(asio::ip::tcp::socket socket, std::uint64_t number, http_core& core, std::weak_ptr<http_core> weak_core)
    : socket_(std::move(socket)),
      timer_(socket_.get_executor()),
      core_(core),
      weak_core_(std::move(weak_core)),
      number_(number),
      buffer_(core.config.max_header_bytes + read_ahead) {
  beast::error_code ignored; // a connection that is gone already shows in the first read
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
}

void http_session::start() { read_request(); }

void http_session::refuse() { fail(503, "too many connections"); }

void http_session::read_request() {
  if (core_.stopping) return close();
  parser_.emplace();
  parser_->header_limit(static_cast<std::uint32_t>(core_.config.max_header_bytes));
  parser_->body_limit(core_.config.max_body_bytes);
  if (buffer_.size() > 0) return read_header();
  arm(phase::idle, core_.config.idle_timeout);
  socket_.async_read_some(buffer_.prepare(4'096), [self = shared_from_this()](beast::error_code ec, std::size_t n) {
    if (self->phase_ == phase::closed) return;
    if (ec) return self->close();
    self->buffer_.commit(n);
    self->read_header();
  });
}

void http_session::read_header() {
  arm(phase::reading, core_.config.header_timeout);
  http::async_read_header(socket_, buffer_, *parser_, [self = shared_from_this()](beast::error_code ec, std::size_t) {
    if (self->phase_ != phase::closed) self->on_header(ec);
  });
}

void http_session::on_header(beast::error_code ec) {
  if (ec) return on_read_failed(ec);
  const auto& header = parser_->get();
  version_ = header.version();
  head_ = header.method() == http::verb::head;
  const auto expectation = header[http::field::expect];
  if (expectation.empty() || parser_->is_done() || version_ < 11) return read_body();
  if (!beast::iequals(expectation, "100-continue")) return fail(417, "no such expectation can be met");
  arm(phase::writing, core_.config.write_timeout);
  asio::async_write(socket_, asio::buffer(go_on.data(), go_on.size()), [self = shared_from_this()](beast::error_code failed, std::size_t) {
    if (self->phase_ == phase::closed) return;
    if (failed) return self->close();
    self->read_body();
  });
}

void http_session::read_body() {
  arm(phase::reading, core_.config.body_timeout);
  http::async_read(socket_, buffer_, *parser_, [self = shared_from_this()](beast::error_code ec, std::size_t) {
    if (self->phase_ == phase::closed) return;
    if (ec) return self->on_read_failed(ec);
    self->hand_over();
  });
}

void http_session::on_read_failed(beast::error_code ec) {
  if (cut_off_) {
    core_.counters.cut_off.fetch_add(1, std::memory_order_relaxed);
    return fail(408, "the request took too long to arrive");
  }
  const auto found = judge(ec);
  if (!found) return close();
  core_.counters.malformed.fetch_add(1, std::memory_order_relaxed);
  fail(found->status, found->reason);
}

void http_session::hand_over() {
  auto message = parser_->release();
  keep_alive_ = message.keep_alive();
  http_request request{.method = text(message.method_string()),
                       .target = text(message.target()),
                       .host = text(message[http::field::host]),
                       .content_type = text(message[http::field::content_type]),
                       .body = std::move(message.body())};
  read_trace(message, request);
  arm(phase::handling, core_.config.handler_timeout);
  core_.counters.requests.fetch_add(1, std::memory_order_relaxed);
  const auto slip = std::make_shared<answer_slip>(weak_core_, number_, ++request_);
  try {
    core_.handler(std::move(request), [slip](http_response response) { slip->answer(std::move(response)); });
  } catch (const std::exception& e) {
    slip->answer({.status = 500, .body = std::string{"internal error: "} + e.what() + "\n"});
  } catch (...) {
    slip->answer({.status = 500, .body = "internal error\n"});
  }
}

void http_session::on_answer(std::uint64_t request, http_response response) {
  if (phase_ == phase::handling && request == request_) write_response(std::move(response), keep_alive_);
}

void http_session::write_response(http_response response, bool keep_alive) {
  const bool bodiless = response.status == 204 || response.status == 304;
  const bool stays = keep_alive && !core_.stopping;
  auto& message = response_.emplace(static_cast<http::status>(response.status), version_);
  message.set(http::field::date, date_now());
  if (!bodiless) {
    message.set(http::field::content_type, response.content_type);
    message.content_length(response.body.size());
    if (!head_) message.body() = std::move(response.body);
  }
  for (const auto& [name, value] : response.fields) message.set(name, value);
  message.keep_alive(stays);
  arm(phase::writing, core_.config.write_timeout);
  http::async_write(socket_, message, [self = shared_from_this(), stays](beast::error_code ec, std::size_t) {
    if (self->phase_ == phase::closed) return;
    if (ec) return self->close();
    self->response_.reset();
    if (stays) return self->read_request();
    self->linger();
  });
}

// Answers for the server itself, and closes: after such a request nobody knows where the next one begins.
void http_session::fail(unsigned status, std::string_view reason) {
  head_ = false;
  write_response({.status = status, .body = std::string{reason} + "\n"}, false);
}

void http_session::linger() {
  beast::error_code ignored; // if the client is gone, the next read says so
  socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  if (core_.stopping) return close();
  arm(phase::lingering, linger_time);
  discard();
}

void http_session::discard() {
  buffer_.clear();
  socket_.async_read_some(buffer_.prepare(4'096), [self = shared_from_this()](beast::error_code ec, std::size_t) {
    if (self->phase_ == phase::closed) return;
    if (ec) return self->close();
    self->discard();
  });
}

void http_session::arm(phase next, std::chrono::milliseconds limit) {
  phase_ = next;
  cut_off_ = false;
  timer_.expires_after(limit);
  timer_.async_wait([self = shared_from_this(), set = ++deadline_](beast::error_code ec) {
    if (!ec && set == self->deadline_) self->on_deadline();
  });
}

void http_session::on_deadline() {
  switch (phase_) {
    case phase::reading: {
      cut_off_ = true;
      // Ends the read that waits and any later one; a cancel would miss a read that is between two of its steps.
      beast::error_code ignored; // a connection that is gone ends its reads by itself
      socket_.shutdown(asio::ip::tcp::socket::shutdown_receive, ignored);
      return;
    }
    case phase::handling:
      core_.counters.handler_timeouts.fetch_add(1, std::memory_order_relaxed);
      return write_response({.status = 503, .body = "the node did not answer in time\n"}, keep_alive_);
    case phase::writing: core_.counters.cut_off.fetch_add(1, std::memory_order_relaxed); return close();
    case phase::idle:
    case phase::lingering: return close();
    case phase::closed: return;
  }
}

void http_session::wind_down() {
  if (phase_ != phase::handling && phase_ != phase::writing) close();
}

void http_session::close() {
  if (phase_ == phase::closed) return;
  phase_ = phase::closed;
  ++deadline_;
  timer_.cancel();
  beast::error_code ignored; // closing a broken connection may fail; it is closed then
  socket_.close(ignored);
  core_.counters.open.fetch_sub(1, std::memory_order_relaxed);
  core_.sessions.erase(number_); // may release the last owner but the caller's own handler
}

} // namespace alys::domain::detail
