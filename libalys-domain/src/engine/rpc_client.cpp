// SPDX-License-Identifier: Apache-2.0
#include <utility> // Boost 1.74 uses std::exchange without including it

#include "rpc_client.hpp"

#include <alys/actors/fault.hpp>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include <algorithm>
#include <deque>
#include <optional>
#include <thread>

namespace alys::domain::detail {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;

constexpr std::size_t most_words = 200; // of a body that says why not

struct job {
  job(asio::io_context& io, std::string content, rpc_client::answer to) : body(std::move(content)), done(std::move(to)), deadline(io) {}

  std::string body;
  rpc_client::answer done;
  asio::steady_timer deadline;
  bool tried_again = false;
};

struct connection {
  explicit connection(asio::io_context& io) : stream(io) {}

  beast::tcp_stream stream;
  beast::flat_buffer buffer;
  http::request<http::string_body> request;
  std::optional<http::response_parser<http::string_body>> parser;
  bool has_answered = false; // before
};
using connection_ptr = std::shared_ptr<connection>;

[[nodiscard]] alys::error in_words(const beast::error_code& e) {
  if (e == asio::error::connection_refused) return refuse(fault::connection_refused, "nobody listens there");
  if (e == asio::error::connection_reset || e == asio::error::broken_pipe || e == asio::error::eof || e == http::error::end_of_stream)
    return refuse(fault::connection_lost, "the connection was closed before the answer");
  if (e == http::error::partial_message) return refuse(fault::connection_lost, "the connection was closed in the middle of the answer");
  if (e == http::error::body_limit) return refuse(fault::invalid_reply, "the answer is larger than allowed");
  if (e.category() == asio::error::get_system_category()) return refuse(fault::connection_lost, e.message());
  return refuse(fault::invalid_reply, "no HTTP: " + e.message());
}

[[nodiscard]] alys::result<std::string> body_of(http::response<http::string_body>&& reply) {
  const unsigned status = reply.result_int();
  if (status == 200) return std::move(reply.body());
  std::string text = "HTTP " + std::to_string(status) + ": " + reply.body().substr(0, most_words);
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  switch (status) {
    case 401:
    case 403: return refuse(fault::authentication_failed, std::move(text));
    case 429: return refuse(fault::rate_limited, std::move(text));
    case 502:
    case 503:
    case 504: return refuse(fault::service_unavailable, std::move(text));
    default: return refuse(fault::invalid_reply, std::move(text));
  }
}

// One connection and what waits for it. All on one thread.
class lane {
public:
  lane(asio::io_context& io, const rpc_server& server, std::uint16_t port)
      : io_(io), server_(server), port_(std::to_string(port)), trusted_(port == server.blocks_port), resolver_(io) {}

  void post(std::string body, std::chrono::milliseconds within, rpc_client::answer done) {
    if (stopped_) return done(refuse(errc::stopped, "the engine's connection has ended"));
    auto made = std::make_shared<job>(io_, std::move(body), std::move(done));
    made->deadline.expires_after(within);
    made->deadline.async_wait([this, one = std::weak_ptr{made}](const beast::error_code& e) {
      if (const auto late = one.lock(); late && !e) overdue(late);
    });
    jobs_.push_back(std::move(made));
    if (!busy_) next();
  }

  void stop() {
    stopped_ = true;
    hang_up();
    resolver_.cancel();
    for (auto jobs = std::exchange(jobs_, {}); const auto& each : jobs)
      finish(*each, refuse(errc::stopped, "the engine's connection has ended"));
  }

private:
  void next() {
    busy_ = !jobs_.empty();
    if (!busy_) return;
    if (connection_) write(connection_);
    else connect();
  }

  void connect() {
    connection_ = std::make_shared<connection>(io_);
    resolver_.async_resolve(server_.host, port_,
                            [this, c = connection_](const beast::error_code& e, const tcp::resolver::results_type& found) {
                              if (c != connection_) return;
                              if (e) return fail_first(refuse(fault::connection_timeout, "\"" + server_.host + "\": " + e.message()));
                              c->stream.async_connect(found, [this, c](const beast::error_code& problem, const tcp::endpoint&) {
                                if (c != connection_) return;
                                if (problem) return fail_first(in_words(problem));
                                beast::error_code ignored; // it only costs time
                                c->stream.socket().set_option(tcp::no_delay{true}, ignored);
                                write(c);
                              });
                            });
  }

  void write(const connection_ptr& c) {
    c->request = {http::verb::post, "/", 11};
    c->request.set(http::field::host, server_.host + ":" + port_);
    c->request.set(http::field::content_type, "application/json");
    if (trusted_) c->request.set(http::field::authorization, "Bearer " + server_.token());
    c->request.body() = jobs_.front()->body;
    c->request.prepare_payload();
    http::async_write(c->stream, c->request, [this, c](const beast::error_code& e, std::size_t) {
      if (c != connection_) return;
      if (e) return broken(c, e);
      read(c);
    });
  }

  void read(const connection_ptr& c) {
    c->parser.emplace();
    c->parser->body_limit(server_.most_answer_bytes);
    http::async_read_header(c->stream, c->buffer, *c->parser, [this, c](beast::error_code e, std::size_t) {
      if (c != connection_) return;
      // Boost 1.74 forgets its own limit when header and body come in one piece.
      if (!e && c->parser->content_length().value_or(0) > server_.most_answer_bytes) e = http::error::body_limit;
      if (e) return broken(c, e);
      http::async_read(c->stream, c->buffer, *c->parser, [this, c](const beast::error_code& problem, std::size_t) {
        if (c != connection_) return;
        if (problem) return fail_first(in_words(problem));
        answered(c);
      });
    });
  }

  void answered(const connection_ptr& c) {
    c->has_answered = true;
    auto reply = c->parser->release();
    if (!reply.keep_alive()) hang_up();
    end_first(body_of(std::move(reply)));
  }

  // A server closes connections that were idle for long, just as the next call sets out. Every call may be made twice.
  void broken(const connection_ptr& c, const beast::error_code& e) {
    const auto& first = jobs_.front();
    const bool went_stale = c->has_answered && !first->tried_again && in_words(e) == fault::connection_lost;
    if (!went_stale) return fail_first(in_words(e));
    first->tried_again = true;
    hang_up();
    next();
  }

  void overdue(const std::shared_ptr<job>& late) {
    const auto found = std::find(jobs_.begin(), jobs_.end(), late);
    if (found == jobs_.end()) return;
    const auto error = refuse(fault::operation_timeout, "no answer in time");
    if (found == jobs_.begin()) return fail_first(error); // its answer would come later over this connection
    jobs_.erase(found);
    finish(*late, error);
  }

  void fail_first(const alys::error& why) {
    hang_up();
    end_first(why);
  }

  // The next call sets out before the answer is passed on, whose receiver may take its time.
  void end_first(alys::result<std::string> outcome) {
    const auto first = std::move(jobs_.front());
    jobs_.pop_front();
    next();
    finish(*first, std::move(outcome));
  }

  static void finish(job& one, alys::result<std::string> outcome) {
    one.deadline.cancel();
    std::exchange(one.done, nullptr)(std::move(outcome));
  }

  void hang_up() {
    if (const auto c = std::exchange(connection_, nullptr)) c->stream.close();
  }

  asio::io_context& io_;
  const rpc_server& server_;
  const std::string port_;
  const bool trusted_; // with the token
  tcp::resolver resolver_;
  std::deque<std::shared_ptr<job>> jobs_; // the first one is under way while busy
  connection_ptr connection_;
  bool busy_ = false;
  bool stopped_ = false;
};

} // namespace

struct rpc_client::core {
  explicit core(rpc_server to) : server(std::move(to)) {}

  asio::io_context io{1};
  rpc_server server;
  lane blocks{io, server, server.blocks_port};
  lane reads{io, server, server.reads_port};
  std::optional<asio::executor_work_guard<asio::io_context::executor_type>> work{asio::make_work_guard(io)};
  std::thread thread;
};

// The thread shares the core: the last answer may be what lets go of the client.
rpc_client::rpc_client(rpc_server server) : core_(std::make_shared<core>(std::move(server))) {
  core_->thread = std::thread([c = core_] { c->io.run(); });
}

rpc_client::~rpc_client() { stop(); }

void rpc_client::run(std::function<void()> something) {
  const auto kept = core_; // what is posted may have let go of the client before posting has returned
  asio::post(kept->io, std::move(something));
}

void rpc_client::post(rpc_lane to, std::string body, std::chrono::milliseconds deadline, answer done) {
  (to == rpc_lane::blocks ? core_->blocks : core_->reads).post(std::move(body), deadline, std::move(done));
}

void rpc_client::stop(std::shared_ptr<void> until_then) {
  if (!core_->thread.joinable()) return;
  asio::post(core_->io, [c = core_.get(), kept = std::move(until_then)] {
    c->blocks.stop();
    c->reads.stop();
    c->work.reset();
  });
  if (core_->thread.get_id() == std::this_thread::get_id()) core_->thread.detach();
  else core_->thread.join();
}

} // namespace alys::domain::detail
