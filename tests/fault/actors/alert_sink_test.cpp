// SPDX-License-Identifier: Apache-2.0
//
// Sinks of alerts that hang, fail and throw: they harm nothing, and are counted.
#include "support/actors/tree.hpp"

using namespace alys;
using namespace alys::test;
using namespace std::chrono_literals;

namespace {

// Hangs in its first delivery until the gate opens.
struct hanging_sink final : alert_sink {
  [[nodiscard]] result<void> deliver(const alert&) override {
    inside->open();
    open->pass();
    return {};
  }
  std::shared_ptr<gate> inside = std::make_shared<gate>();
  std::shared_ptr<gate> open = std::make_shared<gate>();
};

struct written_sink final : alert_sink {
  [[nodiscard]] result<void> deliver(const alert& what) override {
    seen.write((what.raised ? "raised " : "cleared ") + what.path);
    if (throws) throw std::runtime_error("no route");
    return {};
  }
  journal seen;
  bool throws = false;
};

// Trouble that comes and goes with every look.
alert_rule blinking() {
  return {.name = "blink",
          .measure = [n = std::make_shared<int>(0)](const tree_node&) { return ++*n % 2; },
          .limits = {.warning = 1},
          .under = "/root/a"};
}

} // namespace

TEST_CASE("a sink that hangs harms neither the tree nor other sinks and what it has no room for is counted") {
  tree t;
  const auto a = t.add("a");
  const auto stuck = std::make_shared<hanging_sink>();
  const auto well = std::make_shared<written_sink>();
  {
    auto system =
        t.start({.watchdog = {.period = 1ms}, .alerts = {.rules = {blinking()}, .sinks = {stuck, well}, .period = 1ms, .queue = 2}});
    REQUIRE(stuck->inside->wait());
    REQUIRE(well->seen.wait_for("raised /root/a", 5));
    REQUIRE(eventually([&] { return system.alert_deliveries().dropped > 0; }));
    CHECK(system.ask(a, answering(1), patience) == 1);
    CHECK(system.shutdown(patience).in_time);
  } // and it does not hold up the end
  stuck->open->open();
}

TEST_CASE("a sink that throws is counted and asked again") {
  tree t;
  t.add("a");
  const auto bad = std::make_shared<written_sink>();
  bad->throws = true;
  auto system = t.start({.watchdog = {.period = 1ms}, .alerts = {.rules = {blinking()}, .sinks = {bad}, .period = 1ms}});
  REQUIRE(bad->seen.wait_for("cleared /root/a", 2));
  REQUIRE(eventually([&] { return system.alert_deliveries().failed >= 4; }));
}

TEST_CASE("a pool without a free thread raises an alert that clears when one is free") {
  tree t;
  const auto a = t.add("a");
  const auto sink = std::make_shared<written_sink>();
  const auto inside = std::make_shared<gate>();
  const auto open = std::make_shared<gate>();
  auto system = t.start({.threads = 1, .watchdog = {.period = 5ms}, .alerts = {.sinks = {sink}, .period = 5ms}});
  send(a, perform{[=](subject&) {
         inside->open();
         open->pass();
       }});
  REQUIRE(inside->wait());
  REQUIRE(sink->seen.wait_for("raised /root"));
  open->open();
  REQUIRE(sink->seen.wait_for("cleared /root"));
}
