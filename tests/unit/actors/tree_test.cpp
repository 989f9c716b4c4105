// SPDX-License-Identifier: Apache-2.0
//
// Looking at a running tree: by path, as a whole, as text and as JSON, and how well it is.
#include "support/actors/tree.hpp"

using namespace alys;
using namespace alys::test;
using namespace std::chrono_literals;

namespace {

struct well : tree {
  explicit well(bool critical = true, system_options options = {.health_period = 1ms})
      : a(add("a")), b(add("b", {.critical = critical, .health = {.unhealthy_in_a_row = 0}})), system((set(), start(std::move(options)))) {}
  void set() {
    of("b").health = [this](subject&) {
      looked.write("look");
      const std::lock_guard guard(mutex);
      if (broken) throw std::runtime_error("health itself");
      return verdict;
    };
  }
  // From now on B says this of itself; comes back when it has been asked.
  void say(health_report report) {
    {
      const std::lock_guard guard(mutex);
      verdict = std::move(report);
    }
    const std::size_t before = looked.lines().size();
    REQUIRE(looked.wait_for_size(before + 2));
  }
  std::mutex mutex;
  bool broken = false;
  health_report verdict;
  journal looked;
  ref<subject> a;
  ref<subject> b;
  alys::system system;
};

} // namespace

TEST_CASE("an actor is found by its path and type") {
  tree t;
  const auto a = t.add(t.root.supervisor("team"), "a");
  auto system = t.start();
  CHECK(system.find<subject>("/root/team/a").value() == a);
  CHECK(system.find<subject>("/root/team/b") == errc::no_such_path);
  CHECK(system.find<subject>("") == errc::no_such_path);
  const auto wrong = system.find<helper>("/root/team/a");
  CHECK(wrong == errc::wrong_type);
  CHECK(wrong.error().text() == "/root/team/a holds alys::test::subject, not alys::test::helper");
  CHECK(system.find<subject>("/root/team").error().text() == "/root/team holds a supervisor, not alys::test::subject");
  CHECK(system.shutdown(patience).in_time);
  CHECK(system.find<subject>("/root/team/a") == errc::no_such_path);
}

TEST_CASE("the tree shows every slot with its state and its counts") {
  tree t{one_for_all{.restarts = 7}};
  const auto a = t.add(t.root.supervisor("team", rest_for_one{}), "a", {.mailbox = {.capacity = 5}});
  auto system = t.start();
  CHECK(system.ask(a, answering(1), patience) == 1);
  CHECK(system.ask(a, failing(refuse(errc::out_of_range)), patience) == errc::out_of_range);
  CHECK(system.ask(a, throwing("why"), patience).error().failed());
  CHECK(system.ask(a, incarnation_of(), patience) == 2);
  REQUIRE(eventually([&] { return find(system.tree(), "/root/team/a")->messages.handled == 2; }));
  const tree_node root = system.tree();
  CHECK(root.path == "/root");
  CHECK(root.supervisor);
  CHECK(root.type == "one_for_all");
  CHECK(root.policy == "at most 7 in 1m, then to_parent");
  const tree_node* node = find(root, "/root/team/a");
  REQUIRE(node != nullptr);
  CHECK(node->name == "a");
  CHECK(node->type == "alys::test::subject");
  CHECK(node->policy == "permanent, restart immediate, mailbox 5/1000 reject");
  CHECK(node->state == lifecycle_state::running);
  CHECK(node->incarnation == 2);
  CHECK(node->restarts == 1);
  CHECK(node->messages.handled == 2);
  CHECK(node->messages.refused == 1);
  CHECK(node->messages.failed == 1);
  REQUIRE(node->failures.size() == 1);
  CHECK(node->failures[0].incarnation == 1);
  CHECK(node->failures[0].what.text() == "why");
  CHECK(node->history.back().to == lifecycle_state::running);
  CHECK(find(root, "/root/team/b") == nullptr);
  CHECK(find(root, "/elsewhere") == nullptr);
}

TEST_CASE("the tree is printed for people and as JSON") {
  tree_node leaf;
  leaf.path = "/root/a";
  leaf.name = "a";
  leaf.type = "bank::ledger";
  leaf.policy = "permanent";
  leaf.state = lifecycle_state::running;
  leaf.incarnation = 2;
  leaf.uptime = 1'500ms;
  leaf.restarts = 1;
  leaf.health = {health_state::degraded, "one \"disk\" of two"};
  leaf.messages.handled = 7;
  leaf.messages.failed = 1;
  leaf.normal = {3, 5, 10};
  leaf.last_progress = 250ms;
  leaf.score = 0.4375;
  leaf.verdicts.push_back({2s, leaf.health});
  leaf.failures.push_back({1'500ms, 1, fail(category::logic, "tab\there")});
  tree_node root;
  root.path = "/root";
  root.name = "root";
  root.type = "one_for_one";
  root.policy = "at most 3 in 1m";
  root.supervisor = true;
  root.state = lifecycle_state::running;
  root.incarnation = 1;
  root.uptime = 4s;
  root.children = {leaf};
  CHECK(to_string(root) ==
        "root [one_for_one] running, incarnation 1, restarts 0, healthy\n"
        "  a [bank::ledger] running, incarnation 2, restarts 1, queue 0+3, handled 7, failed 1, degraded (one \"disk\" of two), "
        "last failure: tab\there\n");
  CHECK(
      to_json(root) ==
      R"({"path":"/root","type":"one_for_one","supervisor":true,"policy":"at most 3 in 1m","critical":true,"state":"running","incarnation":1,"uptime_ms":4000,"restarts":0,)"
      R"("health":{"state":"healthy","why":""},"score":1.000,"escalations":0,"failures":[],"children":[)"
      R"({"path":"/root/a","type":"bank::ledger","supervisor":false,"policy":"permanent","critical":true,"state":"running","incarnation":2,"uptime_ms":1500,"restarts":1,)"
      R"("health":{"state":"degraded","why":"one \"disk\" of two"},"score":0.438,)"
      R"("messages":{"handled":7,"refused":0,"failed":1,"undelivered":0,"rejected":0,"dropped":0,"queued":0,"parked":0,"stashed":0,"quarantined":0,"redelivered":0,"timers_fired":0,"timers_dropped":0},)"
      R"("normal":{"depth":3,"high_water":5,"capacity":10},"urgent":{"depth":0,"high_water":0,"capacity":0},"handling":"","awaiting":"","busy_ms":0,)"
      R"("last_progress_ms":250,"stuck":false,"stalled":false,"verdicts":[{"at_ms":2000,"state":"degraded","why":"one \"disk\" of two"}],)"
      R"("failures":[{"at_ms":1500,"incarnation":1,"what":"tab\u0009here"}],"children":[]}]})");
}

TEST_CASE("asks between slots can be listed") {
  tree t;
  t.root.child<helper>("helper", {}, {}, [](int n) { return answered(n); });
  t.add("a");
  auto system = t.start();
  CHECK(system.ask_edges() == lines{"/root/a -> /root/helper"});
}

TEST_CASE("an actor that is stuck is seen without its help") {
  tree t;
  const auto a = t.add("a");
  auto system = t.start({.health_period = 1ms});
  const auto inside = std::make_shared<gate>();
  const auto until = std::make_shared<gate>();
  send(a, perform{[=](subject&) {
         inside->open();
         until->pass();
       }});
  REQUIRE(inside->wait());
  CHECK(eventually([&] { return !system.ready(); }));
  const auto stuck = system.tree().children.at(0);
  CHECK(stuck.handling == "alys::test::perform");
  CHECK(stuck.busy_for > 0ns);
  CHECK(stuck.health.why == "busy with alys::test::perform and does not answer its health check");
  until->open();
  CHECK(eventually([&] { return system.ready(); }));
}

// With so short a period any turn that the machine holds up for two milliseconds has missed a check: the last word comes, if not at once.
TEST_CASE("an actor speaks for its own health") {
  well t;
  const auto comes_to = [&](const health_report& expected) { return eventually([&] { return t.system.tree().health == expected; }); };
  CHECK(comes_to({}));
  t.say({health_state::degraded, "one of two"});
  CHECK(comes_to({health_state::degraded, "b: one of two"}));
  CHECK(eventually([&] { return t.system.ready(); }));
  t.say({health_state::unhealthy, "none of two"});
  CHECK(comes_to({health_state::unhealthy, "b: none of two"}));
  CHECK_FALSE(t.system.ready());
  t.say({});
  CHECK(comes_to({}));
  CHECK(eventually([&] { return t.system.ready(); }));
}

TEST_CASE("a child that is not critical only degrades its supervisor") {
  well t{false};
  t.say({health_state::unhealthy, "none of two"});
  CHECK(eventually([&] { return t.system.tree().health == health_report{health_state::degraded, "b: none of two"}; }));
  CHECK(eventually([&] { return t.system.ready(); }));
}

TEST_CASE("a health check that throws is a failure") {
  well t;
  {
    const std::lock_guard guard(t.mutex);
    t.broken = true;
  }
  REQUIRE(t.seen->decisions.wait_for("/root/b (1): restart"));
  {
    const std::lock_guard guard(t.mutex);
    t.broken = false;
  }
  CHECK(find(t.system.tree(), "/root/b")->failures.at(0).what.text() == "health itself");
}

TEST_CASE("a tree is not ready while a critical child waits for its restart") {
  tree t;
  const auto a = t.add("a", {.restart = backoff{.initial = std::chrono::hours{1}, .cap = std::chrono::hours{1}, .jitter = jitter::none}});
  auto system = t.start();
  CHECK(system.ready());
  CHECK(system.ask(a, throwing(), patience).error().failed());
  CHECK(eventually([&] { return !system.ready(); }));
  CHECK(system.shutdown({.deadline = patience, .drain = 1ms}).in_time);
}

TEST_CASE("a fault can be put into a running actor by its path") {
  tree t;
  const auto a = t.add("a");
  auto system = t.start();
  CHECK(system.inject_fault("/root/a"));
  CHECK(t.seen->decisions.wait_for("/root/a (1): restart"));
  CHECK(system.ask(a, incarnation_of(), patience) == 2);
  CHECK(system.inject_fault("/root/b") == errc::no_such_path);
  CHECK(system.inject_fault("/root") == errc::wrong_type);
}

TEST_CASE("all steps of a life that observers see are allowed and follow each other") {
  struct life_watch final : observer {
    void lifecycle_changed(std::string_view path, const lifecycle_event& step) override {
      const std::lock_guard guard(mutex);
      const auto last = at.find(std::string{path});
      const bool follows =
          last == at.end() ? step.from == lifecycle_state::initializing : last->second.first == step.from && last->second.second <= step.at;
      if (!follows || !allowed(step.from, step.to)) wrong.push_back(std::string{path} + ": " + to_string(step));
      at[std::string{path}] = {step.to, step.at};
      ++steps[{step.from, step.to}];
    }
    std::mutex mutex;
    std::map<std::string, std::pair<lifecycle_state, std::chrono::nanoseconds>> at;
    std::map<std::pair<lifecycle_state, lifecycle_state>, int> steps;
    lines wrong;
  };
  const auto seen = std::make_shared<life_watch>();
  tree t{one_for_all{.restarts = 1'000}};
  const auto a = t.add("a");
  const auto b = t.add(t.root.supervisor("team", one_for_one{.restarts = 1}), "b");
  t.add("c");
  std::atomic<int> starts{0};
  t.of("c").initialize = [&](subject&) -> result<void> {
    if (++starts % 3 == 0) throw std::runtime_error("every third time");
    return {};
  };
  t.of("c").stopping = [&](subject&) -> result<void> {
    if (starts % 2 == 0) return fail(category::resource, "now and then");
    return {};
  };
  auto system = t.start({.observers = {seen}});
  for (int i = 0; i < 30; ++i) {
    send(i % 2 == 0 ? a : b, perform{[](subject&) { throw std::runtime_error("again"); }});
    CHECK(eventually([&] { return system.ready(); }));
  }
  CHECK(system.shutdown(patience).in_time);
  const std::lock_guard guard(seen->mutex);
  CHECK(seen->wrong == lines{});
  using enum lifecycle_state;
  for (const auto& step : {std::pair{initializing, running},
                           {initializing, failed},
                           {running, stopping},
                           {running, failed},
                           {stopping, stopped},
                           {stopping, failed},
                           {stopped, restarting},
                           {failed, restarting},
                           {restarting, initializing}}) {
    INFO(to_string(step.first) << " -> " << to_string(step.second));
    CHECK(seen->steps.count(step) == 1);
  }
}
