// SPDX-License-Identifier: Apache-2.0
//
// The HTTP server with clients that keep to the rules, as the bytes on the wire show it.
#include "http_fixture.hpp"

#include <catch2/catch.hpp>

#include <stdexcept>

using namespace alys::domain;
using namespace alys::test;

TEST_CASE("a request is answered and the connection stays open for the next") {
  const auto server = serve(echo);
  raw_client client{server.port()};
  client.send(get("/one"));
  const auto first = client.response();
  REQUIRE(first);
  CHECK(first->status == 200);
  CHECK(first->body == "GET /one ");
  CHECK(first->fields.at("content-type") == "text/plain; charset=utf-8");
  CHECK(first->fields.at("date").ends_with(" GMT"));
  CHECK_FALSE(first->fields.contains("connection"));
  client.send(post("hello"));
  CHECK(client.response()->body == "POST / hello");
  CHECK(server.counters().requests == 2);
  CHECK(server.counters().accepted == 1);
  CHECK(server.counters().open == 1);
}

TEST_CASE("the handler gets what routing needs") {
  http_request seen;
  const auto server = serve([&seen](http_request request, const http_respond& respond) {
    seen = std::move(request);
    respond({.status = 204});
  });
  raw_client client{server.port()};
  client.send("POST /a?b=c HTTP/1.1\r\nhOsT: example.org:1\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}");
  const auto answer = client.response();
  REQUIRE(answer);
  CHECK(answer->status == 204);
  CHECK_FALSE(answer->fields.contains("content-length"));
  CHECK(seen.method == "POST");
  CHECK(seen.target == "/a?b=c");
  CHECK(seen.host == "example.org:1");
  CHECK(seen.content_type == "application/json");
  CHECK(seen.body == "{}");
}

TEST_CASE("a chunked body arrives in one piece") {
  const auto server = serve(echo);
  raw_client client{server.port()};
  client.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
  client.send("2;extension=1\r\nde\r\n0\r\nTrailer: x\r\n\r\n");
  CHECK(client.response()->body == "POST / abcde");
}

TEST_CASE("pipelined requests are answered one by one and in order") {
  const auto server = serve(echo);
  raw_client client{server.port()};
  std::string all;
  for (int i = 0; i < 200; ++i) all += post(std::to_string(i));
  client.send(all);
  for (int i = 0; i < 200; ++i) CHECK(client.response()->body == "POST / " + std::to_string(i));
}

TEST_CASE("an answer may come from another thread and after the handler returned") {
  inbox requests;
  const auto server = serve(requests.handler());
  raw_client client{server.port()};
  client.send(get("/"));
  std::thread{[respond = requests.next()] { respond({.body = "late"}); }}.join();
  CHECK(client.response()->body == "late");
}

TEST_CASE("only the first answer to a request counts") {
  inbox requests;
  const auto server = serve(requests.handler());
  raw_client client{server.port()};
  client.send(get("/"));
  const auto respond = requests.next();
  respond({.body = "first"});
  respond({.body = "second"});
  CHECK(client.response()->body == "first");
  client.send(get("/"));
  const auto next = requests.next();
  respond({.body = "third"});
  next({.body = "fourth"});
  CHECK(client.response()->body == "fourth");
}

TEST_CASE("HEAD is answered with the length of the body and without it") {
  const auto server = serve(echo);
  raw_client client{server.port()};
  client.send("HEAD /x HTTP/1.1\r\nHost: h\r\n\r\n");
  const auto answer = client.response(false);
  REQUIRE(answer);
  CHECK(answer->fields.at("content-length") == "8");
  client.send(get("/y"));
  CHECK(client.response()->body == "GET /y ");
}

TEST_CASE("a client that asks first is told to go on") {
  const auto server = serve(echo);
  raw_client client{server.port()};
  client.send("POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  CHECK(client.response()->status == 100);
  client.send("ok");
  CHECK(client.response()->body == "POST / ok");
}

TEST_CASE("an expectation that nobody knows is refused") {
  const auto server = serve(echo);
  raw_client client{server.port()};
  client.send("POST / HTTP/1.1\r\nHost: h\r\nExpect: tea\r\nContent-Length: 2\r\n\r\n");
  CHECK(client.response()->status == 417);
}

TEST_CASE("the connection closes after the answer when the client asks for it") {
  const auto server = serve(echo);
  const std::string request = GENERATE("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", "GET / HTTP/1.0\r\n\r\n");
  raw_client client{server.port()};
  client.send(request);
  CHECK(client.response()->status == 200);
  CHECK(client.closed());
}

TEST_CASE("a client that finished sending still gets its answer") {
  const auto server = serve(echo);
  raw_client client{server.port()};
  client.send(get("/"));
  client.finish_sending();
  CHECK(client.response()->body == "GET / ");
  CHECK(client.closed());
}

TEST_CASE("a handler that throws or forgets costs its request a 500") {
  const auto server = serve([](const http_request& request, const http_respond&) {
    if (request.target == "/throw") throw std::runtime_error("no luck");
    if (request.target == "/odd") throw 7;
  });
  raw_client client{server.port()};
  client.send(get("/throw") + get("/odd") + get("/forget"));
  const auto thrown = client.response();
  CHECK(thrown->status == 500);
  CHECK(thrown->body == "internal error: no luck\n");
  CHECK(client.response()->body == "internal error\n");
  CHECK(client.response()->body == "the request was dropped without an answer\n");
}

TEST_CASE("a client that vanishes while its request is handled disturbs nobody") {
  inbox requests;
  const auto server = serve(requests.handler());
  raw_client gone{server.port()};
  gone.send(get("/"));
  const auto respond = requests.next();
  gone.reset();
  respond({.body = std::string(1'000'000, 'x')});
  raw_client client{server.port()};
  client.send(get("/"));
  requests.next()({.body = "here"});
  CHECK(client.response()->body == "here");
}

TEST_CASE("a port that is taken is refused at once with address and port") {
  const auto server = serve(echo);
  const auto second = http_server::start({.port = server.port()}, echo);
  REQUIRE(second == http_error::address_in_use);
  CHECK(second.error().category() == alys::category::resource);
  CHECK(second.error().text() == "cannot listen on 127.0.0.1:" + std::to_string(server.port()) + ": Address already in use");
}

TEST_CASE("a configuration that cannot work is refused with the reason") {
  CHECK(http_server::start({.address = "localhost"}, echo).error().text() == "'localhost' is no numeric IP address");
  CHECK(http_server::start({.address = "203.0.113.1", .port = 0}, echo) == http_error::cannot_listen);
  CHECK(http_server::start({.port = 0, .max_connections = 0}, echo) == http_error::bad_config);
  CHECK(http_server::start({.port = 0, .max_header_bytes = 0}, echo) == http_error::bad_config);
  CHECK(http_server::start({.port = 0, .max_body_bytes = 0}, echo) == http_error::bad_config);
  CHECK(http_server::start({.port = 0, .idle_timeout = std::chrono::milliseconds{0}}, echo) == http_error::bad_config);
  CHECK(http_server::start({.port = 0, .write_timeout = std::chrono::milliseconds{-1}}, echo).error().category() ==
        alys::category::configuration);
}
