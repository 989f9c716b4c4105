// SPDX-License-Identifier: Apache-2.0
//
// Who listens to the calls to the outside hears of each, with its outcome.
#include "virtual_node.hpp"

#include <catch2/catch.hpp>

#include <map>

using namespace alys::domain;
using namespace alys::test;

namespace {

// "engine new_payload: done", how often.
using tally = std::map<std::string, std::size_t>;

[[nodiscard]] node_setup counting_into(tally& counted) {
  node_setup setup{.spec = dev_spec(2s)};
  setup.calls = [&counted](const observed_call& what) {
    const std::string outcome = !what.outcome ? "done" : what.outcome.failed() ? "failed" : "refused";
    ++counted[std::string{what.port} + " " + std::string{what.call} + ": " + outcome];
  };
  return setup;
}

} // namespace

TEST_CASE("an observer hears of each call that blocks and transactions need") {
  tally counted;
  virtual_node node(counting_into(counted));
  const auto tx = dev_transfer(0);
  REQUIRE(node.submit(tx) == tx->hash);
  CHECK_FALSE(node.submit(tx).has_value()); // known already
  node.pass(4s + 1ms);
  REQUIRE(node.slots().size() == 2);
  CHECK(counted["engine submit_transaction: done"] == 1);
  CHECK(counted["engine submit_transaction: refused"] == 1);
  CHECK(counted["engine begin_payload: done"] == 2);
  CHECK(counted["engine get_payload: done"] == 2);
  CHECK(counted["engine new_payload: done"] == 2);
  CHECK(counted["store journal: done"] == 2); // one that the pool has already is written down too
  CHECK(counted["store commit: done"] == 3);  // genesis too
}

TEST_CASE("an observer hears how a call failed or was refused") {
  tally counted;
  virtual_node node(counting_into(counted));
  node.pass(3s);
  node.engine().building = mood::refuses;
  node.pass(2s);
  CHECK(counted["engine begin_payload: refused"] == 1);
  node.engine().building = mood::fails;
  node.pass(2s);
  CHECK(counted["engine begin_payload: failed"] == 1);
}
