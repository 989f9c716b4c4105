// SPDX-License-Identifier: Apache-2.0
//
// Strategies of the user's own, by function and by name.
#include "support/actors/flaky.hpp"

#include <alys/testkit.hpp>

#include <catch2/catch.hpp>

using namespace alys;
using namespace alys::test;

namespace {

using lines = std::vector<std::string>;

// Four children a, b, c, d under one supervisor of its own below the root.
struct team {
  explicit team(strategy how, std::vector<child_options> options = std::vector<child_options>(4)) : spec(t.root().supervisor("team", how)) {
    for (std::size_t i = 0; i < 4; ++i) {
      const std::string name(1, static_cast<char>('a' + i));
      who.push_back(spec.child<flaky>(name, {}, options[i], name, all));
    }
    t.start();
    all->clear();
  }
  void fail(std::size_t which) {
    CHECK(t.ask(who[which], crash{}).error().failed());
    t.run_until_idle();
  }
  lines news() { return std::exchange(*all, {}); }
  [[nodiscard]] std::vector<std::uint32_t> lives() {
    std::vector<std::uint32_t> each;
    for (const auto& w : who) each.push_back(t.incarnation(w));
    return each;
  }
  diary all = std::make_shared<lines>();
  testkit::bench t;
  supervisor_spec& spec;
  std::vector<ref<flaky>> who;
};

using numbers = std::vector<std::uint32_t>;

void with_last(const failure&, std::span<sibling> children) { children.back().then = action::restart; }

} // namespace

TEST_CASE("a function says who restarts with the one that failed") {
  team t{by_function{.name = "with_last", .decide = with_last}};
  t.fail(1);
  CHECK(t.lives() == numbers{1, 2, 1, 2});
  CHECK(t.news() == lines{"d stopping", "d gone", "b gone", "b started", "d started"});
  t.fail(3);
  CHECK(t.lives() == numbers{1, 2, 1, 3});
}

TEST_CASE("a function sees the failure and all children") {
  std::vector<std::string> seen;
  team t{by_function{.name = "looks", .decide = [&](const failure& f, std::span<sibling> children) {
                       seen.push_back(f.path + ": " + f.what.message());
                       for (const sibling& s : children)
                         seen.push_back(std::string{s.name} + (s.failed ? " failed" : "") + (s.running ? " runs " : " rests ") +
                                        std::to_string(s.restarts) + ' ' + std::string{to_string(s.then)});
                     }}};
  t.fail(1);
  t.fail(1);
  CHECK(seen == lines{"/bench/team/b: told to", "a runs 0 resume", "b failed rests 0 restart", "c runs 0 resume", "d runs 0 resume",
                      "/bench/team/b: told to", "a runs 0 resume", "b failed rests 1 restart", "c runs 0 resume", "d runs 0 resume"});
}

TEST_CASE("a function may stop children and the one that failed too") {
  team t{by_function{.name = "stops", .decide = [](const failure&, std::span<sibling> children) {
                       children[0].then = action::stop;
                       children[1].then = action::stop;
                       children[2].then = action::restart;
                     }}};
  t.fail(1);
  CHECK(t.t.state(t.who[0]) == lifecycle_state::terminated);
  CHECK(t.t.state(t.who[1]) == lifecycle_state::terminated);
  CHECK(t.t.ask(t.who[2], ping{}) == 2u);
  CHECK(t.t.ask(t.who[3], ping{}) == 1u);
  CHECK(t.t.tree().restarts_in_window == 0);
  CHECK(find(t.t.tree(), "/bench/team")->restarts_in_window == 1);
}

TEST_CASE("a function may escalate and so does what it throws") {
  const bool throws = GENERATE(false, true);
  team t{by_function{.name = "gives_up", .decide = [throws](const failure&, std::span<sibling> children) {
                       if (throws) throw std::runtime_error("no idea");
                       children[0].then = action::escalate;
                     }}};
  t.fail(1);
  CHECK(t.lives() == numbers{2, 2, 2, 2});
  CHECK(find(t.t.tree(), "/bench/team")->incarnation == 2);
}

TEST_CASE("what a function decides spends the budget") {
  team t{by_function{.name = "with_last", .decide = with_last, .restarts = 2}};
  for (int i = 0; i < 3; ++i) t.fail(0);
  CHECK(find(t.t.tree(), "/bench/team")->incarnation == 2);
  CHECK(t.lives() == numbers{4, 2, 2, 4});
}

TEST_CASE("a function is asked only where a table says restart") {
  int asked = 0;
  team t{by_function{.name = "counts", .decide = [&](const failure&, std::span<sibling>) { ++asked; }}};
  CHECK(t.t.ask(t.who[0], crash{fail(category::timeout, "resumed")}).error().failed());
  CHECK(t.t.ask(t.who[1], crash{fail(category::corruption, "stopped")}).error().failed());
  t.t.run_until_idle();
  CHECK(asked == 0);
  t.fail(0);
  CHECK(asked == 1);
}

TEST_CASE("a permanent child that ends by itself is put to the function too") {
  team t{by_function{.name = "with_last", .decide = with_last}};
  CHECK(t.t.ask(t.who[0], leave{}) == 1u);
  t.t.run_until_idle();
  CHECK(t.lives() == numbers{2, 1, 1, 2});
}

TEST_CASE("a function is chosen by its name") {
  strategy_set own;
  own.add("with_last", with_last).add("alone", [](const failure&, std::span<sibling>) {});
  const auto chosen = strategy::by_name("with_last", {.restarts = 7}, own).value();
  CHECK(chosen.kind() == strategy_kind::by_function);
  CHECK(chosen.name() == "with_last");
  CHECK(chosen.limit().restarts == 7);
  team t{chosen};
  t.fail(0);
  CHECK(t.lives() == numbers{2, 1, 1, 2});
  CHECK(find(t.t.tree(), "/bench/team")->type == "with_last");
  CHECK(strategy::by_name("rest_for_one", {}, own).value().kind() == strategy_kind::rest_for_one);
  CHECK(strategy::by_name("with_lst", {}, own).error().text() ==
        "strategy \"with_lst\": expected one_for_one, one_for_all, rest_for_one, alone or with_last");
}

TEST_CASE("a set of strategies takes each name once and none of the library's") {
  strategy_set own;
  own.add("mine", with_last);
  CHECK_THROWS_WITH(own.add("mine", with_last), "alys: strategy \"mine\": added twice");
  CHECK_THROWS_WITH(own.add("one_for_all", with_last), "alys: strategy \"one_for_all\": the library has one of this name");
  CHECK_THROWS_WITH(own.add("", with_last), "alys: strategy \"\": it needs a name");
  CHECK_THROWS_WITH(own.add("empty", {}), "alys: strategy \"empty\": it needs a function");
}

TEST_CASE("a strategy without a function or a name does not start") {
  supervisor_spec root{"root", by_function{}};
  CHECK(to_string(root.check()) == "/root: strategy: a function needs a name\n/root: strategy: by_function needs a function");
  supervisor_spec other{"root", one_for_one{.then = static_cast<escalation>(9)}};
  CHECK(to_string(other.check()) == "/root: then: must be to_parent, stop_subtree, degrade or restart_subtree");
}
