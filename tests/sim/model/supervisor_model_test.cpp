// SPDX-License-Identifier: Apache-2.0
//
// The reference model of a supervisor itself: what follows from a failure under each strategy, kind, budget and table.
#include "supervisor_model.hpp"

#include <catch2/catch.hpp>

using namespace alys::sim;
using namespace std::chrono_literals;
using alys::outcome;

namespace {

using plan = supervisor_model::consequence;

alys::failure network_failure() { return {.what = alys::fail(alys::category::network, "down"), .path = "/a", .incarnation = 1}; }

supervisor_model three_children(alys::strategy how, alys::child_kind kind_of_last = alys::child_kind::permanent) {
  supervisor_model model{how};
  model.add_child({});
  model.add_child({});
  model.add_child({.kind = kind_of_last});
  return model;
}

} // namespace

TEST_CASE("each strategy restarts its group last declared first") {
  using outcomes = std::vector<std::pair<std::size_t, outcome>>;
  const auto restart = outcome::restart;
  auto one = three_children(alys::one_for_one{});
  auto rest = three_children(alys::rest_for_one{});
  auto all = three_children(alys::one_for_all{});
  CHECK(one.failed(1, network_failure(), 1s).outcomes == outcomes{{1, restart}});
  CHECK(rest.failed(1, network_failure(), 1s).outcomes == outcomes{{2, restart}, {1, restart}});
  CHECK(all.failed(1, network_failure(), 1s).outcomes == outcomes{{2, restart}, {1, restart}, {0, restart}});
}

TEST_CASE("a temporary sibling goes down with its group for good and a temporary child that fails just ends") {
  auto all = three_children(alys::one_for_all{}, alys::child_kind::temporary);
  CHECK(all.failed(0, network_failure(), 1s).outcomes.front() == std::pair{std::size_t{2}, outcome::stop});
  CHECK_FALSE(all.alive(2));
  auto one = three_children(alys::one_for_one{}, alys::child_kind::temporary);
  CHECK(one.failed(2, network_failure(), 1s) == plan{.decided = alys::action::stop, .outcomes = {{2, outcome::stop}}});
}

TEST_CASE("the restart beyond the budget of a supervisor or of a child escalates") {
  auto supervisor = three_children(alys::one_for_one{.restarts = 1, .within = 60s});
  CHECK_FALSE(supervisor.failed(0, network_failure(), 1s).escalates);
  CHECK(supervisor.failed(1, network_failure(), 2s) == plan{.decided = alys::action::restart,
                                                            .escalates = true,
                                                            .out_of_budget = true,
                                                            .answered = alys::escalation::to_parent,
                                                            .outcomes = {{1, outcome::escalate}}});

  supervisor_model own{alys::one_for_one{.restarts = 10}};
  own.add_child({.limit = alys::restart_limit{.restarts = 0}});
  CHECK(own.failed(0, network_failure(), 1s).out_of_budget);
}

TEST_CASE("what the tables decide is what follows") {
  auto model = three_children(alys::one_for_all{});
  auto what = network_failure();
  what.what = alys::fail(alys::category::timeout, "slow");
  CHECK(model.failed(0, what, 1s).outcomes == plan{.outcomes = {{0, outcome::resume}}}.outcomes);
  what.what = alys::fail(alys::category::logic, "bug");
  CHECK(model.failed(0, what, 1s).escalates);
  what.what = alys::fail(alys::category::corruption, "bits");
  CHECK(model.failed(0, what, 1s).decided == alys::action::stop);
  CHECK_FALSE(model.alive(0));
}

TEST_CASE("a child that ends by itself does so for good unless it is permanent and may be restarted") {
  supervisor_model model{alys::one_for_one{}};
  model.add_child({});
  model.add_child({.restart = alys::never{}});
  model.add_child({.kind = alys::child_kind::transient});
  CHECK_FALSE(model.ends_when_finished(0));
  CHECK(model.ends_when_finished(1));
  CHECK(model.ends_when_finished(2));
}

TEST_CASE("each answer to what cannot be healed has its consequences") {
  using outcomes = std::vector<std::pair<std::size_t, outcome>>;
  const auto spent = [](alys::escalation then) {
    auto model = three_children(alys::one_for_one{.restarts = 0, .then = then});
    return model.failed(1, network_failure(), 1s);
  };
  CHECK(spent(alys::escalation::to_parent).escalates);
  CHECK(spent(alys::escalation::stop_subtree).ends);
  CHECK(spent(alys::escalation::stop_subtree).outcomes == outcomes{{2, outcome::stop}, {1, outcome::stop}, {0, outcome::stop}});
  CHECK(spent(alys::escalation::degrade).outcomes == outcomes{{1, outcome::stop}});
  CHECK_FALSE(spent(alys::escalation::degrade).ends);
  CHECK(spent(alys::escalation::restart_subtree).escalates); // no budget for that either

  auto model = three_children(alys::one_for_one{.restarts = 1, .then = alys::escalation::restart_subtree});
  CHECK(model.failed(1, network_failure(), 1s).answered == std::nullopt);
  CHECK(model.failed(1, network_failure(), 2s).outcomes == outcomes{{2, outcome::restart}, {1, outcome::restart}, {0, outcome::restart}});
  CHECK(model.failed(1, network_failure(), 3s).answered == std::nullopt); // the budget counts from nothing
  CHECK(model.failed(1, network_failure(), 4s).escalates);
  CHECK(model.saw_restart().empty());
  CHECK(model.failed(1, network_failure(), 5s).answered == std::nullopt);
  CHECK(model.failed(1, network_failure(), 6s).answered == alys::escalation::restart_subtree);
}

TEST_CASE("at the root to stop the subtree is to fail") {
  supervisor_model root{alys::one_for_one{.restarts = 0, .then = alys::escalation::stop_subtree}, {}, {}, true};
  root.add_child({});
  CHECK(root.failed(0, network_failure(), 1s).escalates);
}

TEST_CASE("a function of the user's says whom a restart concerns") {
  using outcomes = std::vector<std::pair<std::size_t, outcome>>;
  const auto first_restarts_second_ends = [](const alys::failure& what, std::span<alys::sibling> children) {
    if (what.path == "/c") throw 0;
    for (auto& each : children) {
      if (each.name == "a") each.then = alys::action::restart;
      if (each.name == "b") each.then = alys::action::stop;
    }
  };
  supervisor_model model{alys::by_function{.name = "own", .decide = first_restarts_second_ends, .restarts = 2}};
  for (const char* name : {"a", "b", "c"}) model.add_child({}, name);
  auto what = network_failure();
  CHECK(model.failed(0, what, 1s).outcomes == outcomes{{1, outcome::stop}, {0, outcome::restart}});
  CHECK_FALSE(model.alive(1));
  what.path = "/c";
  CHECK(model.failed(2, what, 1s).escalates);
}

TEST_CASE("a significant child ends its supervisor by itself or as the last of them") {
  const auto two = [](alys::auto_shutdown how) {
    supervisor_model model{alys::one_for_one{}, {}, how};
    model.add_child({.kind = alys::child_kind::transient, .significant = true});
    model.add_child({.kind = alys::child_kind::temporary, .significant = true});
    model.add_child({});
    return model;
  };
  auto any = two(alys::auto_shutdown::any_significant);
  CHECK(any.ended_by_itself(0).ends);
  auto all = two(alys::auto_shutdown::all_significant);
  CHECK_FALSE(all.ended_by_itself(0).ends);
  CHECK(all.failed(1, network_failure(), 1s).ends); // a temporary one that fails
  CHECK_FALSE(all.alive(2));
  CHECK_FALSE(all.ended_perhaps(2));
  auto perhaps = two(alys::auto_shutdown::all_significant);
  perhaps.saw_leaving(0); // it may end with its supervisor, or be restarted
  CHECK_FALSE(perhaps.failed(1, network_failure(), 1s).sure);
  CHECK(perhaps.ended_perhaps(2));
}

TEST_CASE("when all counts from nothing breakers close but for those of children that are to end") {
  const auto end_second = [](const alys::failure&, std::span<alys::sibling> children) {
    children[1].then = alys::action::stop;
    children[0].then = alys::action::restart;
  };
  supervisor_model model{alys::by_function{.name = "own", .decide = end_second, .restarts = 10}};
  for (const char* name : {"a", "b", "c"}) model.add_child({.breaker = alys::breaker{.failures = 1, .open_for = 1h}}, name);
  auto what = network_failure();
  what.path = "/b";
  CHECK(model.guard(1)->failed(1s)); // before it is to end
  what.path = "/a";
  CHECK(model.failed(0, what, 1s).opens);
  CHECK_FALSE(model.alive(1));
  CHECK(model.saw_restart() == std::vector<std::size_t>{0});
  CHECK(model.guard(0)->state() == alys::breaker_state::closed);
  CHECK(model.guard(1)->state() == alys::breaker_state::open);
}
