// SPDX-License-Identifier: Apache-2.0
//
// Plain CAF actors of every kind as children of a supervisor.
#include "support/actors/tree.hpp"

#include <alys/actors/caf.hpp>

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alys::test::act)

using namespace alys;
using namespace alys::test;
using namespace std::chrono_literals;

namespace {

using counter_type = caf::typed_actor<caf::replies_to<int>::with<int>>;

// An old service: adds up, dies of a negative number, and ends in order at zero. Here and below whatever is spawned takes an argument: of a
// function without one CAF 0.17 binds a reference to a tuple that is not there, which a sanitizer stops.
caf::behavior adder(caf::event_based_actor* self, int begin) {
  auto sum = std::make_shared<int>(begin);
  return {[=](int n) {
    if (n < 0) self->quit(caf::make_error(caf::sec::runtime_error, "it is negative"));
    else if (n == 0) self->quit();
    return *sum += n;
  }};
}

counter_type::behavior_type typed_adder(counter_type::pointer self, int begin) {
  auto sum = std::make_shared<int>(begin);
  return {[=](int n) {
    if (n < 0) self->quit(caf::make_error(caf::sec::runtime_error, "it is negative"));
    return *sum += n;
  }};
}

void blocking_adder(caf::blocking_actor* self, int begin) {
  int sum = begin;
  bool running = true;
  self->receive_while(running)(
      [&](int n) {
        if (n < 0) {
          self->fail_state(caf::make_error(caf::sec::runtime_error, "it is negative"));
          running = false;
        }
        return sum += n;
      },
      [&](caf::exit_msg& e) {
        self->fail_state(std::move(e.reason));
        running = false;
      });
}

// What a plain requester gets.
template <class H>
std::pair<std::optional<int>, caf::error> ask_plainly(alys::system& system, const H& to, int n) {
  std::pair<std::optional<int>, caf::error> got;
  caf::scoped_actor self{caf_system(system)};
  self->request(to, patience, n).receive([&](int sum) { got.first = sum; }, [&](caf::error& e) { got.second = std::move(e); });
  return got;
}

template <class H>
void dies_and_comes_back(alys::system& system, tree& t, const foreign<H>& child) {
  const H address = child.address();
  REQUIRE(ask_plainly(system, address, 2).first == 2);
  REQUIRE(ask_plainly(system, address, 3).first == 5);
  const H first = child.current();
  ask_plainly(system, address, -1);
  REQUIRE(t.seen->steps.wait_for("/root/old: initializing -> running (2)"));
  CHECK(child.address() == address);
  CHECK(child.current() != first);
  CHECK(ask_plainly(system, address, 4).first == 4); // a new life, at the same address
  const tree_node root = system.tree();
  const tree_node* node = find(root, "/root/old");
  REQUIRE(node != nullptr);
  CHECK(node->type == "caf actor");
  CHECK(node->restarts == 1);
  REQUIRE(node->failures.size() == 1);
  CHECK(node->failures[0].what == errc::exited);
  CHECK(node->failures[0].what.text().find("it is negative") != std::string::npos);
  CHECK(t.seen->decisions.lines() == lines{"/root/old (1): restart"});
  CHECK(node->messages.handled == 4);
  CHECK(system.shutdown(5s).in_time);
  CHECK(t.seen->steps.count("/root/old: stopping -> stopped (2)") == 1);
}

} // namespace

TEST_CASE("an event-based CAF actor is restarted behind an address that stays") {
  tree t;
  const auto old = supervise(t.root, "old", [](caf::actor_system& on) { return on.spawn(adder, 0); });
  auto system = t.start();
  dies_and_comes_back(system, t, old);
}

TEST_CASE("a typed CAF actor is restarted behind a typed address that stays") {
  tree t;
  const foreign<counter_type> old = supervise(t.root, "old", [](caf::actor_system& on) { return on.spawn(typed_adder, 0); });
  auto system = t.start();
  dies_and_comes_back(system, t, old);
}

TEST_CASE("a detached CAF actor is restarted behind an address that stays") {
  tree t;
  const auto old = supervise(t.root, "old", [](caf::actor_system& on) { return on.spawn<caf::detached>(adder, 0); });
  auto system = t.start();
  dies_and_comes_back(system, t, old);
}

TEST_CASE("a blocking CAF actor is restarted behind an address that stays") {
  tree t;
  const auto old = supervise(t.root, "old", [](caf::actor_system& on) { return on.spawn(blocking_adder, 0); });
  auto system = t.start();
  dies_and_comes_back(system, t, old);
}

TEST_CASE("a CAF actor that ends normally has finished") {
  tree t;
  const auto old = supervise(t.root, "old", [](caf::actor_system& on) { return on.spawn(adder, 0); }, {.kind = child_kind::transient});
  auto system = t.start();
  caf::anon_send(old.address(), 0);
  REQUIRE(t.seen->steps.wait_for("/root/old: stopped -> terminated (1)"));
  CHECK(t.seen->decisions.lines().empty());
  CHECK(system.wait_for(1ns) == end_reason::none);
}

TEST_CASE("a permanent CAF actor that ends normally is started again") {
  tree t;
  const auto old = supervise(t.root, "old", [](caf::actor_system& on) { return on.spawn(adder, 0); });
  auto system = t.start();
  caf::anon_send(old.address(), 0);
  REQUIRE(t.seen->steps.wait_for("/root/old: initializing -> running (2)"));
  CHECK(ask_plainly(system, old.address(), 4).first == 4);
}

TEST_CASE("a CAF actor whose constructor throws fails its start") {
  tree t;
  (void)supervise(t.root, "old", [](caf::actor_system&) -> caf::actor { throw std::runtime_error("no port left"); });
  std::string said;
  try {
    auto system = t.start();
  } catch (const start_error& e) {
    said = e.what();
  }
  CHECK(said == "/root: /root/old: no port left");
}

TEST_CASE("a spawn function that gives a null handle fails its start") {
  tree t;
  (void)supervise(t.root, "old", [](caf::actor_system&) { return caf::actor{}; });
  std::string said;
  try {
    auto system = t.start();
  } catch (const start_error& e) {
    said = e.what();
  }
  CHECK(said == "/root: /root/old: the spawn function gave a null handle");
}

TEST_CASE("messages for a CAF actor that waits for its restart are answered or counted") {
  tree t;
  const auto old = supervise(t.root, "old", [](caf::actor_system& on) { return on.spawn(adder, 0); },
                             {.restart = backoff{.initial = 10min, .cap = 10min, .jitter = jitter::none}});
  auto system = t.start();
  const caf::actor address = old.address();
  ask_plainly(system, address, -1);
  REQUIRE(t.seen->steps.wait_for("/root/old: running -> failed (1)"));
  CHECK_FALSE(old.current());
  CHECK(ask_plainly(system, address, 1).second == caf::sec::request_receiver_down);
  caf::anon_send(address, 1);
  REQUIRE(t.seen->dead_letters.wait_for("(a message for a plain CAF actor) to /root/old: no receiver"));
  CHECK(system.dead_letters(dead_letter_cause::no_receiver) == 1);
  CHECK(find(system.tree(), "/root/old")->messages.rejected == 2);
}

TEST_CASE("messages for a CAF actor that was stopped for good are answered or counted") {
  tree t;
  const auto old = supervise(t.root, "old", [](caf::actor_system& on) { return on.spawn(adder, 0); }, {.kind = child_kind::transient});
  auto system = t.start();
  const caf::actor address = old.address();
  caf::anon_send(address, 0);
  REQUIRE(t.seen->steps.wait_for("/root/old: stopped -> terminated (1)"));
  CHECK(ask_plainly(system, address, 1).second == caf::sec::request_receiver_down);
  caf::anon_send(address, 1);
  REQUIRE(t.seen->dead_letters.wait_for("(a message for a plain CAF actor) to /root/old: receiver stopped"));
}

TEST_CASE("a monitor of the address is told when the slot ends and not at a restart") {
  tree t;
  const auto old = supervise(t.root, "old", [](caf::actor_system& on) { return on.spawn(adder, 0); }, {.kind = child_kind::transient});
  auto system = t.start();
  caf::scoped_actor self{caf_system(system)};
  const caf::actor address = old.address();
  self->monitor(address);
  caf::anon_send(address, -1);
  REQUIRE(t.seen->steps.wait_for("/root/old: initializing -> running (2)"));
  CHECK_FALSE(self->has_next_message());
  caf::anon_send(address, 0);
  bool told = false;
  self->receive([&](const caf::down_msg& d) { told = d.source == address; });
  CHECK(told);
}

TEST_CASE("a plain CAF child may ask cells of its tree") {
  tree t;
  const auto cell = t.add("cell");
  const auto old = supervise(t.root, "old", [cell](caf::actor_system& on) {
    return on.spawn(
        [](caf::event_based_actor* self, const ref<subject>& whom) -> caf::behavior {
          return {[=](int n) { return self->delegate(caf::actor_cast<caf::actor>(to_caf(whom)), answering(n)); }};
        },
        cell);
  });
  auto system = t.start();
  CHECK(ask_plainly(system, old.address(), 7).first == 7);
}

TEST_CASE("an injected fault restarts a CAF actor") {
  tree t;
  const auto old = supervise(t.root, "old", [](caf::actor_system& on) { return on.spawn(adder, 0); });
  auto system = t.start();
  const caf::actor first = old.current();
  REQUIRE(system.inject_fault("/root/old"));
  REQUIRE(t.seen->steps.wait_for("/root/old: initializing -> running (2)"));
  CHECK(old.current() != first);
}

TEST_CASE("a failed sibling takes a CAF actor down and up again in a group") {
  tree t{one_for_all{}};
  const auto old = supervise(t.root, "old", [](caf::actor_system& on) { return on.spawn(adder, 0); });
  const auto sibling = t.add("sibling");
  auto system = t.start();
  const caf::actor first = old.current();
  CHECK(system.ask(sibling, throwing(), patience).error().failed());
  REQUIRE(t.seen->steps.wait_for("/root/old: initializing -> running (2)"));
  CHECK(old.current() != first);
  CHECK(t.seen->steps.count("/root/old: stopping -> stopped (1)") == 1);
}

TEST_CASE("a CAF actor that ends while its supervisor decides to resume it has failed again") {
  static gate deciding;
  static gate ended;
  static constexpr row table[] = {{[](const failure&) {
                                     deciding.open();
                                     ended.pass();
                                     return true;
                                   },
                                   action::resume}};
  tree t;
  const auto old = supervise(t.root, "old", [](caf::actor_system& on) { return on.spawn(adder, 0); }, {.decisions = table});
  auto system = t.start({.threads = 4});
  REQUIRE(system.inject_fault("/root/old", injected_fault::failure));
  REQUIRE(deciding.wait());
  ask_plainly(system, old.address(), -1);
  CHECK(eventually([&] { return !old.current(); }));
  ended.open();
  REQUIRE(t.seen->steps.wait_for("/root/old: initializing -> running (2)"));
  CHECK(t.seen->decisions.lines() == lines{"/root/old (1): resume", "/root/old (1): restart"}); // an end cannot be resumed
}

TEST_CASE("while the breaker of a CAF actor is open messages are turned away by it") {
  tree t;
  const auto old = supervise(t.root, "old", [](caf::actor_system& on) { return on.spawn(adder, 0); },
                             {.breaker = breaker{.failures = 1, .open_for = 10min}});
  auto system = t.start();
  const caf::actor address = old.address();
  ask_plainly(system, address, -1);
  REQUIRE(t.seen->steps.wait_for("/root/old: running -> failed (1)"));
  const caf::error why = ask_plainly(system, address, 1).second;
  CHECK(why == caf::sec::request_receiver_down);
  CHECK(caf::to_string(why).find("/root/old: its breaker is open") != std::string::npos);
  caf::anon_send(address, 1);
  REQUIRE(t.seen->dead_letters.wait_for("(a message for a plain CAF actor) to /root/old: breaker open"));
}

TEST_CASE("the breaker of a CAF actor shuts when it starts and lets messages in again") {
  tree t;
  const auto old = supervise(t.root, "old", [](caf::actor_system& on) { return on.spawn(adder, 0); },
                             {.breaker = breaker{.failures = 1, .open_for = 1ms, .probes = 1, .successes = 1}});
  auto system = t.start();
  ask_plainly(system, old.address(), -1);
  REQUIRE(t.seen->steps.wait_for("/root/old: initializing -> running (2)"));
  CHECK(eventually([&] { return find(system.tree(), "/root/old")->breaker->state == breaker_state::closed; }));
  CHECK(ask_plainly(system, old.address(), 4).first == 4);
}

TEST_CASE("a reload that brings another version of a CAF actor replaces it and its address stays") {
  const auto declare = [](tree& t, int begin, const std::string& version) {
    return supervise(
        t.root, "old",
        [begin](caf::actor_system& on) {
          return on.spawn([](caf::event_based_actor*, int from) -> caf::behavior { return {[from](int n) { return from + n; }}; }, begin);
        },
        {}, version);
  };
  tree t, next;
  const auto old = declare(t, 100, "1");
  (void)declare(next, 200, "2");
  auto system = t.start();
  const caf::actor address = old.address();
  CHECK(ask_plainly(system, address, 1).first == 101);
  REQUIRE(system.reload(next.root).outcome == reload_outcome::applied);
  REQUIRE(t.seen->steps.wait_for("/root/old: initializing -> running (2)"));
  CHECK(ask_plainly(system, address, 1).first == 201);
  CHECK(t.seen->decisions.lines().empty());
}

TEST_CASE("a reload cannot bring a CAF actor of another interface or of another function under the same version") {
  tree t, untyped, other;
  (void)supervise(t.root, "old", [](caf::actor_system& on) { return on.spawn(typed_adder, 0); });
  (void)supervise(
      untyped.root, "old", [](caf::actor_system& on) { return on.spawn(adder, 0); }, {}, "2");
  (void)supervise(other.root, "old", [](caf::actor_system& on) { return on.spawn<caf::detached>(typed_adder, 0); });
  auto system = t.start();
  CHECK(to_string(system.reload(untyped.root)) == "version 1 stays (refused)\n/root/old: another kind of child: this needs a new start");
  CHECK(to_string(system.reload(other.root)) ==
        "version 1 stays (refused)\n/root/old: other functions under the same version: give them a version of their own");
}
