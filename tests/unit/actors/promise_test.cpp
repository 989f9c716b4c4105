// SPDX-License-Identifier: Apache-2.0
//
// Answers that come later: from another turn, from another thread, twice, never, and after the end of the life that owed them.
#include "support/actors/tree.hpp"

#include <future>

using namespace alys;
using namespace alys::test;
using namespace std::chrono_literals;

namespace {

// Where a handler leaves its promise for the test.
struct shelf {
  act_later keep() {
    return {[this](subject&) {
      promise<int> p;
      given.set_value(p);
      return p;
    }};
  }
  promise<int> take() { return given.get_future().get(); }
  std::promise<promise<int>> given;
};

// An ask that waits on a thread of its own.
std::future<result<int>> ask_aside(alys::system& system, const ref<subject>& to, act_later what) {
  return std::async(std::launch::async, [&system, to, what = std::move(what)] { return system.ask(to, what, patience); });
}

} // namespace

TEST_CASE("an answer may come from another thread long after the handler returned") {
  tree t;
  const auto a = t.add("a");
  auto system = t.start();
  shelf kept;
  auto answer = ask_aside(system, a, kept.keep());
  const auto p = kept.take();
  CHECK(system.ask(a, answering(1), patience) == 1);
  CHECK_FALSE(p.answered());
  CHECK(p.deliver(7));
  CHECK(answer.get() == 7);
}

TEST_CASE("only the first of two answers counts") {
  tree t;
  const auto a = t.add("a");
  auto system = t.start();
  const act_later twice{[](subject&) {
    promise<int> p;
    CHECK(p.deliver(1));
    CHECK_FALSE(p.deliver(2));
    CHECK(p.answered());
    return p;
  }};
  CHECK(system.ask(a, twice, patience) == 1);
}

TEST_CASE("a promise that everybody lets go of answers that it is broken") {
  tree t;
  const auto a = t.add("a");
  auto system = t.start();
  const auto answer = system.ask(a, act_later{[](subject&) { return promise<int>{}; }}, patience);
  CHECK(answer == errc::broken_promise);
  CHECK(answer.error().undelivered());
  CHECK(system.ask(a, incarnation_of(), patience) == 1);
}

TEST_CASE("an error that is delivered is an answer and no failure of the one who gives it") {
  tree t;
  const auto a = t.add("a");
  auto system = t.start();
  const act_later bad_news{[](subject&) { return answered(fail(category::network, "it was down")); }};
  CHECK(system.ask(a, bad_news, patience).error().failed());
  CHECK(system.ask(a, incarnation_of(), patience) == 1);
}

TEST_CASE("a promise that is owed at a restart answers so and drops the late answer") {
  tree t;
  const auto a = t.add("a");
  auto system = t.start();
  shelf kept;
  auto answer = ask_aside(system, a, kept.keep());
  const auto p = kept.take();
  CHECK(system.ask(a, throwing(), patience).error().failed());
  CHECK(answer.get() == errc::restarted);
  CHECK_FALSE(p.deliver(7));
}

TEST_CASE("a promise that is owed at the end of the tree answers that its actor stopped") {
  tree t;
  const auto a = t.add("a");
  auto system = t.start();
  shelf kept;
  auto answer = ask_aside(system, a, kept.keep());
  const auto p = kept.take();
  CHECK(system.shutdown(patience).in_time);
  CHECK(answer.get() == errc::stopped);
}

TEST_CASE("a promise that is returned for two messages fails the second handler and answers both") {
  tree t;
  const auto a = t.add("a");
  static constexpr row go_on[] = {{category::logic, action::resume}};
  t.root = supervisor_spec{"root", one_for_one{}, {.decisions = go_on}};
  const auto b = t.add("b");
  auto system = t.start();
  const promise<int> shared;
  const act_later again{[shared](subject&) { return shared; }};
  auto first = ask_aside(system, b, again);
  REQUIRE(eventually([&] { return find(system.tree(), "/root/b")->messages.handled == 1; }));
  const auto second = system.ask(b, again, patience);
  CHECK(second.error().failed());
  CHECK(second.error().text() == "alys: a promise was returned twice: each answer needs one of its own");
  CHECK(first.get() == errc::restarted);
}

TEST_CASE("a promise whose asker has gone is delivered into the void") {
  tree t;
  const auto a = t.add("a");
  auto system = t.start();
  shelf kept;
  CHECK(system.ask(a, kept.keep(), 1ms) == errc::deadline);
  const auto p = kept.take();
  CHECK(p.deliver(7));
  CHECK(system.ask(a, incarnation_of(), patience) == 1);
}

TEST_CASE("a promise outlives its system") {
  tree t;
  const auto a = t.add("a");
  shelf kept;
  std::optional<promise<int>> p;
  {
    auto system = t.start();
    auto answer = ask_aside(system, a, kept.keep());
    p = kept.take();
    CHECK(system.shutdown(patience).in_time);
    CHECK(answer.get() == errc::stopped);
  }
  CHECK_FALSE(p->deliver(7));
}
