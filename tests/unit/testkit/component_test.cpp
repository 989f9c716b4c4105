// SPDX-License-Identifier: Apache-2.0
//
// Components in virtual time: their functions run in the slot's turn, since nothing may run beside it.
#include <alys/actors/chaos.hpp>
#include <alys/actors/component.hpp>
#include <alys/testkit.hpp>

#include <catch2/catch.hpp>

using namespace alys;
using namespace std::chrono_literals;

namespace {

// A component that counts what is called.
struct counted {
  int starts = 0;
  int stops = 0;
  int questions = 0;
  health_state is = health_state::healthy;
  [[nodiscard]] component functions() {
    return {.start = [this]() -> result<void> { return ++starts, result<void>{}; },
            .stop = [this]() -> result<void> { return ++stops, result<void>{}; },
            .health =
                [this] {
                  return ++questions, health_report{is, {}};
                }};
  }
};

} // namespace

TEST_CASE("a component in virtual time restarts when its backoff says so") {
  counted part;
  supervisor_spec root{"root"};
  supervise(root, "part", part.functions(), {.restart = backoff{.initial = 1s, .jitter = jitter::none}});
  testkit::bench t{root};
  t.start();
  REQUIRE(t.system().inject_fault("/root/part"));
  t.advance(999ms);
  CHECK(part.starts == 1);
  CHECK(part.stops == 1);
  t.advance(1ms);
  CHECK(part.starts == 2);
}

TEST_CASE("a component in virtual time is asked for its health once a period") {
  counted part;
  supervisor_spec root{"root"};
  supervise(root, "part", part.functions());
  testkit::bench t{root, {.health_period = 10s}};
  t.start();
  t.advance(35s);
  CHECK(part.questions == 3);
}

TEST_CASE("a component that is unhealthy three times in a row has failed") {
  counted part;
  part.is = health_state::unhealthy;
  supervisor_spec root{"root"};
  supervise(root, "part", part.functions());
  testkit::bench t{root, {.health_period = 10s}};
  t.start();
  t.advance(29s);
  CHECK(part.starts == 1);
  t.advance(1s);
  CHECK(part.starts == 2);
  REQUIRE_FALSE(t.system().tree().children.empty());
  CHECK(t.system().tree().children[0].failures.at(0).what == errc::unhealthy);
}

TEST_CASE("chaos leaves components alone and refuses a rule that names nothing else") {
  counted part;
  supervisor_spec root{"root"};
  supervise(root, "part", part.functions());
  CHECK_THROWS_AS((chaos{{.rules = {{.paths = "/root/part", .throws = 1}}}}.join(root)), std::invalid_argument);
  testkit::bench t{root};
  t.start();
  CHECK(part.starts == 1);
}
