// SPDX-License-Identifier: Apache-2.0
//
// The HTTP server with clients that send too much, too slowly, or what is no HTTP.
#include "http_fixture.hpp"

#include <rapidcheck/catch.h>
#include <catch2/catch.hpp>

#include <list>

using namespace alys::domain;
using namespace alys::test;
using namespace std::chrono_literals;

namespace {

// What a client gets that sends `request`, and whether the connection is closed after it.
int status_of(const http_server& server, const std::string& request) {
  raw_client client{server.port()};
  client.send(request);
  const auto answer = client.response();
  if (!answer) return 0;
  CHECK(answer->fields.at("connection") == "close");
  CHECK(client.closed());
  return answer->status;
}

http_handler never() {
  return [](const http_request&, const http_respond&) { FAIL("a request that should have been refused was handed over"); };
}

} // namespace

TEST_CASE("a body over the limit is refused by its announced length") {
  const auto server = serve(never(), {.max_body_bytes = 10});
  CHECK(status_of(server, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 11\r\n\r\n") == 413);
  CHECK(status_of(server, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 18446744073709551615\r\n\r\n") == 413);
  CHECK(status_of(server, post(std::string(1'000'000, 'x'))) == 413);
  CHECK(server.counters().malformed == 3);
}

TEST_CASE("a body over the limit is refused when it comes in chunks") {
  const auto server = serve(never(), {.max_body_bytes = 10});
  CHECK(status_of(server, "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nabcdef\r\n6\r\nabcdef\r\n0\r\n\r\n") ==
        413);
  CHECK(status_of(server, "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nabc") == 413);
}

TEST_CASE("a body of exactly the limit is taken") {
  const auto server = serve(echo, {.max_body_bytes = 10});
  raw_client client{server.port()};
  client.send(post("0123456789"));
  CHECK(client.response()->body == "POST / 0123456789");
}

TEST_CASE("a header over the limit is refused") {
  const auto server = serve(never(), {.max_header_bytes = 1'000});
  CHECK(status_of(server, "GET / HTTP/1.1\r\nHost: h\r\nX: " + std::string(1'000, 'x') + "\r\n\r\n") == 431);
  CHECK(status_of(server, "GET /" + std::string(1'000, 'x') + " HTTP/1.1\r\n\r\n") == 431);
  CHECK(status_of(server, "GET / HTTP/1.1\r\nX: " + std::string(1'000'000, 'x')) == 431);
}

TEST_CASE("what is no HTTP is refused") {
  const auto server = serve(never());
  CHECK(status_of(server, "hello\r\n\r\n") == 400);
  CHECK(status_of(server, std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11)) == 400); // the beginning of TLS
  CHECK(status_of(server, "GET / HTTP/1.1\r\nno colon here\r\n\r\n") == 400);
  CHECK(status_of(server, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n") == 400);
  CHECK(status_of(server, "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n") == 400);
  CHECK(status_of(server, "GET / HTTP/2.0\r\nHost: h\r\n\r\n") == 505);
}

TEST_CASE("a request whose length could be read in two ways is refused") {
  const auto server = serve(never());
  CHECK(status_of(server, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n") == 400);
  CHECK(status_of(server, "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n") == 400);
  CHECK(status_of(server, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello") == 400);
}

TEST_CASE("a client that begins a header and waits is cut off") {
  const auto server = serve(never(), {.header_timeout = 50ms});
  CHECK(status_of(server, "GET / HTTP/1.1\r\nHos") == 408);
  CHECK(server.counters().cut_off == 1);
}

TEST_CASE("a client that drips its header is cut off as well") {
  const auto server = serve(never(), {.header_timeout = 50ms});
  raw_client client{server.port()};
  client.send("GET / HTTP/1.1\r\n");
  // Each byte alone would be in time; the header as a whole is not.
  CHECK(eventually([&] { return !client.send("x") || server.counters().cut_off == 1; }));
}

TEST_CASE("a client that begins a body and waits is cut off") {
  const auto server = serve(never(), {.body_timeout = 50ms});
  CHECK(status_of(server, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhe") == 408);
  CHECK(status_of(server, "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n") == 408);
}

TEST_CASE("an idle connection is closed without a word") {
  const auto server = serve(echo, {.idle_timeout = 50ms});
  raw_client silent{server.port()};
  raw_client once{server.port()};
  once.send(get("/"));
  CHECK(once.response()->status == 200);
  CHECK(once.closed());
  CHECK(silent.closed());
  CHECK(server.counters().cut_off == 0);
}

TEST_CASE("a client that does not read its answer is cut off") {
  const auto server = serve([](const http_request&, const http_respond& respond) { respond({.body = std::string(50'000'000, 'x')}); },
                            {.write_timeout = 50ms});
  raw_client client{server.port(), 4'096};
  client.send(get("/"));
  CHECK(eventually([&] { return server.counters().cut_off == 1 && server.counters().open == 0; }));
}

TEST_CASE("a request that is never answered costs its client a 503 at the deadline") {
  inbox requests;
  const auto server = serve(requests.handler(), {.handler_timeout = 50ms});
  raw_client client{server.port()};
  client.send(get("/"));
  const auto forgotten = requests.next();
  CHECK(client.response()->status == 503);
  CHECK(server.counters().handler_timeouts == 1);
  client.send(get("/"));
  const auto second = requests.next();
  forgotten({.body = "too late"});
  second({.body = "in time"});
  CHECK(client.response()->body == "in time");
}

TEST_CASE("connections over the limit are told so and those within it go on") {
  const auto server = serve(echo, {.max_connections = 2});
  std::list<raw_client> within;
  for (int i = 0; i < 2; ++i) {
    within.emplace_back(server.port()).send(get("/"));
    CHECK(within.back().response()->status == 200);
  }
  CHECK(status_of(server, get("/")) == 503);
  CHECK(server.counters().refused == 1);
  for (auto& client : within) {
    client.send(get("/"));
    CHECK(client.response()->status == 200);
  }
  within.pop_back();
  CHECK(eventually([&] { return server.counters().open == 1; }));
  raw_client next{server.port()};
  next.send(get("/"));
  CHECK(next.response()->status == 200);
}

TEST_CASE("a flood of connections is bounded and passes") {
  const auto server = serve(echo, {.max_connections = 1});
  {
    std::list<raw_client> flood;
    for (int i = 0; i < 300; ++i) flood.emplace_back(server.port());
    CHECK(eventually([&] { return server.counters().accepted == 300; }));
    CHECK(server.counters().open <= 65);
  }
  CHECK(eventually([&] { return server.counters().open == 0; }));
  raw_client client{server.port()};
  client.send(get("/"));
  CHECK(client.response()->status == 200);
}

TEST_CASE("whatever bytes a client sends the server survives and serves the next one") {
  const auto server = serve(echo, {.header_timeout = 1s, .body_timeout = 1s});
  rc::prop("mutations of a request", [&] {
    std::string request = post("{\"a\":1}") + "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
    const auto edits = *rc::gen::container<std::vector<std::pair<std::size_t, char>>>(
        rc::gen::pair(rc::gen::inRange<std::size_t>(0, request.size()), rc::gen::arbitrary<char>()));
    for (const auto& [at, c] : edits) request[at] = c;
    raw_client client{server.port()};
    client.send(request);
    client.finish_sending();
    while (const auto answer = client.response())
      RC_ASSERT(answer->status == 200 || answer->status == 100 || (answer->status >= 400 && answer->status <= 505));
  });
  raw_client client{server.port()};
  client.send(get("/"));
  CHECK(client.response()->status == 200);
}
