// SPDX-License-Identifier: Apache-2.0
#include "engine_costs.hpp"

#include "measure.hpp"
#include "support/temporary_folder.hpp"

#include <alys/actors.hpp>
#include <alys/domain/chain/dev_spec.hpp>
#include <alys/domain/chain/genesis.hpp>
#include <alys/domain/client/execution_client.hpp>
#include <alys/domain/engine/engine_actor.hpp>
#include <alys/domain/engine/engine_api.hpp>
#include <alys/domain/engine/http_engine.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include <stdexcept>
#include <vector>

namespace bench {

using namespace alys::domain;
using namespace std::chrono_literals;
namespace asio = boost::asio;
namespace beast = boost::beast;

namespace {

constexpr std::size_t warm_up = 50;
constexpr std::size_t call_count = 2'000;

template <class T>
[[nodiscard]] T needed(alys::result<T> outcome) {
  if (!outcome) throw std::runtime_error(outcome.error().message());
  if constexpr (!std::is_void_v<T>) return *std::move(outcome);
}

[[nodiscard]] std::uint16_t free_port(asio::io_context& context) {
  return asio::ip::tcp::acceptor{context, {asio::ip::address_v4::loopback(), 0}}.local_endpoint().port();
}

// One kept connection, with a token for each call: what a caller needs at least.
class plain_http {
public:
  plain_http(asio::io_context& context, std::uint16_t port, engine_secret secret) : stream_(context), secret_(std::move(secret)) {
    stream_.connect({asio::ip::address_v4::loopback(), port});
    stream_.socket().set_option(asio::ip::tcp::no_delay{true});
  }

  void call(const std::string& body) {
    beast::http::request<beast::http::string_body> request{beast::http::verb::post, "/", 11};
    request.set(beast::http::field::host, "127.0.0.1");
    request.set(beast::http::field::content_type, "application/json");
    request.set(beast::http::field::authorization, "Bearer " + secret_.token(to_seconds(to_unix(std::chrono::system_clock::now()))));
    request.body() = body;
    request.prepare_payload();
    beast::http::write(stream_, request);
    beast::http::response<beast::http::string_body> response;
    beast::http::read(stream_, buffer_, response);
    if (response.result() != beast::http::status::ok || response.body().find("\"VALID\"") == std::string::npos)
      throw std::runtime_error("the client answers " + response.body());
  }

private:
  beast::tcp_stream stream_;
  beast::flat_buffer buffer_;
  engine_secret secret_;
};

// A client that runs as long as this.
class running_client {
public:
  running_client(client_options options, const chain_spec& spec)
      : client_(execution_client(std::move(options), {spec.chain_id, execution_genesis_of(spec)})) {
    client_.watch([](const alys::error&) {}); // a call that fails says more
    needed(client_.start());
  }
  ~running_client() { (void)client_.stop(); }
  running_client(const running_client&) = delete;
  running_client& operator=(const running_client&) = delete;

private:
  alys::component client_;
};

template <class Call>
[[nodiscard]] double milliseconds_of(Call&& call) {
  const nanoseconds begun = clock_now();
  call();
  return in_microseconds(clock_now() - begun) / 1e3;
}

} // namespace

void measure_engine(figures& into, const std::string& kind, const std::filesystem::path& program) {
  const alys::test::temporary_folder folder;
  const chain_spec spec = dev_spec(2s);
  asio::io_context context;
  client_options options;
  options.kind = kind == "geth" ? client_kind::geth : client_kind::ethereumjs;
  options.program = program;
  options.folder = folder.path() / "client";
  options.rpc_port = free_port(context);
  options.engine_port = free_port(context);
  needed(make_client_secret(options));
  const engine_secret secret = needed(engine_secret::load(endpoints_of(options).secret_file));
  const running_client client{options, spec};

  alys::supervisor_spec root{"root"};
  const auto port = connect_engine({.port = options.engine_port, .rpc_port = options.rpc_port, .chain_id = spec.chain_id}, secret);
  const auto engine = root.child<engine_actor>("engine", {}, {}, port);
  auto system = alys::system::start(std::move(root), {.log = alys::log_to_nowhere()});
  const hash256 first = needed(system.ask(engine, find_genesis_payload{}, 10s)).payload.block_hash;
  const forkchoice_state state{.head = first, .safe = first, .finalized = first};
  const auto fork = execution_fork::shanghai;
  const std::string body = rpc_call(methods_of(fork).forkchoice_updated, forkchoice_params(state, std::nullopt, fork));
  plain_http plain{context, options.engine_port, secret};

  const auto through_node = [&] {
    if (needed(system.ask(engine, set_head{state, {}}, 10s)).status != payload_status::valid)
      throw std::runtime_error("the client does not know its own block");
  };
  std::vector<double> ours;
  std::vector<double> theirs;
  for (std::size_t i = 0; i < warm_up + call_count; ++i) {
    const bool counts = i >= warm_up;
    for (const bool node : {i % 2 == 0, i % 2 != 0}) {
      const double took = node ? milliseconds_of(through_node) : milliseconds_of([&] { plain.call(body); });
      if (counts) (node ? ours : theirs).push_back(took);
    }
  }
  for (const auto& [name, share] : {std::pair{"p50", 0.5}, std::pair{"p99", 0.99}}) {
    into[std::string{"engine_call_"} + name + "_ms"].push_back(quantile(ours, share));
    into[std::string{"engine_overhead_"} + name + "_ms"].push_back(quantile(ours, share) - quantile(theirs, share));
  }
}

} // namespace bench
