// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include <alys/actors/fault.hpp>
#include <alys/domain/api/http_client.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include <charconv>
#include <functional>

namespace alys::domain {

namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;
using tcp = boost::asio::ip::tcp;

constexpr std::uint64_t most_body_bytes = std::uint64_t{64} << 20U;

// One exchange: connect, write, read, each step starting the next; run() gives it all the time there is.
class exchange {
public:
  exchange(http::request<http::string_body> request, const tcp::endpoint& to) : stream_(context_), request_(std::move(request)) {
    parser_.body_limit(most_body_bytes);
    stream_.async_connect(to, [this](beast::error_code e) {
      if (failed(e)) return;
      http::async_write(stream_, request_, [this](beast::error_code written, std::size_t) {
        if (failed(written)) return;
        http::async_read(stream_, buffer_, parser_, [this](beast::error_code read, std::size_t) { done_ = !failed(read); });
      });
    });
  }

  [[nodiscard]] result<std::string> run(std::chrono::milliseconds deadline) {
    context_.run_for(deadline);
    if (error_ == boost::asio::error::connection_refused) return fail(fault::connection_refused, "nobody listens there");
    if (error_) return fail(fault::invalid_reply, error_.message());
    if (!done_) return fail(fault::operation_timeout, "no answer within " + std::to_string(deadline.count()) + " ms");
    const auto& response = parser_.get();
    if (response.result() != http::status::ok)
      return fail(fault::invalid_reply, "HTTP status " + std::to_string(response.result_int()) + ": " + response.body());
    return response.body();
  }

private:
  [[nodiscard]] bool failed(beast::error_code e) noexcept {
    error_ = e;
    return static_cast<bool>(e);
  }
  boost::asio::io_context context_;
  beast::tcp_stream stream_;
  http::request<http::string_body> request_;
  beast::flat_buffer buffer_;
  http::response_parser<http::string_body> parser_;
  beast::error_code error_;
  bool done_ = false;
};

} // namespace

result<http_endpoint> parse_endpoint(const std::string& url) {
  const auto refused = [&] { return refuse(errc::out_of_range, "\"" + url + "\": expected http://ADDRESS:PORT with a numeric address"); };
  constexpr std::string_view scheme = "http://";
  if (url.rfind(scheme, 0) != 0) return refused();
  const std::string rest = url.substr(scheme.size(), url.find('/', scheme.size()) - scheme.size());
  const auto colon = rest.rfind(':');
  if (colon == std::string::npos || colon == 0) return refused();
  http_endpoint found{rest.substr(0, colon), 0};
  if (found.address.front() == '[' && found.address.back() == ']') found.address = found.address.substr(1, found.address.size() - 2);
  const char* const end = rest.data() + rest.size();
  const auto [stopped, problem] = std::from_chars(rest.data() + colon + 1, end, found.port);
  if (problem != std::errc{} || stopped != end || found.port == 0) return refused();
  return found;
}

result<std::string> http_post(const http_endpoint& to, const std::string& target, const std::string& content_type, std::string body,
                              std::chrono::milliseconds deadline) {
  beast::error_code bad_address;
  const auto address = boost::asio::ip::make_address(to.address, bad_address);
  if (bad_address) return refuse(errc::out_of_range, "\"" + to.address + "\" is no numeric address");
  http::request<http::string_body> request{http::verb::post, target, 11};
  request.set(http::field::host, to.address + ":" + std::to_string(to.port));
  request.set(http::field::content_type, content_type);
  request.set(http::field::connection, "close");
  request.body() = std::move(body);
  request.prepare_payload();
  return exchange(std::move(request), tcp::endpoint{address, to.port}).run(deadline);
}

} // namespace alys::domain
