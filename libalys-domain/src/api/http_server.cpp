// SPDX-License-Identifier: Apache-2.0
//
// The listening side of the HTTP server: opens the port, takes connections up to the limit, and stops in order.
#include "http_session.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

#include <thread>
#include <utility>
#include <vector>

namespace alys::domain {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

// Connections over the limit that may exist at once to be told so; beyond, they are closed without a word.
constexpr std::size_t most_refusals = 64;

// The pause after accept failed, usually because the process has no file descriptor left: the next try at once would only spin.
constexpr std::chrono::milliseconds accept_pause{50};

std::string endpoint_text(const http_server_config& config) {
  const bool v6 = config.address.find(':') != std::string::npos;
  return (v6 ? "[" + config.address + "]" : config.address) + ":" + std::to_string(config.port);
}

alys::result<void> check(const http_server_config& c) {
  const auto positive = [](auto value) { return value.count() > 0; };
  if (c.max_connections == 0 || c.max_header_bytes == 0 || c.max_body_bytes == 0)
    return alys::fail(http_error::bad_config, "HTTP limits must be at least 1");
  if (c.max_header_bytes > 1'048'576) return alys::fail(http_error::bad_config, "max_header_bytes must be at most 1048576");
  if (!positive(c.idle_timeout) || !positive(c.header_timeout) || !positive(c.body_timeout) || !positive(c.handler_timeout) ||
      !positive(c.write_timeout))
    return alys::fail(http_error::bad_config, "HTTP timeouts must be at least 1 ms");
  return {};
}

} // namespace

struct http_server::runtime {
  explicit runtime(std::shared_ptr<detail::http_core> c)
      : core(std::move(c)), work(core->io.get_executor()), acceptor(core->io), pause(core->io), grace(core->io) {}

  [[nodiscard]] alys::result<void> listen();
  void accept();
  void on_accepted(tcp::socket socket);
  void begin_stop(std::chrono::milliseconds grace_time);
  void close_all();
  void serve();

  std::shared_ptr<detail::http_core> core; // first: the rest refers to its loop
  asio::executor_work_guard<asio::io_context::executor_type> work;
  tcp::acceptor acceptor;
  asio::steady_timer pause;
  asio::steady_timer grace;
  std::uint64_t next_number = 0;
  std::uint16_t port = 0;
  std::thread thread;
};

alys::result<void> http_server::runtime::listen() {
  const auto where = endpoint_text(core->config);
  error_code ec;
  const auto address = asio::ip::make_address(core->config.address, ec);
  if (ec) return alys::fail(http_error::bad_config, "'" + core->config.address + "' is no numeric IP address");
  const auto cannot = [&where](http_error code, const error_code& cause) {
    return alys::fail(code, "cannot listen on " + where + ": " + cause.message());
  };
  const tcp::endpoint endpoint{address, core->config.port};
  acceptor.open(endpoint.protocol(), ec);
  // Without it, a restarted node could not listen for a minute: its old connections still wait in TIME_WAIT.
  if (!ec) acceptor.set_option(asio::socket_base::reuse_address(true), ec);
  if (!ec) acceptor.bind(endpoint, ec);
  if (!ec) acceptor.listen(asio::socket_base::max_listen_connections, ec);
  if (ec == asio::error::address_in_use) return cannot(http_error::address_in_use, ec);
  if (ec) return cannot(http_error::cannot_listen, ec);
  port = acceptor.local_endpoint(ec).port();
  if (ec) return cannot(http_error::cannot_listen, ec);
  return {};
}

void http_server::runtime::accept() {
  acceptor.async_accept([this](error_code ec, tcp::socket socket) {
    if (core->stopping) return;
    if (!ec) {
      on_accepted(std::move(socket));
      return accept();
    }
    pause.expires_after(accept_pause);
    pause.async_wait([this](error_code) {
      if (!core->stopping) accept();
    });
  });
}

void http_server::runtime::on_accepted(tcp::socket socket) {
  auto& counters = core->counters;
  counters.accepted.fetch_add(1, std::memory_order_relaxed);
  const auto open = core->sessions.size();
  const bool welcome = open < core->config.max_connections;
  if (!welcome) counters.refused.fetch_add(1, std::memory_order_relaxed);
  if (open >= core->config.max_connections + most_refusals) return;
  const auto number = ++next_number;
  const auto session = std::make_shared<detail::http_session>(std::move(socket), number, *core, core);
  core->sessions.emplace(number, session);
  counters.open.fetch_add(1, std::memory_order_relaxed);
  if (welcome) session->start();
  else session->refuse();
}

void http_server::runtime::begin_stop(std::chrono::milliseconds grace_time) {
  core->stopping = true;
  error_code ignored; // the listening socket is closed whatever close says
  acceptor.close(ignored);
  pause.cancel();
  // A copy: winding down removes sessions from the list.
  const auto sessions = core->sessions;
  for (const auto& [number, session] : sessions) session->wind_down();
  if (grace_time.count() <= 0) return close_all();
  grace.expires_after(grace_time);
  grace.async_wait([this](error_code ec) {
    if (!ec) close_all();
  });
}

void http_server::runtime::close_all() {
  const auto sessions = core->sessions;
  for (const auto& [number, session] : sessions) session->close();
}

// The thread: until the server stops and the last connection is closed. What then still waits in the loop goes with it, unrun.
void http_server::runtime::serve() {
  while (!core->stopping || !core->sessions.empty()) core->io.run_one();
}

alys::result<http_server> http_server::start(http_server_config config, http_handler handler) {
  if (auto checked = check(config); !checked) return checked.error();
  auto made = std::make_shared<runtime>(std::make_shared<detail::http_core>(std::move(config), std::move(handler)));
  if (auto listening = made->listen(); !listening) return listening.error();
  made->accept();
  made->thread = std::thread([made] { made->serve(); });
  return http_server{std::move(made)};
}

http_server::http_server(std::shared_ptr<runtime> r) noexcept : runtime_(std::move(r)) {}
http_server::http_server(http_server&&) noexcept = default;

http_server& http_server::operator=(http_server&& other) noexcept {
  if (this == &other) return *this;
  if (runtime_) stop();
  runtime_ = std::move(other.runtime_);
  return *this;
}

http_server::~http_server() {
  if (runtime_) stop();
}

const std::string& http_server::address() const noexcept { return runtime_->core->config.address; }
std::uint16_t http_server::port() const noexcept { return runtime_->port; }

http_server_counters http_server::counters() const noexcept {
  const auto& c = runtime_->core->counters;
  const auto read = [](const std::atomic<std::uint64_t>& value) { return value.load(std::memory_order_relaxed); };
  return {.open = read(c.open),
          .accepted = read(c.accepted),
          .refused = read(c.refused),
          .requests = read(c.requests),
          .malformed = read(c.malformed),
          .cut_off = read(c.cut_off),
          .handler_timeouts = read(c.handler_timeouts)};
}

void http_server::stop(std::chrono::milliseconds grace) noexcept {
  auto& thread = runtime_->thread;
  if (!thread.joinable()) return;
  asio::post(runtime_->core->io, [r = runtime_.get(), grace] { r->begin_stop(grace); });
  if (thread.get_id() == std::this_thread::get_id()) thread.detach();
  else thread.join();
}

} // namespace alys::domain
