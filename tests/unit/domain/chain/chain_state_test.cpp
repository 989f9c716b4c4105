// SPDX-License-Identifier: Apache-2.0
//
// The states of the chain actor: each allowed step by name.
#include <alys/domain/chain/chain_state.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

using namespace alys::domain;

namespace {

// Brings a machine there by allowed steps.
[[nodiscard]] chain_state_machine machine_in(chain_state where) {
  chain_state_machine machine;
  std::vector<chain_state> way;
  switch (where) {
    case chain_state::initializing: break;
    case chain_state::syncing: way = {chain_state::active, chain_state::importing, chain_state::syncing}; break;
    case chain_state::failed: way = {chain_state::failed}; break;
    case chain_state::active: way = {chain_state::active}; break;
    case chain_state::producing:
    case chain_state::importing: way = {chain_state::active, where}; break;
  }
  for (const chain_state next : way) REQUIRE(machine.enter(next).value());
  return machine;
}

[[nodiscard]] bool goes(chain_state from, chain_state to) {
  chain_state_machine machine = machine_in(from);
  const auto outcome = machine.enter(to);
  return outcome && *outcome && machine.state() == to;
}

using enum chain_state;

} // namespace

TEST_CASE("the chain is active once it knows where it stands") { CHECK(goes(initializing, active)); }
TEST_CASE("the chain may fail before it knows where it stands") { CHECK(goes(initializing, failed)); }
TEST_CASE("a chain that lags behind imports what comes") { CHECK(goes(syncing, importing)); }
TEST_CASE("a chain that lags behind may fail") { CHECK(goes(syncing, failed)); }
TEST_CASE("an idle chain produces in its slot") { CHECK(goes(active, producing)); }
TEST_CASE("an idle chain imports what comes") { CHECK(goes(active, importing)); }
TEST_CASE("an idle chain may fail") { CHECK(goes(active, failed)); }
TEST_CASE("production that is given up for lagging behind leads to syncing") { CHECK(goes(producing, syncing)); }
TEST_CASE("production that is given up leaves an idle chain") { CHECK(goes(producing, active)); }
TEST_CASE("what was produced is imported") { CHECK(goes(producing, importing)); }
TEST_CASE("production may fail") { CHECK(goes(producing, failed)); }
TEST_CASE("an import may show that the chain lags behind") { CHECK(goes(importing, syncing)); }
TEST_CASE("the last import leaves an idle chain") { CHECK(goes(importing, active)); }
TEST_CASE("production goes on after an import") { CHECK(goes(importing, producing)); }
TEST_CASE("an import may fail the chain") { CHECK(goes(importing, failed)); }

TEST_CASE("every step that is not in the table is a failure of logic and changes nothing") {
  std::size_t allowed = 0;
  for (const chain_state from : all_chain_states) {
    for (const chain_state to : all_chain_states) {
      INFO(to_string(from) << " to " << to_string(to));
      chain_state_machine machine = machine_in(from);
      const auto outcome = machine.enter(to);
      if (from == to) {
        CHECK(outcome.value() == false);
      } else if (std::ranges::find(chain_transitions, chain_transition{from, to}) != std::end(chain_transitions)) {
        ++allowed;
        CHECK(outcome.value());
      } else {
        CHECK(outcome.error() == chain_state_error::not_allowed);
        CHECK(outcome.error().failed());
        CHECK(outcome.error().category() == alys::category::logic);
        CHECK(machine.state() == from);
      }
    }
  }
  CHECK(allowed == std::size(chain_transitions)); // and no row is there twice
}

TEST_CASE("the state follows from the work in hand and imports come first") {
  CHECK(state_of({}) == active);
  CHECK(state_of({.behind = true}) == syncing);
  CHECK(state_of({.producing = true, .behind = true}) == producing);
  CHECK(state_of({.importing = true, .producing = true, .behind = true}) == importing);
}

TEST_CASE("states have names") {
  std::vector<std::string_view> names;
  for (const chain_state s : all_chain_states) names.push_back(to_string(s));
  CHECK(names == std::vector<std::string_view>{"initializing", "syncing", "active", "producing", "importing", "failed"});
}
