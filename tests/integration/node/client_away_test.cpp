// SPDX-License-Identifier: Apache-2.0
//
// A node whose execution client is away: it keeps what it has, says what is the matter, and goes on by itself.
#include "virtual_node.hpp"

#include <catch2/catch.hpp>

using namespace alys::domain;
using namespace alys::test;
using alys::health_state;
using Catch::Contains;

namespace {

using slots = std::vector<std::uint64_t>;

constexpr auto engine_path = "/root/chain/engine";

} // namespace

TEST_CASE("a node whose client is away is degraded and says why and serves its chain and heals") {
  virtual_node node;
  node.pass(5s);
  REQUIRE(node.slots() == slots{1, 2});
  node.engine().be(mood::away);
  node.pass(120s); // longer than any budget of restarts lasts
  CHECK(node.slots() == slots{1, 2});
  CHECK(node.health(engine_path).state == health_state::degraded);
  CHECK_THAT(node.health(engine_path).why, Contains("the execution client is away: nobody listens there"));
  CHECK(node.health("/root").state == health_state::degraded);
  CHECK_THAT(node.health("/root").why, Contains("chain: engine: the execution client is away"));
  CHECK(node.time().ask(node.chain(), find_head{}).value().head.height == block_height{2});
  CHECK(node.submit(dev_transfer(0)) == alys::fault::connection_refused);
  node.engine().be(mood::well);
  node.pass(5s);
  CHECK(node.slots().size() >= 4);
  CHECK(node.health("/root").state == health_state::healthy);
  CHECK(node.time().incarnation(node.chain()) == 1);
}

TEST_CASE("a block that the client does not hear of is durable and the next one stands on it") {
  virtual_node node;
  node.pass(3s);
  node.engine().moving = mood::away;
  node.pass(4s);
  CHECK(node.slots() == slots{1, 2, 3});
  CHECK(node.time().incarnation(node.chain()) == 1);
}

TEST_CASE("a chain that begins a life while the client is away serves what it has and leads the client later") {
  virtual_node node;
  node.pass(5s);
  node.engine().be(mood::away);
  REQUIRE(node.time().system().inject_fault("/root/chain/chain"));
  node.pass(20s);
  REQUIRE(node.time().incarnation(node.chain()) == 2);
  CHECK(node.time().ask(node.chain(), find_head{}).value().head.height == block_height{2});
  node.engine().be(mood::well);
  node.pass(4s);
  CHECK(node.slots().size() >= 3);
  CHECK(node.health("/root").state == health_state::healthy);
}

TEST_CASE("a client that comes back is noticed although nobody needs it") {
  virtual_node node({.spec = dev_spec(2s), .author = false});
  node.engine().be(mood::away);
  CHECK(node.submit(dev_transfer(0)) == alys::fault::connection_refused);
  node.pass(3s);
  CHECK(node.health(engine_path).state == health_state::degraded);
  node.engine().be(mood::well);
  node.pass(3s);
  CHECK(node.health(engine_path).state == health_state::healthy);
}
