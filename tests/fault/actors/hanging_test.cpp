// SPDX-License-Identifier: Apache-2.0
//
// Hooks and handlers that hang. A thread cannot be killed, so whoever never returns is left behind and named; everybody else goes on, and
// nobody waits for ever. Each test lets its prisoners go at its end.
#include "support/actors/tree.hpp"

using namespace alys;
using namespace alys::test;
using namespace std::chrono_literals;

namespace {

// Opens when the test ends, however it ends.
struct prison {
  ~prison() { open->open(); }
  [[nodiscard]] std::function<result<void>(subject&)> hook() const {
    return [inside = inside, open = open](subject&) -> result<void> {
      inside->open();
      open->pass();
      return {};
    };
  }
  [[nodiscard]] perform handler() const {
    return {[inside = inside, open = open](subject&) {
      inside->open();
      open->pass();
    }};
  }
  std::shared_ptr<gate> inside = std::make_shared<gate>();
  std::shared_ptr<gate> open = std::make_shared<gate>();
};

// Hooks that take longer, for as long as nobody delivers. The actor takes these away: a test that wants to deliver keeps copies.
struct slow_hooks {
  promise<void> initialize;
  promise<void> stopping;
};
class patient final : public actor<patient> {
public:
  using messages = accepts<note>;
  explicit patient(slow_hooks* hooks) : hooks_(hooks) {}
  promise<void> initialize() { return std::exchange(hooks_->initialize, {}); }
  promise<void> stopping() { return std::exchange(hooks_->stopping, {}); }
  void handle(const note&) {}

private:
  slow_hooks* hooks_;
};

} // namespace

TEST_CASE("an initialize that hangs fails the start by name") {
  const prison p;
  tree t;
  t.add("before");
  t.add("a", {.initialize_within = 1ms});
  t.of("a").initialize = p.hook();
  CHECK(what_start_says(t) == "/root: /root/a: errc::hook_timeout: construction, initialize() and started() did not finish within 1 ms");
  CHECK(t.of("before").log.lines() == lines{"construct", "initialize", "started", "stopping", "stopped", "destroy"});
}

TEST_CASE("a constructor and a started that hang fail the start too") {
  const prison p;
  tree constructed;
  constructed.add("a", {.initialize_within = 1ms});
  constructed.of("a").construct = [&](subject& s) { (void)p.hook()(s); };
  CHECK_THAT(what_start_says(constructed), Catch::Contains("/root/a: errc::hook_timeout"));
  tree started;
  started.add("a", {.initialize_within = 1ms});
  started.of("a").started = p.hook();
  CHECK_THAT(what_start_says(started), Catch::Contains("/root/a: errc::hook_timeout"));
}

TEST_CASE("an initialize that never answers fails the start by name") {
  tree t;
  slow_hooks hooks;
  const slow_hooks kept = hooks;
  t.root.child<patient>("a", {}, {.initialize_within = 1ms}, &hooks);
  CHECK(what_start_says(t) == "/root: /root/a: errc::hook_timeout: initialize() did not finish within 1 ms");
  CHECK(t.seen->steps.count("/root/a: failed -> terminated (1)") == 1);
}

TEST_CASE("an initialize that answers later is waited for") {
  tree t;
  slow_hooks hooks;
  hooks.stopping.deliver();
  const slow_hooks kept = hooks;
  const auto a = t.root.child<patient>("a", {}, {.initialize_within = patience}, &hooks);
  send(a, note{1});
  std::thread later([&] { kept.initialize.deliver(); });
  auto system = t.start();
  later.join();
  CHECK(eventually([&] { return find(system.tree(), "/root/a")->messages.handled == 1; }));
}

TEST_CASE("an initialize that fails later fails the start and one that is let go of too") {
  const bool delivered = GENERATE(true, false);
  tree t;
  slow_hooks hooks;
  if (delivered) hooks.initialize.deliver(fail(category::database, "no such table"));
  t.root.child<patient>("a", {}, {.initialize_within = patience}, &hooks);
  CHECK(what_start_says(t) == (delivered ? "/root: /root/a: no such table" : "/root: /root/a: errc::broken_promise"));
}

TEST_CASE("a stopping that never answers is given up in its time") {
  tree t;
  slow_hooks hooks;
  hooks.initialize.deliver();
  const slow_hooks kept = hooks;
  t.root.child<patient>("a", {}, {.stop_within = 1ms}, &hooks);
  auto system = t.start();
  const auto report = system.shutdown(patience);
  CHECK(report.in_time);
  CHECK(report.blockers.empty());
  CHECK(t.log->count("/root/a: stopped with a failure: errc::hook_timeout: stopping() did not finish within 1 ms") == 1);
}

TEST_CASE("a stopping that hangs is left behind and named") {
  const prison p;
  tree t;
  t.add("before");
  t.add("a", {.stop_within = 1ms});
  t.of("a").stopping = p.hook();
  auto system = t.start();
  const auto report = system.shutdown(patience);
  CHECK_FALSE(report.in_time);
  REQUIRE(report.blockers.size() == 1);
  CHECK(report.blockers[0].path == "/root/a");
  CHECK(report.blockers[0].phase == shutdown_phase::stop_children);
  CHECK(report.blockers[0].handling == "stopping()");
  CHECK(report.blockers[0].busy_for > 0ns);
  CHECK(t.of("before").log.count("stopped") == 1);
  CHECK(system.wait() == end_reason::shut_down);
}

TEST_CASE("a destructor that hangs is named") {
  const prison p;
  tree t;
  t.add("a", {.stop_within = 1ms});
  t.of("a").destroyed = [inside = p.inside, open = p.open] {
    inside->open();
    open->pass();
  };
  auto system = t.start();
  const auto report = system.shutdown(patience);
  REQUIRE(report.blockers.size() == 1);
  CHECK(report.blockers[0].handling == "its destructor");
}

TEST_CASE("handlers that never return are all named in time") {
  const prison p;
  const prison q;
  tree t;
  const auto a = t.add("a");
  t.add("healthy");
  const auto b = t.add(t.root.supervisor("team"), "b");
  auto system = t.start();
  send(a, p.handler());
  send(b, q.handler());
  send(b, note{1});
  REQUIRE(p.inside->wait());
  REQUIRE(q.inside->wait());
  const auto report = system.shutdown({.deadline = 400ms, .drain = 1ms});
  CHECK_FALSE(report.in_time);
  CHECK(report.took < patience);       // never by their leave
  std::map<std::string, blocker> last; // of each path; the drain named them too
  for (const blocker& each : report.blockers) last[each.path] = each;
  CHECK(last.size() == 2);
  CHECK(last["/root/a"].phase == shutdown_phase::stop_children);
  CHECK(last["/root/a"].handling == "alys::test::perform");
  CHECK(last["/root/team/b"].handling == "alys::test::perform");
  CHECK(last["/root/team/b"].queued == 1);
  CHECK(t.of("healthy").log.count("stopped") == 1);
  CHECK_THAT(to_string(report), Catch::Contains("/root/a (stop children): in alys::test::perform for "));
}

TEST_CASE("a decision that hangs is named with its supervisor") {
  static gate* inside = nullptr;
  static gate* open = nullptr;
  const prison p;
  inside = p.inside.get();
  open = p.open.get();
  constexpr bool (*hangs)(const failure&) = [](const failure&) {
    inside->open();
    open->pass();
    return false;
  };
  static const std::array rows{row{hangs, action::stop}};
  tree t{one_for_one{}, {.decisions = rows}};
  const auto a = t.add("a");
  t.add("healthy");
  auto system = t.start();
  send(a, perform{[](subject&) { throw std::runtime_error("decide"); }});
  REQUIRE(p.inside->wait());
  const auto report = system.shutdown({.deadline = 100ms, .drain = 1ms});
  CHECK_FALSE(report.in_time);
  CHECK_THAT(to_string(report), Catch::Contains("/root (stop children): in a decision about a failure for "));
  p.open->open();
  CHECK(system.wait_for(patience) == end_reason::shut_down);
}

TEST_CASE("a system is destroyed although a handler never returns") {
  const prison p;
  tree t;
  const auto a = t.add("a", {.stop_within = 1ms});
  {
    auto system = t.start();
    send(a, p.handler());
    REQUIRE(p.inside->wait());
    CHECK_FALSE(system.shutdown({.deadline = patience, .drain = 1ms}).in_time);
  }
  send(a, note{1}); // into a slot that still hangs
}

TEST_CASE("what was left behind is cleared up when it comes back") {
  std::weak_ptr<watch> seen;
  const prison p;
  {
    tree t;
    const auto a = t.add("a", {.stop_within = 1ms});
    seen = t.seen;
    auto system = t.start();
    send(a, p.handler());
    REQUIRE(p.inside->wait());
    CHECK_FALSE(system.shutdown({.deadline = patience, .drain = 1ms}).in_time);
  }
  CHECK_FALSE(seen.expired());
  p.open->open();
  CHECK(eventually([&] { return seen.expired(); }));
}

TEST_CASE("an actor may destroy its own system") {
  std::weak_ptr<watch> seen;
  {
    tree t;
    const auto a = t.add("a");
    seen = t.seen;
    const auto own = std::make_shared<std::optional<alys::system>>(t.start());
    send(a, perform{[own](subject&) { own->reset(); }});
    CHECK(t.seen->steps.wait_for("/root/a: stopped -> terminated (1)"));
  }
  CHECK(eventually([&] { return seen.expired(); }));
}

TEST_CASE("a restart whose initialize hangs for a while heals when it comes back") {
  const prison p;
  tree t{one_for_one{.restarts = 1'000}};
  const auto a = t.add("a", {.initialize_within = 1ms});
  std::atomic<int> alive{0};
  std::atomic<int> most{0};
  std::atomic<int> starts{0};
  t.of("a").construct = [&](subject&) { most = std::max(most.load(), ++alive); };
  t.of("a").destroyed = [&] { --alive; };
  t.of("a").initialize = [&](subject& s) -> result<void> {
    if (++starts == 2) return p.hook()(s);
    return {};
  };
  auto system = t.start();
  CHECK(system.ask(a, throwing(), patience).error().failed());
  REQUIRE(p.inside->wait());
  REQUIRE(t.seen->decisions.wait_for("/root/a (2): restart"));
  p.open->open();
  // The decision may reach the actor only after its initialize has returned.
  CHECK(eventually([&] { return system.ask(a, incarnation_of(), patience).value_or(0) > 2; }));
  CHECK(eventually([&] { return system.ready(); }));
  CHECK(most == 1);
}

TEST_CASE("a sibling that does not come down ends a group restart and the tree") {
  const prison p;
  tree t{one_for_all{}};
  const auto a = t.add("a");
  t.add("b", {.stop_within = 1ms});
  t.of("b").stopping = p.hook();
  auto system = t.start();
  CHECK(system.ask(a, throwing(), patience).error().failed());
  CHECK(system.wait_for(patience) == end_reason::budget_exhausted);
  CHECK(t.log->count("the root supervisor gave up: errc::hook_timeout: /root/b: did not stop in time, so it cannot be restarted") == 1);
  CHECK_FALSE(system.shutdown(patience).in_time);
}

TEST_CASE("a supervisor is not restarted over a child that has not come down") {
  const prison p;
  tree t{one_for_one{.restarts = 2}};
  supervisor_spec& team = t.root.supervisor("team", one_for_all{});
  const auto a = t.add(team, "a");
  t.add(team, "b", {.stop_within = 1ms});
  t.of("b").stopping = p.hook();
  auto system = t.start();
  CHECK(system.ask(a, throwing(), patience).error().failed());
  CHECK(system.wait_for(patience) == end_reason::budget_exhausted);
  CHECK(t.of("b").log.count("construct") == 1);
}

TEST_CASE("actors with threads of their own may block without blocking others") {
  constexpr std::size_t crowd = 16;
  const prison p;
  tree t;
  std::vector<ref<subject>> blocked;
  for (std::size_t i = 0; i < crowd; ++i)
    blocked.push_back(t.add("own-" + std::to_string(i), {.stop_within = patience, .own_thread = true}));
  const auto a = t.add("a");
  auto system = t.start({.threads = 1});
  std::atomic<std::size_t> inside{0};
  for (const auto& each : blocked) {
    send(each, perform{[&, open = p.open](subject&) {
           ++inside;
           open->pass();
         }});
  }
  CHECK(eventually([&] { return inside == crowd; }));
  CHECK(system.ask(a, answering(1), patience) == 1);
  p.open->open();
  for (const auto& each : blocked) CHECK(system.ask(each, incarnation_of(), patience) == 1);
  CHECK(system.ask(blocked[0], throwing(), patience).error().failed());
  CHECK(system.ask(blocked[0], incarnation_of(), patience) == 2);
  CHECK(system.shutdown(patience).in_time);
}
