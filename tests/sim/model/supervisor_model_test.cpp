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
  CHECK(supervisor.failed(1, network_failure(), 2s) ==
        plan{.decided = alys::action::restart, .escalates = true, .out_of_budget = true, .outcomes = {{1, outcome::escalate}}});

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
