// SPDX-License-Identifier: Apache-2.0
//
// The HTTP client against peers that answer, refuse, talk nonsense, close and hang.
#include "support/actors/http_peer.hpp"

#include <alys/actors.hpp>
#include <alys/actors/fault.hpp>
#include <alys/actors/http_client.hpp>

#include <catch2/catch.hpp>

using namespace alys;
using namespace alys::test;
using namespace std::chrono_literals;

namespace {

result<http_reply> post_to(const http_peer& peer, std::string body, std::chrono::milliseconds deadline = patience) {
  return http_post({"127.0.0.1", peer.port(), "/hook?a=1"}, std::move(body), {.deadline = deadline, .fields = {{"X-Token", "t"}}});
}

} // namespace

TEST_CASE("a URL has a host and perhaps a port and a target") {
  const auto parsed = [](std::string_view text) { return to_string(parse_http_url(text).value_or(http_url{"refused", 1, "/"})); };
  CHECK(parsed("http://127.0.0.1:3000") == "http://127.0.0.1:3000/");
  CHECK(parsed("http://collector.example/v1/traces") == "http://collector.example:80/v1/traces");
  CHECK(parsed("http://[::1]:4318/x?y") == "http://[::1]:4318/x?y");
  for (const char* bad : {"", "http://", "https://a", "http://:80", "http://a:0", "http://a:65536", "http://a:8o", "http://a b",
                          "http://u@a", "http://::1", "http://a/ b", "http://a/\r\nX: y", "nowhere"}) {
    CAPTURE(bad);
    CHECK(parse_http_url(bad) == errc::out_of_range);
  }
}

TEST_CASE("a post carries its body and its fields and brings the answer back whatever its status") {
  http_peer peer([](const std::string& request) {
    return request.find("wrong") == std::string::npos ? http_peer::answer("202 Accepted", "taken") : http_peer::answer("500 No", "bad");
  });
  const auto taken = post_to(peer, "{\"n\":1}");
  REQUIRE(taken);
  CHECK(taken->ok());
  CHECK(taken->body == "taken");
  const auto refused = post_to(peer, "wrong");
  REQUIRE(refused);
  CHECK_FALSE(refused->ok());
  CHECK(refused->status == 500);
  REQUIRE(peer.requests().wait_for_size(2));
  const std::string first = peer.requests().lines().front();
  CHECK_THAT(first, Catch::StartsWith("POST /hook?a=1 HTTP/1.1\r\n"));
  CHECK_THAT(first, Catch::Contains("\r\nX-Token: t\r\n") && Catch::Contains("application/json") && Catch::EndsWith("{\"n\":1}"));
}

TEST_CASE("a host may be a name") {
  http_peer peer([](const std::string&) { return http_peer::answer("200 OK"); });
  CHECK(http_post({"localhost", peer.port()}, "").has_value());
}

TEST_CASE("a peer that never answers costs the deadline and no more") {
  http_peer peer([](const std::string&) { return std::nullopt; });
  CHECK(post_to(peer, "x", 50ms) == fault::operation_timeout);
}

TEST_CASE("a peer that closes talks nonsense or says too much is an error") {
  http_peer closes([](const std::string&) { return std::string{}; });
  CHECK(post_to(closes, "x") == fault::connection_lost);
  http_peer babbles([](const std::string&) { return std::string{"what do you want\r\n\r\n"}; });
  CHECK(post_to(babbles, "x") == fault::invalid_reply);
  http_peer floods([](const std::string&) { return http_peer::answer("200 OK", std::string(2'000, 'x')); });
  const auto cut = http_post({"127.0.0.1", floods.port()}, "x", {.most_reply_bytes = 1'000});
  REQUIRE_FALSE(cut);
  CHECK(cut.error().message() == "fault::invalid_reply: body limit exceeded");
}

TEST_CASE("nobody there is an error at once") { CHECK(http_post({"127.0.0.1", 1}, "x") == fault::connection_refused); }

TEST_CASE("an answer's fields are there under any case and a request can be told to stop") {
  http_peer peer([](const std::string& request) -> std::optional<std::string> {
    if (request.find("wait") != std::string::npos) return std::nullopt;
    return "HTTP/1.1 503 Busy\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n";
  });
  const auto busy = post_to(peer, "x");
  REQUIRE(busy);
  CHECK(busy->field("retry-after") == "7");
  CHECK(busy->field("location").empty());
  std::stop_source stop;
  std::thread later([&] {
    (void)peer.requests().wait_for_size(2);
    stop.request_stop();
  });
  const auto stopped = http_post({"127.0.0.1", peer.port()}, "wait", {.deadline = 1h, .stop = stop.get_token()});
  later.join();
  CHECK(stopped == fault::operation_timeout);
}

TEST_CASE("a request belongs to the trace that its thread is in") {
  class nowhere final : public span_sink {
  public:
    void take(span_data&&) override {}
  };
  http_peer peer([](const std::string&) { return http_peer::answer("200 OK"); });
  auto system = alys::system::start(supervisor_spec{"root"}, {.tracing = {.sink = std::make_shared<nowhere>()}});
  const auto span = system.tracer().start(
      "out", {.kind = span_kind::client, .parent = remote_trace{"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "rojo=1"}});
  REQUIRE(post_to(peer, "outside"));
  {
    const trace_scope inside{span};
    REQUIRE(post_to(peer, "inside"));
  }
  const auto sent = peer.requests().lines();
  REQUIRE(sent.size() == 2);
  CHECK(sent[0].find("traceparent") == std::string::npos);
  CHECK_THAT(sent[1], Catch::Contains("\r\ntraceparent: " + to_traceparent(span.context()) + "\r\n"));
  CHECK_THAT(sent[1], Catch::Contains("\r\ntracestate: rojo=1\r\n"));
}
