// SPDX-License-Identifier: Apache-2.0
//
// Components: start, stop and health functions as children of a supervisor.
#include "support/actors/tree.hpp"

#include <alys/actors/component.hpp>

using namespace alys;
using namespace alys::test;
using namespace std::chrono_literals;

namespace {

// Functions around a script that writes down what is called.
struct part {
  std::shared_ptr<journal> log = std::make_shared<journal>();
  std::function<result<void>()> start = [] { return result<void>{}; };
  std::function<result<void>()> stop = [] { return result<void>{}; };
  std::function<health_report()> health;

  [[nodiscard]] component as_component(const std::string& name = "part") const {
    component c;
    c.start = [log = log, start = start, name] {
      log->write(name + ": start");
      return start();
    };
    c.stop = [log = log, stop = stop, name] {
      log->write(name + ": stop");
      return stop();
    };
    if (health)
      c.health = [log = log, health = health, name] {
        log->write(name + ": health");
        return health();
      };
    return c;
  }
};

} // namespace

TEST_CASE("a component starts and stops in its place among the other children") {
  tree t;
  part first, last;
  last.log = first.log;
  supervise(t.root, "first", first.as_component("first"));
  t.add("middle");
  supervise(t.root, "last", last.as_component("last"));
  auto system = t.start();
  CHECK(first.log->lines() == lines{"first: start", "last: start"});
  CHECK(system.shutdown(5s).in_time);
  CHECK(first.log->lines() == lines{"first: start", "last: start", "last: stop", "first: stop"});
  CHECK(t.seen->steps.lines() ==
        lines{"/root/first: initializing -> running (1)", "/root/middle: initializing -> running (1)",
              "/root/last: initializing -> running (1)", "/root: initializing -> running (1)", "/root: running -> stopping (1)",
              "/root/last: running -> stopping (1)", "/root/last: stopping -> stopped (1)", "/root/last: stopped -> terminated (1)",
              "/root/middle: running -> stopping (1)", "/root/middle: stopping -> stopped (1)", "/root/middle: stopped -> terminated (1)",
              "/root/first: running -> stopping (1)", "/root/first: stopping -> stopped (1)", "/root/first: stopped -> terminated (1)",
              "/root: stopping -> stopped (1)", "/root: stopped -> terminated (1)"});
}

TEST_CASE("a component without a start function is refused before anything runs") {
  tree t;
  supervise(t.root, "part", component{});
  CHECK(what_start_says(t) == "/root/part: start: a component needs a function that starts it");
}

TEST_CASE("a component whose start fails fails the start of its tree") {
  tree t;
  part p;
  p.start = []() -> result<void> { return fail(category::external, "no licence"); };
  supervise(t.root, "part", p.as_component());
  CHECK(what_start_says(t) == "/root: /root/part: no licence");
  CHECK(p.log->lines() == lines{"part: start"}); // there is nothing to stop
}

TEST_CASE("a component whose start throws fails the start of its tree") {
  tree t;
  part p;
  p.start = []() -> result<void> { throw std::runtime_error("boom"); };
  supervise(t.root, "part", p.as_component());
  CHECK(what_start_says(t) == "/root: /root/part: boom");
}

TEST_CASE("a component is restarted after a failure by its policy and stopped before") {
  tree t;
  part p;
  supervise(t.root, "part", p.as_component(), {.restart = backoff{.initial = 1ms, .cap = 2ms}});
  auto system = t.start();
  REQUIRE(system.inject_fault("/root/part", injected_fault::failure));
  REQUIRE(p.log->wait_for("part: start", 2));
  CHECK(p.log->lines() == lines{"part: start", "part: stop", "part: start"});
  REQUIRE(t.seen->steps.wait_for("/root/part: initializing -> running (2)"));
  CHECK(t.seen->decisions.lines() == lines{"/root/part (1): restart"});
  const tree_node root = system.tree();
  const tree_node* node = find(root, "/root/part");
  REQUIRE(node != nullptr);
  CHECK(node->type == "component");
  CHECK(node->incarnation == 2);
  CHECK(node->restarts == 1);
  REQUIRE(node->failures.size() == 1);
  CHECK(node->failures[0].what.message() == "a fault was injected: failure");
}

TEST_CASE("a component that fails to start again and again spends the budget") {
  tree t;
  part p;
  auto starts = std::make_shared<std::atomic<int>>(0);
  p.start = [starts]() -> result<void> {
    if (starts->fetch_add(1) > 0) return fail(category::external, "gone for good");
    return {};
  };
  supervise(t.root, "part", p.as_component());
  auto system = t.start();
  REQUIRE(system.inject_fault("/root/part"));
  CHECK(system.wait() == end_reason::budget_exhausted);
  CHECK(starts->load() == 4); // the first, and three restarts
  CHECK(p.log->count("part: stop") == 1);
}

TEST_CASE("a decision table speaks for a component") {
  static constexpr row table[] = {{category::external, action::stop}};
  tree t;
  part p;
  auto starts = std::make_shared<std::atomic<int>>(0);
  p.start = [starts]() -> result<void> {
    if (starts->fetch_add(1) > 0) return fail(category::external, "gone for good");
    return {};
  };
  supervise(t.root, "part", p.as_component(), {.decisions = table});
  auto system = t.start();
  REQUIRE(system.inject_fault("/root/part"));
  REQUIRE(t.seen->steps.wait_for("/root/part: failed -> terminated (2)"));
  CHECK(t.seen->decisions.lines() == lines{"/root/part (1): restart", "/root/part (2): stop"});
  CHECK(system.wait_for(1ns) == end_reason::none);
}

TEST_CASE("a sibling's failure restarts a component in a group") {
  tree t{one_for_all{}};
  part p;
  supervise(t.root, "part", p.as_component());
  const auto sibling = t.add("sibling");
  auto system = t.start();
  CHECK(system.ask(sibling, throwing(), patience).error().failed());
  REQUIRE(p.log->wait_for("part: start", 2));
  CHECK(system.ask(sibling, incarnation_of(), patience).value() == 2);
  CHECK(p.log->lines() == lines{"part: start", "part: stop", "part: start"});
}

TEST_CASE("a component's own health is seen in the tree") {
  tree t;
  part p;
  auto verdict = std::make_shared<std::atomic<bool>>(true);
  p.health = [verdict] { return *verdict ? health_report{} : health_report{health_state::degraded, "old prices"}; };
  supervise(t.root, "part", p.as_component());
  auto system = t.start({.health_period = 1ms});
  REQUIRE(p.log->wait_for("part: health"));
  CHECK(eventually([&] { return system.ready(); }));
  *verdict = false;
  CHECK(eventually([&] { return system.tree().health.why == "part: old prices"; }));
}

TEST_CASE("a health function that throws fails its component") {
  tree t;
  part p;
  auto once = std::make_shared<std::atomic<bool>>(true);
  p.health = [once]() -> health_report {
    if (once->exchange(false)) throw std::runtime_error("cannot say");
    return {};
  };
  supervise(t.root, "part", p.as_component());
  auto system = t.start({.health_period = 1ms});
  REQUIRE(p.log->wait_for("part: start", 2));
  REQUIRE(t.seen->decisions.wait_for("/root/part (1): restart"));
  CHECK(p.log->count("part: stop") == 1);
}

TEST_CASE("a component's functions may wait for an actor of the tree") {
  tree t;
  const auto other = t.add("other");
  part p;
  auto system_place = std::make_shared<std::atomic<alys::system*>>(nullptr);
  auto answer = std::make_shared<std::atomic<int>>(0);
  p.stop = [=]() -> result<void> {
    *answer = system_place->load()->ask(other, answering(7), patience).value();
    return {};
  };
  supervise(t.root, "part", p.as_component());
  auto system = t.start();
  *system_place = &system;
  REQUIRE(system.inject_fault("/root/part"));
  REQUIRE(p.log->wait_for("part: start", 2));
  CHECK(answer->load() == 7);
}

TEST_CASE("a component that says that it failed by itself is stopped and started anew at once") {
  static constexpr row forgiving[] = {{category::external, action::resume}};
  tree t;
  part p;
  std::vector<std::function<void(error)>> told; // one for each life; written while the test waits for it
  component c = p.as_component();
  c.watch = [&](std::function<void(error)> failed) { told.push_back(std::move(failed)); };
  supervise(t.root, "part", std::move(c), {.decisions = forgiving});
  auto system = t.start();
  std::jthread{[&] { told.at(0)(fail(category::external, "the process ended with status 3")); }}.join();
  REQUIRE(t.seen->steps.wait_for("/root/part: initializing -> running (2)"));
  CHECK(p.log->lines() == lines{"part: start", "part: stop", "part: start"});
  CHECK(t.seen->decisions.lines() == lines{"/root/part (1): restart"}); // what has ended cannot be resumed
  told.at(0)(fail(category::external, "an end of the life before"));
  told.at(1)({});
  REQUIRE(t.seen->steps.wait_for("/root/part: initializing -> running (3)"));
  const tree_node root = system.tree();
  const auto& failures = find(root, "/root/part")->failures;
  REQUIRE(failures.size() == 2);
  CHECK(failures[0].what.message() == "the process ended with status 3");
  CHECK(failures[1].what == errc::exited);
}

TEST_CASE("a component that fails by itself before it has started fails as soon as it has") {
  tree t;
  part p;
  std::atomic<int> lives{0};
  component c = p.as_component();
  c.watch = [&](const std::function<void(error)>& failed) {
    if (++lives > 1) return;
    failed(fail(category::external, "at once"));
    failed(fail(category::external, "once more"));
  };
  supervise(t.root, "part", std::move(c));
  auto system = t.start();
  REQUIRE(t.seen->steps.wait_for("/root/part: initializing -> running (2)"));
  const tree_node root = system.tree();
  const auto& failures = find(root, "/root/part")->failures;
  REQUIRE(failures.size() == 1);
  CHECK(failures[0].what.message() == "at once");
}

TEST_CASE("a component that says after its end that it failed says it to nobody") {
  tree t;
  part p;
  std::function<void(error)> told;
  component c = p.as_component();
  c.watch = [&](std::function<void(error)> failed) { told = std::move(failed); };
  supervise(t.root, "part", std::move(c));
  {
    auto system = t.start();
    CHECK(system.shutdown(5s).in_time);
    told(fail(category::external, "too late"));
  }
  told(fail(category::external, "much too late"));
  CHECK(t.seen->decisions.lines().empty());
}

TEST_CASE("a component whose stop fails is stopped nevertheless and the failure is told") {
  tree t;
  part p;
  p.stop = []() -> result<void> { return fail(category::external, "will not close"); };
  supervise(t.root, "part", p.as_component());
  auto system = t.start();
  CHECK(system.shutdown(5s).in_time);
  CHECK(t.log->count("/root/part: stopped with a failure: will not close") == 1);
}

TEST_CASE("the path of a component holds no actor") {
  tree t;
  part p;
  supervise(t.root, "part", p.as_component());
  auto system = t.start();
  CHECK(system.find<subject>("/root/part").error().message() == "errc::wrong_type: /root/part holds component, not alys::test::subject");
}

TEST_CASE("a component's breaker shuts when a start succeeds") {
  tree t;
  part p;
  auto starts = std::make_shared<std::atomic<int>>(0);
  p.start = [starts]() -> result<void> {
    if (starts->fetch_add(1) == 1) return fail(category::external, "not yet");
    return {};
  };
  supervise(t.root, "part", p.as_component(), {.breaker = breaker{.failures = 2, .open_for = 1ms, .probes = 1, .successes = 1}});
  auto system = t.start();
  REQUIRE(system.inject_fault("/root/part"));
  REQUIRE(t.seen->steps.wait_for("/root/part: initializing -> running (3)"));
  CHECK(eventually([&] {
    const tree_node root = system.tree();
    const auto& view = find(root, "/root/part")->breaker;
    return view && view->state == breaker_state::closed && view->openings == 1;
  }));
}

TEST_CASE("a tree with a component takes new options for it while it runs") {
  tree t, next;
  part p;
  supervise(t.root, "part", p.as_component());
  supervise(next.root, "part", p.as_component(), {.critical = false});
  auto system = t.start();
  CHECK(system.reload(next.root).outcome == reload_outcome::applied);
  CHECK(eventually([&] { return !find(system.tree(), "/root/part")->critical; }));
  CHECK(p.log->lines() == lines{"part: start"});
}

TEST_CASE("a reload that brings another version of a component replaces its functions by a restart in order") {
  tree t, next;
  part old, fresh;
  fresh.log = old.log;
  supervise(t.root, "part", old.as_component("old"));
  component with = fresh.as_component("new");
  with.version = "2";
  supervise(next.root, "part", with);
  auto system = t.start();
  const reload_report report = system.reload(next.root);
  CHECK(to_string(report) == "version 2 applied: /root/part");
  REQUIRE(t.seen->steps.wait_for("/root/part: initializing -> running (2)"));
  CHECK(old.log->lines() == lines{"old: start", "old: stop", "new: start"});
  CHECK(t.seen->decisions.lines().empty()); // no failure
  CHECK(system.reload(next.root).outcome == reload_outcome::unchanged);
}

TEST_CASE("a component that is down when a reload comes begins its next life with the new functions") {
  tree t{one_for_one{.restarts = 100}}, next{one_for_one{.restarts = 100}};
  part old, fresh;
  fresh.log = old.log;
  auto starts = std::make_shared<std::atomic<int>>(0);
  old.start = [starts]() -> result<void> {
    if (starts->fetch_add(1) > 0) return fail(category::external, "not with these functions");
    return {};
  };
  const child_options slowly{.restart = backoff{.initial = 20ms, .cap = 20ms, .jitter = jitter::none}};
  supervise(t.root, "part", old.as_component("old"), slowly);
  component with = fresh.as_component("new");
  with.version = "2";
  supervise(next.root, "part", with, slowly);
  auto system = t.start();
  REQUIRE(system.inject_fault("/root/part"));
  REQUIRE(old.log->wait_for("old: start", 2));
  REQUIRE(system.reload(next.root).outcome == reload_outcome::applied);
  REQUIRE(old.log->wait_for("new: start"));
  CHECK(old.log->count("new: start") == 1);
}

TEST_CASE("a reload with other functions under the same version is refused and the component stays") {
  tree t, next;
  part p;
  supervise(t.root, "part", p.as_component());
  supervise(next.root, "part", {.start = [] { return result<void>{}; }});
  auto system = t.start();
  CHECK(to_string(system.reload(next.root)) ==
        "version 1 stays (refused)\n/root/part: other functions under the same version: give them a version of their own");
  CHECK(p.log->lines() == lines{"part: start"});
}

TEST_CASE("a reload cannot put an actor in a component's place or a component in an actor's") {
  tree t, next;
  part p;
  supervise(t.root, "one", p.as_component());
  t.add("two");
  next.add("one");
  supervise(next.root, "two", p.as_component());
  auto system = t.start();
  CHECK(to_string(system.reload(next.root)) ==
        "version 1 stays (refused)\n/root/one: another kind of child: this needs a new start\n"
        "/root/two: another kind of child: this needs a new start");
}

TEST_CASE("options of actors are refused for a component") {
  tree t;
  part p;
  supervise(t.root, "part", p.as_component(),
            {.mailbox = {.capacity = 5},
             .redeliver = {.times = 1},
             .resume_after_throw = true,
             .health = {.stalled_after = 1s, .handler_limit = 1s, .when_stuck = stuck_answer::fail_on_return},
             .own_thread = true});
  const std::string only = ": only an actor of alys has this: leave it out\n";
  CHECK(what_start_says(t) + "\n" == "/root/part: mailbox" + only + "/root/part: redeliver" + only + "/root/part: own_thread" + only +
                                         "/root/part: resume_after_throw" + only + "/root/part: health.stalled_after" + only +
                                         "/root/part: health.handler_limit" + only + "/root/part: health.when_stuck" + only);
}

TEST_CASE("the policy of a component in the tree names no mailbox") {
  tree t;
  part p;
  supervise(t.root, "part", p.as_component());
  auto system = t.start();
  CHECK(find(system.tree(), "/root/part")->policy == "permanent, restart immediate");
}
