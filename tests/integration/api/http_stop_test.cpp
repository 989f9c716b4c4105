// SPDX-License-Identifier: Apache-2.0
//
// Stopping the HTTP server while clients are at it: each is answered or closed, and the call returns.
#include "http_fixture.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <optional>
#include <system_error>
#include <thread>
#include <vector>

using namespace alys::domain;
using namespace alys::test;
using namespace std::chrono_literals;

namespace {

// True once a new connection is refused or closed: the server is stopping.
bool no_longer_serves(std::uint16_t port) {
  try {
    return raw_client{port}.closed();
  } catch (const std::system_error&) {
    return true;
  }
}

} // namespace

TEST_CASE("stopping closes idle connections and the port") {
  auto server = serve(echo);
  raw_client silent{server.port()};
  raw_client used{server.port()};
  used.send(get("/"));
  CHECK(used.response()->status == 200);
  server.stop(1h);
  CHECK(silent.closed());
  CHECK(used.closed());
  CHECK(server.counters().open == 0);
  CHECK_THROWS_AS(raw_client{server.port()}, std::system_error);
  server.stop(1h);
}

TEST_CASE("stopping closes requests that have not arrived completely") {
  auto server = serve(echo);
  raw_client client{server.port()};
  client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhe");
  raw_client complete{server.port()};
  complete.send(get("/"));
  CHECK(complete.response()->status == 200);
  server.stop(1h);
  CHECK(client.closed());
}

TEST_CASE("a request in hand is still answered within the grace") {
  inbox requests;
  auto server = serve(requests.handler());
  raw_client client{server.port()};
  client.send(get("/"));
  const auto respond = requests.next();
  std::thread stopper{[&] { server.stop(1h); }};
  CHECK(no_longer_serves(server.port()));
  respond({.body = "just in time"});
  const auto answer = client.response();
  stopper.join();
  REQUIRE(answer);
  CHECK(answer->body == "just in time");
  CHECK(answer->fields.at("connection") == "close");
  CHECK(client.closed());
}

TEST_CASE("a request that nobody answers is closed when the grace is over") {
  inbox requests;
  auto server = serve(requests.handler());
  raw_client client{server.port()};
  client.send(get("/"));
  const auto respond = requests.next();
  server.stop(50ms);
  CHECK(client.closed());
  respond({.body = "too late"});
}

TEST_CASE("a client that does not read cannot hold the server back") {
  std::optional<http_server> server =
      serve([](const http_request&, const http_respond& respond) { respond({.body = std::string(50'000'000, 'x')}); });
  raw_client client{server->port(), 4'096};
  client.send(get("/"));
  CHECK(eventually([&] { return server->counters().requests == 1; }));
  server.reset();
  SUCCEED("the destructor returned");
}

TEST_CASE("stopping under load answers or closes every client") {
  auto server = serve(echo);
  std::atomic<int> answered{0};
  std::atomic<int> wrong{0};
  std::vector<std::thread> clients;
  for (int i = 0; i < 8; ++i) {
    clients.emplace_back([&, i] {
      const auto body = std::string(static_cast<std::size_t>(i) * 1'000, 'x');
      try {
        raw_client client{server.port()};
        while (client.send(post(body))) {
          const auto answer = client.response();
          if (!answer) return;
          if (answer->body != "POST / " + body) ++wrong;
          ++answered;
        }
      } catch (const std::exception&) {
        ++wrong;
      }
    });
  }
  CHECK(eventually([&] { return answered > 200; }));
  server.stop(1h);
  for (auto& client : clients) client.join();
  CHECK(wrong == 0);
  CHECK(server.counters().open == 0);
}

TEST_CASE("an answer may come after the server is gone") {
  inbox requests;
  std::optional<http_server> server = serve(requests.handler());
  raw_client client{server->port()};
  client.send(get("/"));
  const auto respond = requests.next();
  server.reset();
  respond({.body = "nobody there"});
  CHECK(client.closed());
}

TEST_CASE("a handler may stop and destroy its own server") {
  std::optional<http_server> server;
  std::promise<void> destroyed;
  server = serve([&](const http_request&, const http_respond&) {
    server.reset();
    destroyed.set_value();
  });
  raw_client client{server->port()};
  client.send(get("/"));
  destroyed.get_future().get();
  CHECK(client.closed());
}

TEST_CASE("a server can be moved while it serves") {
  auto first = serve(echo);
  const auto port = first.port();
  auto second = std::move(first);
  raw_client client{port};
  client.send(get("/"));
  CHECK(client.response()->status == 200);
  second = serve(echo);
  CHECK(client.closed());
}
