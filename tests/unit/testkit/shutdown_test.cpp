// SPDX-License-Identifier: Apache-2.0
//
// The end of a tree in virtual time: its order and its instants are exact.
#include "support/actors/subject.hpp"

#include <alys/testkit.hpp>

#include <catch2/catch.hpp>

using namespace alys;
using namespace alys::testkit;
using alys::test::note;
using alys::test::script;
using alys::test::subject;
using namespace std::chrono_literals;

namespace {

struct stop_order final : observer {
  void lifecycle_changed(std::string_view path, const lifecycle_event& step) override {
    if (step.to == lifecycle_state::stopping && path != "/bench") stopping.emplace_back(path);
  }
  std::vector<std::string> stopping;
};

class idle final : public actor<idle> {
public:
  using messages = accepts<note>;
  void handle(const note&) {}
};

} // namespace

TEST_CASE("ten thousand actors stop in the reverse order of their start in virtual time") {
  constexpr int count = 10'000;
  const auto seen = std::make_shared<stop_order>();
  bench t({.observers = {seen}});
  for (int i = 0; i < count; ++i) t.root().child<idle>("a" + std::to_string(i));
  t.start();
  const auto report = t.shutdown();
  CHECK(report.in_time);
  REQUIRE(seen->stopping.size() == count);
  bool in_order = true;
  for (int i = 0; i < count; ++i)
    in_order = in_order && seen->stopping[static_cast<std::size_t>(i)] == "/bench/a" + std::to_string(count - 1 - i);
  CHECK(in_order);
}

TEST_CASE("a handler that outlasts the drain is named with its phase and how long it ran") {
  bench t;
  const auto its = std::make_shared<script>();
  const auto a = t.root().child<subject>("a", {}, {}, its);
  t.start();
  t.inject<note>(a, {.effect = takes{3s}});
  t.send(a, note{1});
  t.advance(1s);
  const auto report = t.shutdown({.deadline = 10s, .drain = 1s});
  CHECK(report.in_time);
  REQUIRE(report.blockers.size() == 1);
  CHECK(report.blockers[0].path == "/bench/a");
  CHECK(report.blockers[0].phase == shutdown_phase::drain);
  CHECK(report.blockers[0].handling == "alys::test::note");
  CHECK(report.blockers[0].busy_for == 2s);
  REQUIRE(report.phases.size() == 4);
  CHECK(report.phases[1].took == 1s);
  CHECK_FALSE(report.phases[1].in_time);
  CHECK(report.phases[2].in_time);
}

TEST_CASE("resources are closed in virtual time too") {
  bench t;
  const auto its = std::make_shared<script>();
  [[maybe_unused]] const auto a = t.root().child<subject>("a", {}, {}, its);
  t.start();
  std::vector<std::string> closed;
  for (const char* name : {"store", "index"}) {
    REQUIRE(t.system().close_at_end({.name = name, .close = [&closed, name]() -> result<void> {
                                       closed.emplace_back(name);
                                       return {};
                                     }}));
  }
  CHECK(t.shutdown().in_time);
  CHECK(closed == std::vector<std::string>{"index", "store"});
}
