// SPDX-License-Identifier: Apache-2.0
//
// Series that only some slots have.
#include "support/actors/flaky.hpp"

#include <alys/actors/prometheus.hpp>
#include <alys/testkit.hpp>

#include <catch2/catch.hpp>

using namespace alys;
using namespace alys::test;
using namespace std::chrono_literals;

TEST_CASE("a breaker's state and openings are metrics of the slots that have one") {
  testkit::bench t;
  const auto guarded = t.child<flaky>({}, {.breaker = breaker{.failures = 1, .open_for = 10s}});
  const auto plain = t.child<flaky>();
  t.start();
  const auto has = [&](const std::string& line) { return prometheus_text(t.system()).find(line + '\n') != std::string::npos; };
  CHECK(has(R"(alys_actor_breaker_state{path="/bench/flaky"} 0)"));
  CHECK(t.ask(guarded, crash{}).error().failed());
  t.run_until_idle();
  CHECK(has(R"(alys_actor_breaker_state{path="/bench/flaky"} 1)"));
  CHECK(has(R"(alys_actor_breaker_openings_total{path="/bench/flaky"} 1)"));
  t.advance(10s);
  CHECK(has(R"(alys_actor_breaker_state{path="/bench/flaky"} 0.5)"));
  CHECK(t.ask(guarded, ping{}) == 2u);
  CHECK(has(R"(alys_actor_breaker_state{path="/bench/flaky"} 0)"));
  CHECK(prometheus_text(t.system()).find(R"(alys_actor_breaker_state{path="/bench/flaky-2"})") == std::string::npos);
  CHECK(t.ask(plain, ping{}) == 1u);
}

TEST_CASE("a tree without breakers has no metrics of breakers") {
  testkit::bench t;
  (void)t.child<flaky>();
  t.start();
  CHECK(prometheus_text(t.system()).find("alys_actor_breaker") == std::string::npos);
}

TEST_CASE("the uptime is that of this life and there is none of a slot that does not run") {
  testkit::bench t;
  const auto who = t.child<flaky>({}, {.restart = backoff{.initial = 2s, .jitter = jitter::none}});
  t.start();
  const auto uptime = [&]() -> std::string {
    const std::string name = R"(alys_actor_uptime_seconds{path="/bench/flaky"} )";
    const std::string text = prometheus_text(t.system());
    const auto at = text.find(name);
    return at == std::string::npos ? "none" : text.substr(at + name.size(), text.find('\n', at) - at - name.size());
  };
  t.advance(10s);
  CHECK(uptime() == "10");
  CHECK(t.ask(who, crash{}).error().failed());
  CHECK(uptime() == "none");
  t.advance(2s);
  t.advance(3s);
  CHECK(uptime() == "3");
}

TEST_CASE("failures that a supervisor could not heal are counted with it") {
  testkit::bench t{testkit::bench_options{.how = one_for_one{.restarts = 10}}};
  auto& below = t.root().supervisor("below", one_for_one{.restarts = 0});
  const auto who = below.child<flaky>("flaky");
  t.start();
  const auto has = [&](const std::string& line) { return prometheus_text(t.system()).find(line + '\n') != std::string::npos; };
  CHECK(has(R"(alys_supervisor_escalations_total{path="/bench/below"} 0)"));
  CHECK(t.ask(who, crash{}).error().failed());
  t.run_until_idle();
  CHECK(has(R"(alys_supervisor_escalations_total{path="/bench/below"} 1)"));
  CHECK(prometheus_text(t.system()).find(R"(alys_supervisor_escalations_total{path="/bench/below/flaky"})") == std::string::npos);
}
