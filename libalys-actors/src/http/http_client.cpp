// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include <alys/actors/fault.hpp>
#include <alys/actors/http_client.hpp>
#include <alys/actors/tracing.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include <algorithm>
#include <charconv>
#include <future>
#include <thread>

namespace alys {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using steady = std::chrono::steady_clock;

// One exchange: connect, write, read, each step starting the next; run() gives it all the time there is.
class exchange {
public:
  exchange(http::request<http::string_body> request, const tcp::endpoint& to, std::size_t most_reply_bytes)
      : stream_(context_), request_(std::move(request)), most_(most_reply_bytes) {
    parser_.body_limit(most_);
    stream_.async_connect(to, [this](beast::error_code e) {
      if (!failed(e)) write();
    });
  }

  [[nodiscard]] result<http_reply> run(steady::time_point until, const std::stop_token& stop) {
    const std::stop_callback at_once(stop, [this] { context_.stop(); });
    context_.run_until(until);
    if (error_ == asio::error::connection_refused) return fail(fault::connection_refused, "nobody listens there");
    if (error_ == asio::error::connection_reset || error_ == asio::error::broken_pipe || error_ == http::error::end_of_stream)
      return fail(fault::connection_lost, "the connection was closed before the answer");
    if (error_) return fail(fault::invalid_reply, error_.message());
    if (!done_) return fail(fault::operation_timeout, "no answer in time");
    http_reply reply{parser_.get().result_int(), std::move(parser_.get().body())};
    for (const auto& f : parser_.get()) reply.fields.emplace_back(f.name_string(), f.value());
    return reply;
  }

private:
  void write() {
    http::async_write(stream_, request_, [this](beast::error_code e, std::size_t) {
      if (!failed(e)) read_header();
    });
  }
  void read_header() {
    http::async_read_header(stream_, buffer_, parser_, [this](beast::error_code e, std::size_t) {
      // Boost 1.74 forgets its own limit when header and body come in one piece.
      if (!e && parser_.content_length().value_or(0) > most_) e = http::error::body_limit;
      if (!failed(e)) read_body();
    });
  }
  void read_body() {
    http::async_read(stream_, buffer_, parser_, [this](beast::error_code e, std::size_t) { done_ = !failed(e); });
  }
  [[nodiscard]] bool failed(beast::error_code e) noexcept {
    error_ = e;
    return static_cast<bool>(e);
  }
  asio::io_context context_;
  beast::tcp_stream stream_;
  http::request<http::string_body> request_;
  beast::flat_buffer buffer_;
  http::response_parser<http::string_body> parser_;
  std::uint64_t most_;
  beast::error_code error_;
  bool done_ = false;
};

// The system's resolver knows no deadline, so a name is looked up on a thread that is left alone when its time is over.
[[nodiscard]] result<tcp::endpoint> resolve(const http_url& to, steady::time_point until, const std::stop_token& stop) {
  beast::error_code is_name;
  const auto address = asio::ip::make_address(to.host, is_name);
  if (!is_name) return tcp::endpoint{address, to.port};
  struct answer {
    beast::error_code problem;
    std::vector<tcp::endpoint> found;
  };
  std::promise<answer> promised;
  auto coming = promised.get_future();
  std::thread([host = to.host, port = std::to_string(to.port), promised = std::move(promised)]() mutable {
    asio::io_context context;
    answer a;
    for (const auto& entry : tcp::resolver{context}.resolve(host, port, a.problem)) a.found.push_back(entry.endpoint());
    promised.set_value(std::move(a));
  }).detach();
  constexpr std::chrono::milliseconds look_up{20}; // at who asks to stop
  while (!stop.stop_requested() && coming.wait_until(std::min(until, steady::now() + look_up)) != std::future_status::ready &&
         steady::now() < until) {}
  if (coming.wait_for(std::chrono::seconds{0}) != std::future_status::ready)
    return fail(fault::connection_timeout, "\"" + to.host + "\" was not found in time");
  const answer a = coming.get();
  if (a.problem || a.found.empty()) return fail(fault::connection_timeout, "\"" + to.host + "\": " + a.problem.message());
  // A local service often listens on IPv4 only, while the resolver names IPv6 first.
  for (const tcp::endpoint& e : a.found) {
    if (e.address().is_v4()) return e;
  }
  return a.found.front();
}

[[nodiscard]] std::string authority(const http_url& url) {
  const bool v6 = url.host.find(':') != std::string::npos;
  return (v6 ? "[" + url.host + "]" : url.host) + ":" + std::to_string(url.port);
}

} // namespace

result<http_url> parse_http_url(std::string_view text) {
  const auto refused = [&] {
    return refuse(errc::out_of_range, "\"" + std::string{text} + "\": expected http://ADDRESS:PORT or http://ADDRESS:PORT/PATH");
  };
  constexpr std::string_view scheme = "http://";
  if (text.substr(0, scheme.size()) != scheme) return refused();
  std::string_view rest = text.substr(scheme.size());
  http_url found;
  if (const auto slash = rest.find('/'); slash != std::string_view::npos) {
    found.target = std::string{rest.substr(slash)};
    rest = rest.substr(0, slash);
  }
  const bool printable = found.target.find_first_of(" \t\r\n#") == std::string::npos;
  const auto bracket = rest.rfind(']');
  const auto colon = rest.rfind(':');
  if (colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket)) {
    const std::string_view digits = rest.substr(colon + 1);
    const auto [stopped, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), found.port);
    if (problem != std::errc{} || stopped != digits.data() + digits.size() || found.port == 0) return refused();
    rest = rest.substr(0, colon);
  }
  if (rest.size() > 2 && rest.front() == '[' && rest.back() == ']') rest = rest.substr(1, rest.size() - 2);
  else if (rest.find_first_of(":[]") != std::string_view::npos) return refused();
  if (rest.empty() || !printable || rest.find_first_of(" \t\r\n@") != std::string_view::npos) return refused();
  found.host = std::string{rest};
  return found;
}

std::string http_reply::field(std::string_view name) const {
  const auto same = [&](const auto& f) { return beast::iequals({f.first.data(), f.first.size()}, {name.data(), name.size()}); };
  const auto found = std::find_if(fields.begin(), fields.end(), same);
  return found != fields.end() ? found->second : std::string{};
}

std::string to_string(const http_url& url) { return "http://" + authority(url) + url.target; }

result<http_reply> http_post(const http_url& to, std::string body, const http_post_options& options) {
  const auto until = steady::now() + options.deadline;
  const auto where = resolve(to, until, options.stop);
  if (!where) return where.error();
  http::request<http::string_body> request{http::verb::post, to.target, 11};
  request.set(http::field::host, authority(to));
  request.set(http::field::content_type, options.content_type);
  request.set(http::field::connection, "close");
  const trace_fields trace = outgoing_trace();
  if (!trace.traceparent.empty()) request.set("traceparent", trace.traceparent);
  if (!trace.tracestate.empty()) request.set("tracestate", trace.tracestate);
  for (const auto& [name, value] : options.fields) request.set(name, value);
  request.body() = std::move(body);
  request.prepare_payload();
  return exchange(std::move(request), *where, options.most_reply_bytes).run(until, options.stop);
}

} // namespace alys
