// SPDX-License-Identifier: Apache-2.0
//
// Children in another process, owned by a supervisor here: their start and end, their failures, and the failures of the way to them.
#include "two_nodes.hpp"

#include <future>

using namespace alys;
using namespace alys::test;
using namespace std::chrono_literals;

namespace {

// Failures as they were decided about.
struct failures final : observer {
  void failure_decided(const failure& what, action then) override {
    {
      const std::lock_guard guard(mutex_);
      seen_.push_back(what);
    }
    decisions.write(std::string{to_string(what.what.category())} + ": " + std::string{to_string(then)});
  }
  [[nodiscard]] failure first() const {
    const std::lock_guard guard(mutex_);
    return seen_.at(0);
  }
  journal decisions;

private:
  mutable std::mutex mutex_;
  std::vector<failure> seen_;
};

struct owner {
  explicit owner(std::uint16_t port, std::chrono::milliseconds silence = 20s)
      : here(node::start(here_options(silence))), there(here.connect(to_peer(port))) {}
  [[nodiscard]] alys::system start() { return alys::system::start(root, {.log = log_to_nowhere(), .observers = {seen}}); }

  node here;
  remote_node there;
  supervisor_spec root{"root", one_for_one{.restarts = 1'000, .within = 60s}};
  std::shared_ptr<failures> seen = std::make_shared<failures>();
};

// Restarts that go on for as long as a test takes.
constexpr backoff often{.initial = 5ms, .cap = 50ms};

// Asks until the child answers; what it says then.
[[nodiscard]] std::string who_is_there(alys::system& system, const ref<ledger>& child) {
  result<std::string> answer = refuse(errc::unavailable);
  CHECK(eventually([&] { return (answer = system.ask(child, who{}, patience)).has_value(); }));
  return answer ? *answer : answer.error().message();
}

} // namespace

TEST_CASE("a child in another process starts with its supervisor and ends with it") {
  peer other;
  owner o(other.port());
  const auto child = supervise<ledger>(o.root, "far", o.there, "ledger", {.tag = "far"});
  auto system = o.start();
  CHECK(system.ask(child, who{}, patience) == "far 1");
  CHECK(system.ask(child, deposit{3}, patience) == 3);
  const auto seen = system.tree();
  REQUIRE(seen.children.size() == 1);
  CHECK(seen.children[0].path == "/root/far");
  CHECK(seen.children[0].type == "actor on node alpha");
  CHECK(seen.children[0].state == lifecycle_state::running);
  CHECK(system.ready());
  const auto report = system.shutdown(30s);
  CHECK(report.in_time);
  CHECK(other.process().line() == "/root/worker-beta-1");
  const auto late = system.ask(child, who{}, patience);
  CHECK_FALSE(late);
}

TEST_CASE("the failure of a child in another process is its owner's to decide about") {
  const peer other;
  owner o(other.port());
  const auto child = supervise<ledger>(o.root, "far", o.there, "ledger", {.tag = "far"}, {.restart = often});
  auto system = o.start();
  CHECK(system.ask(child, deposit{3}, patience) == 3);
  const auto failed = system.ask(child, fail_now{}, patience);
  REQUIRE_FALSE(failed);
  CHECK(failed.error() == fault::invalid_reply);
  REQUIRE(o.seen->decisions.wait_for("external: restart"));
  CHECK(o.seen->first().what == fault::invalid_reply);
  CHECK(o.seen->first().path == "/root/far");
  CHECK(who_is_there(system, child) == "far 1"); // a new life there, which begins to count anew
  CHECK(system.ask(child, deposit{3}, patience) == 3);
  CHECK(system.tree().children.at(0).incarnation == 2);
}

TEST_CASE("a killed process is a failure of category network and the child comes back with the process") {
  auto first = std::make_unique<peer>();
  const auto port = first->port();
  owner o(port);
  const auto child = supervise<ledger>(o.root, "far", o.there, "ledger", {.tag = "far"}, {.restart = often});
  auto system = o.start();
  CHECK(system.ask(child, deposit{3}, patience) == 3);
  auto open = std::async(std::launch::async, [&] { return system.ask(child, wait_for_ever{}, 10min); });
  REQUIRE(eventually([&] { return o.there.counts().on_the_way == 1; }));
  first->process().kill();
  REQUIRE(open.wait_for(patience) == std::future_status::ready);
  CHECK(open.get().error() == errc::unavailable);
  REQUIRE(o.seen->decisions.wait_for("network: restart", 3)); // the break, and attempts to start that find nobody
  CHECK(o.seen->first().what == fault::connection_lost);
  CHECK(o.seen->first().what.category() == category::network);
  const auto meanwhile = system.ask(child, deposit{3}, patience);
  REQUIRE_FALSE(meanwhile);
  CHECK(meanwhile.error() == errc::unavailable);
  const peer second({}, port);
  CHECK(who_is_there(system, child) == "far 1");
  CHECK(system.ask(child, deposit{3}, patience) == 3);
  CHECK(system.tree().children.at(0).state == lifecycle_state::running);
}

TEST_CASE("a child whose process falls silent has failed in time") {
  peer other;
  owner o(other.port(), 1s);
  const auto child = supervise<ledger>(o.root, "far", o.there, "ledger", {.tag = "far"}, {.restart = often});
  auto system = o.start();
  CHECK(system.ask(child, deposit{3}, patience) == 3);
  other.process().stop();
  REQUIRE(o.seen->decisions.wait_for("network: restart"));
  CHECK(o.seen->first().what == fault::connection_lost);
  other.process().resume();
  CHECK(who_is_there(system, child) == "far 1");
  CHECK(system.ask(child, deposit{3}, patience) == 3); // the one before has ended with its link
}

TEST_CASE("a reload gives a child in another process a new configuration") {
  const peer other;
  owner o(other.port());
  const auto child = supervise<ledger>(o.root, "far", o.there, "ledger", {.tag = "old"});
  auto system = o.start();
  CHECK(system.ask(child, who{}, patience) == "old 1");
  supervisor_spec next{"root", one_for_one{.restarts = 1'000, .within = 60s}};
  (void)supervise<ledger>(next, "far", o.there, "ledger", {.tag = "new"});
  CHECK(system.reload(next).outcome == reload_outcome::applied);
  CHECK(eventually([&] { return system.ask(child, who{}, patience) == "new 1"; }));
  CHECK(o.seen->decisions.lines().empty()); // no failure
}

TEST_CASE("a child whose node is gone ends on the other side") {
  peer other;
  {
    owner o(other.port());
    (void)supervise<ledger>(o.root, "far", o.there, "ledger");
    auto system = o.start();
    o.here = node::start(here_options()); // the one before ends, and with it the link
    CHECK(other.process().line() == "/root/worker-beta-1");
  }
}

TEST_CASE("a first start without the other process is a start error that names it") {
  const auto port = peer().port();
  owner o(port);
  (void)supervise<ledger>(o.root, "far", o.there, "ledger");
  try {
    auto system = o.start();
    FAIL("it started");
  } catch (const start_error& e) {
    CHECK(e.cause() == fault::connection_refused);
    CHECK(e.cause().category() == category::network);
    CHECK(std::string{e.what()}.find("/root/far") != std::string::npos);
  }
}

TEST_CASE("a start that the other node refuses is a start error in its words") {
  const auto why = [](const peer& other, const std::string& offer, ledger_config config) {
    owner o(other.port());
    (void)supervise<ledger>(o.root, "far", o.there, offer, std::move(config));
    try {
      auto system = o.start();
      return std::string{"it started"};
    } catch (const start_error& e) {
      return e.cause().text();
    }
  };
  const peer other;
  CHECK(why(other, "bookkeeper", {}) == "/root/far: errc::no_such_path: node alpha offers nothing as \"bookkeeper\"");
  CHECK(why(other, "ledger", {.sound = false}) == "/root/far: fault::database_unavailable: not sound");
  const peer newer({}, 0, ALYS_TEST_OTHER_PEER);
  CHECK(why(newer, "ledger", {}) ==
        "/root/far: errc::not_accepted: node alpha knows another version of the config of \"ledger\": its fields differ");
}

TEST_CASE("a process that stays away spends the budget and the tree ends in order") {
  peer other;
  owner o(other.port());
  o.root = supervisor_spec{"root", one_for_one{.restarts = 3, .within = 60s}};
  (void)supervise<ledger>(o.root, "far", o.there, "ledger", {}, {.restart = often});
  auto system = o.start();
  other.process().kill();
  CHECK(system.wait_for(patience) == end_reason::budget_exhausted);
  CHECK(system.end_cause() == errc::budget_exhausted);
  CHECK(o.seen->first().what == fault::connection_lost);
}

TEST_CASE("shutdown comes in time though the other process says nothing") {
  peer other;
  auto options = here_options();
  options.silence = 10min;
  node here = node::start(std::move(options));
  supervisor_spec root{"root"};
  const auto there = here.connect(to_peer(other.port()));
  (void)supervise<ledger>(root, "far", there, "ledger", {}, {.stop_within = 100ms});
  auto system = alys::system::start(std::move(root), {.log = log_to_nowhere()});
  other.process().stop();
  const auto report = system.shutdown(30s);
  CHECK(report.in_time);
  CHECK(report.took < 20s);
  other.process().resume();
}
