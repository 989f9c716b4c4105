// SPDX-License-Identifier: Apache-2.0
//
// Resources that are closed in the last phase: in reverse order, by a deadline, and not beneath those who may still use them.
#include "support/actors/tree.hpp"

using namespace alys;
using namespace alys::test;
using namespace std::chrono_literals;

namespace {

struct phases final : observer {
  void shutdown_entered(shutdown_phase phase) override { entered.write(std::string{to_string(phase)}); }
  journal entered;
};

resource writing(const std::shared_ptr<journal>& log, const std::string& name) {
  return {.name = name, .close = [log, name]() -> result<void> {
            log->write("close " + name);
            return {};
          }};
}

struct stop_order final : observer {
  void lifecycle_changed(std::string_view path, const lifecycle_event& step) override {
    if (step.to == lifecycle_state::stopping && path != "/root") stopping.write(std::string{path});
  }
  journal stopping;
};

class idle final : public actor<idle> {
public:
  using messages = accepts<note>;
  void handle(const note&) {}
};

// Opens when the test ends, however it ends.
struct prison {
  ~prison() { open->open(); }
  std::shared_ptr<gate> inside = std::make_shared<gate>();
  std::shared_ptr<gate> open = std::make_shared<gate>();
};

} // namespace

TEST_CASE("resources are closed after the last actor has gone and the last registered first") {
  tree t;
  t.add("a");
  const auto log = std::make_shared<journal>();
  t.of("a").stopped = [log](subject&) -> result<void> {
    log->write("a has stopped");
    return {};
  };
  const auto seen = std::make_shared<phases>();
  auto system = t.start({.observers = {seen}});
  REQUIRE(system.close_at_end(writing(log, "store")));
  REQUIRE(system.close_at_end(writing(log, "index")));
  CHECK_FALSE(system.progress().phase.has_value());
  CHECK(system.progress().slots_left == 2);
  const auto report = system.shutdown(patience);
  CHECK(report.in_time);
  CHECK(log->lines() == lines{"a has stopped", "close index", "close store"});
  CHECK(seen->entered.lines() == lines{"stop accepting", "drain", "stop children", "close resources"});
  REQUIRE(report.phases.size() == 4);
  for (const auto& p : report.phases) CHECK(p.in_time);
  REQUIRE(report.resources.size() == 2);
  CHECK(report.resources[0].name == "index");
  CHECK(report.resources[1].closed);
  CHECK(system.progress().slots_left == 0);
  CHECK(system.close_at_end(writing(log, "late")) == errc::stopped);
}

TEST_CASE("a resource that hangs is a blocker and the others are closed") {
  const prison p;
  tree t;
  t.add("a");
  const auto log = std::make_shared<journal>();
  auto system = t.start();
  REQUIRE(system.close_at_end(writing(log, "store")));
  REQUIRE(system.close_at_end({.name = "stuck",
                               .close = [inside = p.inside, open = p.open]() -> result<void> {
                                 inside->open();
                                 open->pass();
                                 return {};
                               },
                               .within = 10ms}));
  const auto report = system.shutdown(patience);
  REQUIRE(p.inside->wait());
  CHECK_FALSE(report.in_time);
  CHECK(log->lines() == lines{"close store"});
  REQUIRE(report.blockers.size() == 1);
  CHECK(report.blockers[0].path == "stuck");
  CHECK(report.blockers[0].phase == shutdown_phase::close_resources);
  CHECK(report.phases.back().in_time == false);
  CHECK_THAT(to_string(report), Catch::Contains("stuck (not closed): errc::deadline: did not come back in time"));
}

TEST_CASE("what closing fails with is reported whether it is returned or thrown") {
  tree t;
  auto system = t.start();
  REQUIRE(system.close_at_end({.name = "thrown", .close = []() -> result<void> { throw std::runtime_error("disk gone"); }}));
  REQUIRE(system.close_at_end({.name = "returned", .close = []() -> result<void> { return fail(fault::disk_full, "no room"); }}));
  const auto report = system.shutdown(patience);
  REQUIRE(report.resources.size() == 2);
  CHECK(report.resources[0].problem == fault::disk_full);
  CHECK(report.resources[1].problem.message() == "disk gone");
  CHECK(report.resources[1].closed);
}

TEST_CASE("a resource stays open beneath a slot that was left behind unless it says otherwise") {
  const prison p;
  tree t;
  const auto a = t.add("a", {.stop_within = 10ms});
  const auto log = std::make_shared<journal>();
  auto system = t.start();
  REQUIRE(system.close_at_end(writing(log, "store")));
  auto hardy = writing(log, "log");
  hardy.even_if_left_behind = true;
  REQUIRE(system.close_at_end(hardy));
  send(a, holding(p.inside, p.open));
  REQUIRE(p.inside->wait());
  const auto report = system.shutdown({.deadline = patience, .drain = 1ms});
  CHECK_FALSE(report.in_time);
  CHECK(log->lines() == lines{"close log"});
  REQUIRE(report.resources.size() == 2);
  CHECK(report.resources[0].closed);
  CHECK_FALSE(report.resources[1].closed);
}

TEST_CASE("the phase of stopping may have a deadline of its own") {
  const prison p;
  tree t;
  const auto a = t.add("a", {.stop_within = 1min});
  auto system = t.start();
  send(a, holding(p.inside, p.open));
  REQUIRE(p.inside->wait());
  const auto report = system.shutdown({.deadline = 2 * patience, .drain = 1ms, .stop = 10ms});
  CHECK_FALSE(report.in_time);
  REQUIRE(report.phases.size() == 4);
  CHECK_FALSE(report.phases[1].in_time);
  CHECK_FALSE(report.phases[2].in_time);
  CHECK(report.took < patience);
}

TEST_CASE("progress tells the phase and who is left") {
  const prison p;
  tree t;
  t.add("before");
  t.add("a", {.stop_within = 1min});
  t.of("a").stopping = [inside = p.inside, open = p.open](subject&) -> result<void> {
    inside->open();
    open->pass();
    return {};
  };
  auto system = t.start();
  std::thread ending([&] { (void)system.shutdown(patience); });
  REQUIRE(p.inside->wait());
  const auto now = system.progress();
  CHECK(now.phase == shutdown_phase::stop_children);
  CHECK(now.slots_left == 3);
  p.open->open();
  ending.join();
  CHECK(system.progress().slots_left == 0);
}

TEST_CASE("a resource that cannot be closed is refused") {
  tree t;
  auto system = t.start();
  CHECK(system.close_at_end({}) == errc::out_of_range);
  CHECK(system.close_at_end({.name = "nameless close", .close = {}}) == errc::out_of_range);
  CHECK(system.close_at_end({.name = "no time", .close = []() -> result<void> { return {}; }, .within = 0ms}) == errc::out_of_range);
}

TEST_CASE("ten thousand actors stop in the reverse order of their start") {
  constexpr int count = 10'000;
  const auto seen = std::make_shared<stop_order>();
  supervisor_spec root{"root"};
  for (int i = 0; i < count; ++i) root.child<idle>("a" + std::to_string(i));
  auto system = alys::system::start(std::move(root), {.log = log_to_nowhere(), .observers = {seen}});
  const auto report = system.shutdown(4 * patience);
  CHECK(report.in_time);
  CHECK(report.blockers.empty());
  const auto stopped = seen->stopping.lines();
  REQUIRE(stopped.size() == count);
  bool in_order = true;
  for (int i = 0; i < count; ++i) in_order = in_order && stopped[static_cast<std::size_t>(i)] == "/root/a" + std::to_string(count - 1 - i);
  CHECK(in_order);
}
