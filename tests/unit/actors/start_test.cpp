// SPDX-License-Identifier: Apache-2.0
//
// Declarations that cannot start, and starts that fail half way.
#include "support/actors/tree.hpp"

using namespace alys;
using namespace alys::test;
using namespace std::chrono_literals;

namespace {

struct sized {
  int size = 1;
  void validate(problem_list& found) const {
    if (size < 1) found.push_back({"size", "must be at least 1"});
  }
};
ALYS_CONFIG(sized, size)

class box final : public actor<box, sized> {
public:
  using messages = accepts<note>;
  void handle(const note&) {}
};

// A asks B, and B asks A.
struct to_a {
  using reply = int;
};
struct to_b {
  using reply = int;
};
ALYS_MESSAGE(to_a)
ALYS_MESSAGE(to_b)
class asker_b;
class asker_a final : public actor<asker_a> {
public:
  using messages = accepts<to_a>;
  using asks = to<asker_b>;
  int handle(const to_a&) { return 1; }
};
class asker_b final : public actor<asker_b> {
public:
  using messages = accepts<to_b>;
  using asks = to<to_a>; // through a narrowed handle
  int handle(const to_b&) { return 1; }
};

// The problems of a declaration, one a line; the same that a start reports.
lines problems_of(const supervisor_spec& spec) {
  lines all;
  for (const problem& p : spec.check()) all.push_back(p.path + ": " + p.text);
  try {
    auto system = alys::system::start(spec, {.log = log_to_nowhere()});
  } catch (const start_error& e) {
    CHECK(to_string(e.problems()) == to_string(spec.check()));
  }
  return all;
}

} // namespace

TEST_CASE("a declaration without a mistake has no problems") {
  tree t;
  t.add("a");
  CHECK(t.root.check().empty());
}

TEST_CASE("every mistake of a declaration is named before anything runs") {
  static constexpr row hidden[] = {{category::network, action::stop}, {category::network, severity::low, action::stop}};
  supervisor_spec root{"root", one_for_one{.restarts = 20'000, .within = 0s}};
  root.child<box>("a", {.size = 0});
  root.child<box>("a", {}, {.mailbox = {.capacity = 0, .urgent_capacity = 0}});
  root.child<box>("b/c");
  root.child<box>("d", {}, {.restart = backoff{.initial = 0ms, .cap = -1ms, .multiplier = 0.5, .healthy_after = 0ms}});
  root.child<box>("e", {}, {.decisions = hidden, .initialize_within = 0ms, .stop_within = -1s});
  root.child<box>("f", {}, {.after = {"g"}});
  root.child<box>("h", {}, {.restart = backoff{}, .kind = child_kind::temporary});
  root.child<box>("i", {}, {.limit = restart_limit{.restarts = 1, .within = -1s}});
  root.supervisor("team", one_for_one{}, {.decisions = hidden}).child<box>("a", {.size = -1});
  (void)root.children<box>("guest");
  (void)root.children<box>("guest {}", {.after = {"nobody"}}, 0);
  const lines found = problems_of(root);
  const auto has = [&](const std::string& line) { return std::find(found.begin(), found.end(), line) != found.end(); };
  CHECK(has("/root: budget.restarts: must be at most 10000"));
  CHECK(has("/root: budget.within: must be more than 0s"));
  CHECK(has("/root/a: config.size: must be at least 1"));
  CHECK(has("/root: two children are named \"a\""));
  CHECK(has("/root/a: mailbox.capacity: must be from 1 to 100000000"));
  CHECK(has("/root/a: mailbox.urgent_capacity: must be from 1 to 100000000"));
  CHECK(has("/root: \"b/c\" cannot name a child: use 1 to 128 of a-z A-Z 0-9 . _ -"));
  CHECK(has("/root/d: restart.initial: must be more than 0s (use immediate{} for no delay)"));
  CHECK(has("/root/d: restart.cap: must be at least initial"));
  CHECK(has("/root/d: restart.multiplier: must be a number of at least 1"));
  CHECK(has("/root/d: restart.healthy_after: must be more than 0s"));
  CHECK(has("/root/e: decisions: a row can never be reached: an earlier one takes all that it matches"));
  CHECK(has("/root/e: initialize_within: must be more than 0 and at most a year"));
  CHECK(has("/root/e: stop_within: must be more than 0 and at most a year"));
  CHECK(has("/root/f: depends on \"g\", which is no child of /root"));
  CHECK(has("/root/h: restart: a temporary child is never restarted: leave it out"));
  CHECK(has("/root/i: limit.within: must be more than 0s"));
  CHECK(has("/root/team: decisions: a row can never be reached: an earlier one takes all that it matches"));
  CHECK(has("/root/team/a: config.size: must be at least 1"));
  CHECK(has("/root/guest: the pattern of dynamic children needs a {} for their own part"));
  CHECK(has("/root/guest {}: not a pattern for names: use a-z, A-Z, 0-9, '.', '_' and '-' besides the {}"));
  CHECK(has("/root/guest {}: depends on \"nobody\", which is no child of /root"));
  CHECK(has("/root/guest {}: at_most must be at least 1"));
}

TEST_CASE("children that depend on each other in a ring do not start") {
  supervisor_spec root{"root"};
  root.child<box>("a", {}, {.after = {"b"}});
  root.child<box>("b", {}, {.after = {"c"}});
  root.child<box>("c", {}, {.after = {"a"}});
  CHECK(problems_of(root) == lines{"/root: children depend on each other in a ring: a -> b -> c -> a"});
}

TEST_CASE("actors that ask each other in a ring do not start") {
  supervisor_spec root{"root"};
  root.child<asker_a>("a");
  root.supervisor("team").child<asker_b>("b");
  CHECK(problems_of(root) ==
        lines{"/root/a: asks in a ring, in which each may wait for the next for ever: /root/a -> /root/team/b -> /root/a"});
}

TEST_CASE("actors that may come at run time count in the ring of asks") {
  supervisor_spec root{"root"};
  root.child<asker_a>("a");
  (void)root.children<asker_b>("b-{}");
  CHECK(problems_of(root) ==
        lines{"/root/a: asks in a ring, in which each may wait for the next for ever: /root/a -> /root/b-{} -> /root/a"});
}

TEST_CASE("the name of the root is checked too") {
  supervisor_spec root{"no good"};
  CHECK(problems_of(root).size() == 1);
}

TEST_CASE("options of the system are checked") {
  tree t;
  t.add("a");
  const auto refused = [&](system_options options) {
    options.log = log_to_nowhere();
    try {
      auto system = alys::system::start(t.root, std::move(options));
      return std::string{};
    } catch (const start_error& e) {
      return std::string{e.what()};
    }
  };
  CHECK(refused({.threads = 1'000'000}) == "threads: must be at most 1024");
  CHECK(refused({.messages_per_turn = 0}) == "messages_per_turn: must be from 1 to 1000000");
  CHECK(refused({.messages_per_turn = 1'000'001}) == "messages_per_turn: must be from 1 to 1000000");
  CHECK(refused({.health_period = -1ms}) == "health_period: must not be negative, and at most a year");
  CHECK(refused({.health_period = std::chrono::milliseconds::max()}) == "health_period: must not be negative, and at most a year");
  CHECK(refused({.observers = {nullptr}}) == "observers: one of them is null");
  CHECK(refused({}).empty());
}

TEST_CASE("a declaration starts once") {
  tree t;
  t.add("a");
  {
    auto system = t.start();
    CHECK_THROWS_WITH(t.start(), "/root: this declaration was started before: build a new one");
  }
  supervisor_spec moved = std::move(t.root);
  CHECK_THROWS_AS(alys::system::start(std::move(moved), {.log = log_to_nowhere()}), start_error);
}

TEST_CASE("a start that fails in the middle takes down what had started and says who it was") {
  tree t;
  for (const char* name : {"a", "b", "c"}) t.add(name);
  t.of("c").initialize = [](subject&) -> result<void> { return fail(category::database, "no such table"); };
  t.add("d");
  CHECK_THROWS_WITH(t.start(), "/root: /root/c: no such table");
  CHECK(t.of("a").log.lines() == lines{"construct", "initialize", "started", "stopping", "stopped", "destroy"});
  CHECK(t.of("b").log.lines() == t.of("a").log.lines());
  CHECK(t.of("c").log.lines() == lines{"construct", "initialize", "destroy"});
  CHECK(t.of("d").log.lines().empty());
  const lines steps = t.seen->steps.lines();
  const auto place = [&](const std::string& line) { return std::find(steps.begin(), steps.end(), line) - steps.begin(); };
  CHECK(place("/root/b: running -> stopping (1)") < place("/root/a: running -> stopping (1)"));
  CHECK(t.seen->decisions.lines().empty());
}

TEST_CASE("whatever goes wrong in the start of a child is in the error") {
  const auto start = [](const std::function<void(script&)>& spoil) {
    tree t;
    t.add(t.root.supervisor("team"), "a");
    spoil(t.of("a"));
    CHECK_THROWS_AS(t.start(), start_error);
    const lines steps = t.seen->steps.lines();
    CHECK(std::count(steps.begin(), steps.end(), "/root/team/a: failed -> terminated (1)") == 1);
    CHECK(std::count(steps.begin(), steps.end(), "/root/team: failed -> terminated (1)") == 1);
    CHECK(std::count(steps.begin(), steps.end(), "/root: failed -> terminated (1)") == 1);
    tree again;
    again.add(again.root.supervisor("team"), "a");
    spoil(again.of("a"));
    try {
      auto system = again.start();
    } catch (const start_error& e) {
      return std::string{e.what()};
    }
    return std::string{};
  };
  CHECK(start([](script& s) { s.construct = [](subject&) { throw std::runtime_error("constructor"); }; }) ==
        "/root: /root/team/a: constructor");
  CHECK(start([](script& s) { s.initialize = [](subject&) -> result<void> { throw 42; }; }) ==
        "/root: /root/team/a: errc::unknown_exception: something was thrown that is no std::exception");
  CHECK(start([](script& s) { s.started = [](subject&) -> result<void> { return refuse(errc::out_of_range, "started"); }; }) ==
        "/root: /root/team/a: errc::out_of_range: started");
}

TEST_CASE("a failure of a child that is up already does not fail the start") {
  tree t;
  const auto a = t.add("a");
  t.add("b");
  t.of("b").initialize = [a](subject&) -> result<void> {
    send(a, perform{[](subject&) { throw std::runtime_error("early"); }});
    return {};
  };
  auto system = t.start();
  CHECK(t.seen->decisions.wait_for("/root/a (1): restart"));
  CHECK(system.ask(a, incarnation_of(), patience) == 2);
}

TEST_CASE("a tree without children starts and stops") {
  supervisor_spec root{"root"};
  auto system = alys::system::start(root, {.log = log_to_nowhere()});
  CHECK(system.ready());
  CHECK(system.shutdown(patience).in_time);
}
