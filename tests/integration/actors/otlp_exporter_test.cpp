// SPDX-License-Identifier: Apache-2.0
//
// The exporter of spans against collectors of every kind: those that listen, and those that are slow, silent, wrong or not there. That the
// bytes are those of the published schema is checked from outside, in tests/e2e/tracing.
#include <otlp/otlp_encoding.hpp>
#include <otlp/retry_after.hpp>
#include <support/actors/http_peer.hpp>

#include <alys/actors.hpp>
#include <alys/actors/otlp.hpp>

#include <catch2/catch.hpp>

#include <atomic>

using namespace std::chrono_literals;
using alys::test::http_peer;

namespace {

alys::span_data a_span(std::string name = "work") {
  alys::span_data s;
  s.context.trace_id[0] = 1;
  s.context.span_id[0] = 2;
  s.context.flags = 1;
  s.name = std::move(name);
  s.start = s.end = std::chrono::system_clock::now();
  return s;
}

alys::otlp_options towards(const http_peer& collector) {
  alys::otlp_options o;
  o.endpoint = "http://127.0.0.1:" + std::to_string(collector.port()) + "/v1/traces";
  o.first_retry = 1ms;
  o.last_retry = 5ms;
  o.flush_within = 0ms;
  return o;
}

void take(alys::otlp_exporter& into, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) into.take(a_span());
}

constexpr auto patience = 30s;

std::string success() { return http_peer::answer("200 OK"); }

bool adds_up(const alys::otlp_counts& c) {
  return c.taken == c.exported + c.dropped_full + c.dropped_refused + c.dropped_failed + c.dropped_at_end + c.queued;
}

} // namespace

TEST_CASE("spans go out in batches to the path of the collector") {
  const http_peer collector([](const std::string&) { return success(); });
  auto options = towards(collector);
  options.batch = 100;
  options.interval = 1h;
  options.fields = {{"api-key", "abc"}};
  alys::otlp_exporter exporter(options);
  take(exporter, 250);
  REQUIRE(exporter.flush(patience));
  const auto sent = collector.requests().lines();
  REQUIRE(sent.size() == 3);
  for (const auto& request : sent) {
    CHECK(request.starts_with("POST /v1/traces HTTP/1.1\r\n"));
    CHECK(request.find("Content-Type: application/x-protobuf\r\n") != std::string::npos);
    CHECK(request.find("api-key: abc\r\n") != std::string::npos);
  }
  const auto counts = exporter.counts();
  CHECK(counts.exported == 250);
  CHECK(counts.requests == 3);
  CHECK(counts.failures == 0);
  CHECK(adds_up(counts));
}

TEST_CASE("a full batch goes at once and a smaller one when the interval is over") {
  std::atomic<int> requests{0};
  const http_peer collector([&](const std::string&) {
    requests.fetch_add(1);
    requests.notify_all();
    return success();
  });
  auto options = towards(collector);
  options.batch = 10;
  options.interval = 20ms;
  alys::otlp_exporter exporter(options);
  take(exporter, 10);
  requests.wait(0);
  take(exporter, 1);
  requests.wait(1); // nobody flushes: this hangs if the interval does not send it
  CHECK(exporter.flush(patience));
  CHECK(exporter.counts().exported == 11);
}

TEST_CASE("a busy collector gets the same batch again") {
  for (const std::string status : {"429 Too Many Requests", "502 Bad Gateway", "503 Service Unavailable", "504 Gateway Timeout"}) {
    INFO(status);
    std::atomic<int> left{2};
    const http_peer collector([&](const std::string&) { return left.fetch_sub(1) > 0 ? http_peer::answer(status) : success(); });
    alys::otlp_exporter exporter(towards(collector));
    take(exporter, 3);
    REQUIRE(exporter.flush(patience));
    const auto counts = exporter.counts();
    CHECK(counts.exported == 3);
    CHECK(counts.requests == 3);
    CHECK(counts.failures == 2);
    const auto sent = collector.requests().lines();
    REQUIRE(sent.size() == 3);
    CHECK(sent[0] == sent[2]);
    CHECK(exporter.last_problem().empty());
  }
}

TEST_CASE("a collector says when it wants to be asked again") {
  std::atomic<int> left{1};
  const http_peer collector([&](const std::string&) {
    return left.fetch_sub(1) > 0 ? std::string{"HTTP/1.1 503 Busy\r\nRetry-After: 0\r\nContent-Length: 0\r\n\r\n"} : success();
  });
  auto options = towards(collector);
  options.first_retry = options.last_retry = 1h; // what would be waited otherwise
  alys::otlp_exporter exporter(options);
  take(exporter, 3);
  REQUIRE(exporter.flush(patience));
  CHECK(exporter.counts().exported == 3);
}

TEST_CASE("a collector that refuses a batch does not get it again") {
  for (const std::string status :
       {"400 Bad Request", "401 Unauthorized", "404 Not Found", "413 Too Large", "500 Internal Server Error", "301 Moved"}) {
    INFO(status);
    const http_peer collector([&](const std::string&) { return http_peer::answer(status, "no"); });
    alys::otlp_exporter exporter(towards(collector));
    take(exporter, 3);
    REQUIRE(exporter.flush(patience));
    const auto counts = exporter.counts();
    CHECK(counts.dropped_refused == 3);
    CHECK(counts.requests == 1);
    CHECK(counts.failures == 1);
    CHECK(exporter.last_problem() == "HTTP status " + status.substr(0, 3));
    CHECK(adds_up(counts));
  }
}

TEST_CASE("a collector that stays busy loses the batch after the last attempt") {
  const http_peer collector([](const std::string&) { return http_peer::answer("503 Service Unavailable"); });
  auto options = towards(collector);
  options.attempts = 4;
  alys::otlp_exporter exporter(options);
  take(exporter, 3);
  REQUIRE(exporter.flush(patience));
  CHECK(exporter.counts().dropped_failed == 3);
  CHECK(exporter.counts().requests == 4);
}

TEST_CASE("a collector that talks nonsense costs its batch and nothing else") {
  for (const std::string nonsense : {"I am a teapot", "HTTP/1.1 banana\r\n\r\n", "\r\n\r\n\r\n", "HTTP/9.9 200 OK\r\n\r\n", ""}) {
    INFO(nonsense);
    std::atomic<bool> sober{false};
    const http_peer collector([&](const std::string&) { return sober ? success() : nonsense; });
    auto options = towards(collector);
    options.attempts = 2;
    alys::otlp_exporter exporter(options);
    take(exporter, 3);
    REQUIRE(exporter.flush(patience));
    CHECK(exporter.counts().dropped_failed == 3);
    CHECK_FALSE(exporter.last_problem().empty());
    sober = true;
    take(exporter, 2);
    REQUIRE(exporter.flush(patience));
    CHECK(exporter.counts().exported == 2);
    CHECK(adds_up(exporter.counts()));
  }
}

TEST_CASE("an answer of success whose body cannot be read is a success") {
  const http_peer collector([](const std::string&) { return http_peer::answer("200 OK", "\xff\xff\xff"); });
  alys::otlp_exporter exporter(towards(collector));
  take(exporter, 3);
  REQUIRE(exporter.flush(patience));
  CHECK(exporter.counts().exported == 3);
}

TEST_CASE("spans that a collector rejects from a batch are counted") {
  // partial_success { rejected_spans: 2 }
  const http_peer collector([](const std::string&) { return http_peer::answer("200 OK", std::string("\x0a\x02\x08\x02", 4)); });
  alys::otlp_exporter exporter(towards(collector));
  take(exporter, 3);
  REQUIRE(exporter.flush(patience));
  CHECK(exporter.counts().exported == 1);
  CHECK(exporter.counts().dropped_refused == 2);
  CHECK(exporter.counts().requests == 1);
}

TEST_CASE("a collector that hangs fills the queue and holds nobody up") {
  std::atomic<int> requests{0};
  const http_peer collector([&](const std::string&) -> std::optional<std::string> {
    requests.fetch_add(1);
    requests.notify_all();
    return std::nullopt;
  });
  auto options = towards(collector);
  options.queue = 100;
  options.batch = 10;
  options.timeout = 1h;
  alys::otlp_exporter exporter(options);
  take(exporter, 10);
  requests.wait(0);
  take(exporter, 10'000); // comes back, or the test does not
  const auto counts = exporter.counts();
  CHECK(counts.queued == 100); // with the batch that is under way
  CHECK(counts.dropped_full == 10'010 - 100);
  CHECK_FALSE(exporter.flush(1ms));
  CHECK(adds_up(exporter.counts()));
} // and its end does not wait for the hour

TEST_CASE("a collector that hangs costs its request's time and then the next attempt") {
  std::atomic<int> hanging{1};
  const http_peer collector([&](const std::string&) -> std::optional<std::string> {
    if (hanging.fetch_sub(1) > 0) return std::nullopt;
    return success();
  });
  auto options = towards(collector);
  options.timeout = 50ms;
  alys::otlp_exporter exporter(options);
  take(exporter, 3);
  REQUIRE(exporter.flush(patience));
  CHECK(exporter.counts().exported == 3);
  CHECK(exporter.counts().failures == 1);
}

TEST_CASE("nobody there is an attempt that failed") {
  alys::otlp_options options{.endpoint = "http://127.0.0.1:1", .attempts = 2, .first_retry = 1ms, .last_retry = 2ms};
  alys::otlp_exporter exporter(options);
  take(exporter, 3);
  REQUIRE(exporter.flush(patience));
  CHECK(exporter.counts().dropped_failed == 3);
  CHECK(exporter.counts().failures == 2);
  CHECK(exporter.last_problem().find("connection_refused") != std::string::npos);
}

TEST_CASE("the end sends what waits") {
  const http_peer collector([](const std::string&) { return success(); });
  {
    auto options = towards(collector);
    options.interval = 1h;
    options.flush_within = patience;
    alys::otlp_exporter exporter(options);
    take(exporter, 3);
  }
  CHECK(collector.requests().lines().size() == 1);
}

TEST_CASE("an exporter that nothing was given to asks nobody") {
  const http_peer collector([](const std::string&) { return success(); });
  {
    alys::otlp_exporter exporter(towards(collector));
    CHECK(exporter.flush(patience));
  }
  CHECK(collector.requests().lines().empty());
}

TEST_CASE("options that are none are refused with what is allowed") {
  const auto problem_of = [](auto change) {
    alys::otlp_options options;
    change(options);
    try {
      alys::otlp_exporter exporter(options);
    } catch (const std::invalid_argument& e) {
      return std::string{e.what()};
    }
    return std::string{};
  };
  using alys::otlp_options;
  CHECK(problem_of([](otlp_options&) {}).empty());
  CHECK_THAT(problem_of([](otlp_options& o) { o.endpoint = "https://collector"; }),
             Catch::Contains("endpoint: \"https://collector\": expected http://"));
  CHECK_THAT(problem_of([](otlp_options& o) { o.service_name = ""; }), Catch::Contains("service_name: must not be empty"));
  CHECK_THAT(problem_of([](otlp_options& o) { o.queue = 0; }), Catch::Contains("queue: must be from 1 to 1000000"));
  CHECK_THAT(problem_of([](otlp_options& o) { o.batch = o.queue + 1; }), Catch::Contains("batch: must be from 1 to the size of the queue"));
  CHECK_THAT(problem_of([](otlp_options& o) { o.interval = 0ms; }), Catch::Contains("interval: must be from 1ms to 1h"));
  CHECK_THAT(problem_of([](otlp_options& o) { o.timeout = 2h; }), Catch::Contains("timeout: must be from 1ms to 1h"));
  CHECK_THAT(problem_of([](otlp_options& o) { o.attempts = 0; }), Catch::Contains("attempts: must be from 1 to 100"));
  CHECK_THAT(problem_of([](otlp_options& o) { o.first_retry = 1h; }), Catch::Contains("first_retry: must be from 1ms to last_retry"));
  CHECK_THAT(problem_of([](otlp_options& o) { o.flush_within = -1ms; }), Catch::Contains("flush_within: must be from 0ms to 1h"));
  CHECK_THAT(problem_of([](otlp_options& o) { o.fields = {{"a b", "c"}}; }), Catch::Contains("fields: \"a b\" is no header field"));
  CHECK_THAT(problem_of([](otlp_options& o) { o.fields = {{"a", "c\r\nd: e"}}; }), Catch::Contains("fields: \"a\" is no header field"));
}

TEST_CASE("a system traces into an exporter") {
  const http_peer collector([](const std::string&) { return success(); });
  const auto exporter = std::make_shared<alys::otlp_exporter>(towards(collector));
  {
    auto system = alys::system::start(alys::supervisor_spec{"shop"}, {.tracing = {.sink = exporter}});
    system.tracer().start("from outside").end();
  }
  REQUIRE(exporter->flush(patience));
  CHECK(exporter->counts().exported == 1);
  REQUIRE(collector.requests().lines().size() == 1);
  CHECK(collector.requests().lines()[0].find("from outside") != std::string::npos);
}

TEST_CASE("Retry-After is a number of seconds or a date") {
  using alys::detail::parse_retry_after;
  const auto now = std::chrono::system_clock::from_time_t(1'445'412'420); // Wed, 21 Oct 2015 07:27:00 GMT
  CHECK(parse_retry_after("120", now) == 120s);
  CHECK(parse_retry_after("0", now) == 0s);
  CHECK(parse_retry_after("Wed, 21 Oct 2015 07:28:00 GMT", now) == 60s);
  CHECK(parse_retry_after("Fri, 31 Dec 1999 23:59:59 GMT", now) == 0s);
  CHECK(parse_retry_after("Wed, 20 Oct 4030 07:28:00 GMT", now) == alys::detail::longest_retry_after);
  for (const char* none : {"", "soon", "-1", "1.5", "120 s", "99999999999", "Wed, 21 Oct 2015 07:28:00"}) {
    INFO(none);
    CHECK_FALSE(parse_retry_after(none, now));
  }
}

TEST_CASE("text that is no UTF-8 is mended byte by byte") {
  using alys::detail::as_utf8;
  const std::string mark = "\xef\xbf\xbd";
  for (const std::string good : {"", "plain", "\xc3\xa4", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xed\x9f\xbf", "\xf4\x8f\xbf\xbf"})
    CHECK(as_utf8(good) == good);
  CHECK(as_utf8("a\xff"
                "b") == "a" + mark + "b");
  CHECK(as_utf8("\xc0\xaf") == mark + mark);            // overlong
  CHECK(as_utf8("\xed\xa0\x80") == mark + mark + mark); // a surrogate
  CHECK(as_utf8("\xf4\x90\x80\x80").size() == 4 * 3);   // beyond Unicode
  CHECK(as_utf8("\xe2\x82") == mark + mark);            // cut off
}
