// SPDX-License-Identifier: Apache-2.0
//
// Alerts over HTTP: to a peer that takes them, refuses them, and hangs.
#include "support/actors/http_peer.hpp"
#include "support/actors/tree.hpp"

#include <alys/actors/webhook.hpp>

using namespace alys;
using namespace alys::test;
using namespace std::chrono_literals;

namespace {

std::shared_ptr<alert_sink> hook_to(const http_peer& peer, std::chrono::milliseconds deadline = patience, std::uint32_t attempts = 3) {
  return make_webhook({.url = "http://127.0.0.1:" + std::to_string(peer.port()) + "/alerts",
                       .deadline = deadline,
                       .attempts = attempts,
                       .pause = 0ms})
      .value();
}

const alert example{"queue", "/root/a", alert_level::critical, true, 0.97, 0.95, "", 1500ms};

} // namespace

TEST_CASE("an alert is posted as JSON") {
  http_peer peer([](const std::string&) { return http_peer::answer("204 No Content"); });
  CHECK(hook_to(peer)->deliver(example));
  REQUIRE(peer.requests().wait_for_size(1));
  const std::string request = peer.requests().lines().front();
  CHECK_THAT(request, Catch::StartsWith("POST /alerts HTTP/1.1\r\n") && Catch::EndsWith("\r\n\r\n" + to_json(example)));
}

TEST_CASE("a webhook that refuses is tried again and then it is a failure") {
  http_peer refuses([](const std::string&) { return http_peer::answer("500 No"); });
  CHECK(hook_to(refuses)->deliver(example).error() == fault::invalid_reply);
  CHECK(refuses.requests().wait_for_size(3));
  http_peer comes_round([n = 0](const std::string&) mutable { return http_peer::answer(++n < 3 ? "503 Wait" : "200 OK"); });
  CHECK(hook_to(comes_round)->deliver(example));
}

TEST_CASE("a webhook that hangs costs its deadline and the tree nothing") {
  http_peer hangs([](const std::string&) { return std::nullopt; });
  CHECK(hook_to(hangs, 20ms, 1)->deliver(example).error() == fault::operation_timeout);
  tree t;
  const auto a = t.add("a");
  t.of("a").health = [](subject&) { return health_report{health_state::degraded, "slow"}; };
  auto system = t.start({.health_period = 1ms,
                         .watchdog = {.period = 1ms},
                         .alerts = {.rules = {alert_on_health()}, .sinks = {hook_to(hangs, 20ms, 1)}, .period = 1ms}});
  REQUIRE(eventually([&] { return system.alert_deliveries().failed >= 1; }));
  CHECK(system.ask(a, answering(1), patience) == 1);
  CHECK(system.shutdown(patience).in_time);
}

TEST_CASE("a webhook that cannot be is refused with every reason") {
  const auto refused = make_webhook({.url = "https://example.org", .deadline = 0ms, .attempts = 0, .pause = -1ms});
  REQUIRE_FALSE(refused);
  CHECK_THAT(refused.error().text(), Catch::Contains("url: \"https://example.org\": expected http://ADDRESS:PORT") &&
                                         Catch::Contains("deadline: must be more than 0") &&
                                         Catch::Contains("attempts: must be at least 1") && Catch::Contains("pause: must not be negative"));
}
