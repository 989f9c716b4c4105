// SPDX-License-Identifier: Apache-2.0
//
// Imports that do not come to their end: what the engine, the store or a new life do to the block in work and to those in line behind it,
// what their askers hear, and that the same block may be offered again.
#include "block_maker.hpp"
#include "virtual_node.hpp"

#include <alys/domain/chain/identity.hpp>

#include <catch2/catch.hpp>

#include <algorithm>

using namespace alys::domain;
using namespace alys::test;
using Catch::Contains;

namespace {

constexpr auto chain_path = "/root/chain/chain";

// A node that only follows, and three blocks in a row that it has not seen.
struct follower {
  follower() {
    block top = maker.genesis;
    for (std::uint64_t i = 1; i <= 3; ++i) blocks.push_back(top = maker.on(top, virtual_node::first_slot + i));
    node.pass(20s); // now they are not too early
    node.engine().checking = mood::late;
  }

  [[nodiscard]] auto offer(std::size_t i) { return node.time().ask_later(node.chain(), import_block{blocks[i]}); }
  [[nodiscard]] alys::result<block_ref> import(std::size_t i) { return node.time().ask(node.chain(), import_block{blocks[i]}, 20s); }
  void run() { node.time().run_until_idle(); }
  // The engine answers what it has held back, and all that comes at once.
  void engine_answers() {
    node.engine().checking = mood::well;
    node.engine().answer_now();
    run();
  }
  // Every block, offered again, is a success, and the chain is what it would have been without the trouble.
  void check_all_can_be_imported() {
    node.pass(1s);
    node.engine().checking = mood::well;
    for (std::size_t i = 0; i < blocks.size(); ++i) {
      INFO(i);
      CHECK(import(i) == ref_to(blocks[i].header));
    }
    CHECK(node.slots() == std::vector<std::uint64_t>{1, 2, 3});
    node.pass(2s); // until health is asked for
    CHECK(node.health("/root").state == alys::health_state::healthy);
  }

  block_maker maker{dev_spec(2s, 3)};
  virtual_node node{{.spec = dev_spec(2s, 3), .author = false}};
  std::vector<block> blocks;
};

} // namespace

TEST_CASE("an import waits until the one before it is done and questions do not wait for either") {
  follower f;
  auto first = f.offer(0);
  auto second = f.offer(1);
  f.run();
  CHECK(f.node.engine().held() == 1); // the second has not come to the engine
  CHECK(f.node.time().ask(f.node.chain(), find_head{}).value().head.height == block_height{0});
  f.node.engine().answer_now();
  f.run();
  CHECK(first.take() == ref_to(f.blocks[0].header));
  CHECK_FALSE(second.arrived());
  CHECK(f.node.engine().held() == 1);
  CHECK(f.node.time().ask(f.node.chain(), find_head{}).value().head == ref_to(f.blocks[0].header));
  f.engine_answers();
  CHECK(second.take() == ref_to(f.blocks[1].header));
}

TEST_CASE("one block more than may wait is refused and those that wait are imported") {
  follower f;
  const std::uint64_t room = chain_settings{}.most_waiting_imports;
  std::vector<alys::testkit::pending_answer<block_ref>> same_block;
  for (std::uint64_t i = 0; i < room; ++i) same_block.push_back(f.offer(0));
  auto one_more = f.offer(0);
  f.run();
  CHECK(one_more.take() == alys::errc::mailbox_full);
  f.engine_answers();
  for (auto& each : same_block) CHECK(each.take() == ref_to(f.blocks[0].header));
  f.check_all_can_be_imported();
}

TEST_CASE("an engine that does not answer about a block changes nothing and the next in line has its turn") {
  follower f;
  f.node.engine().checking = mood::silent;
  auto first = f.offer(0);
  auto wrong_child = f.offer(1);
  f.run();
  f.node.engine().checking = mood::well;
  f.node.pass(10s); // engine_within
  const auto outcome = first.take();
  CHECK(outcome == chain_error::engine_unavailable);
  CHECK(outcome.error().refused());
  CHECK_THAT(outcome.error().message(), Contains("deadline"));
  CHECK(wrong_child.take() == block_error::unknown_parent);
  CHECK(f.node.time().incarnation(f.node.chain()) == 1);
  f.check_all_can_be_imported();
}

TEST_CASE("a block that the store does not take ends this life of the chain and who stood in line may ask again") {
  follower f;
  auto first = f.offer(0);
  auto second = f.offer(1);
  f.run();
  const auto writer = f.node.time().system().find<storage_actor>("/root/storage/writer").value();
  f.node.time().inject<commit_import>(writer, {.effect = alys::testkit::fails{}});
  f.engine_answers();
  const auto outcome = first.take();
  CHECK(outcome == chain_error::not_stored);
  CHECK(outcome.error().failed());
  CHECK(second.take() == alys::errc::restarted);
  CHECK(f.node.time().seen().decisions_about(chain_path) == std::vector{alys::action::restart});
  CHECK(f.node.slots().empty());
  f.check_all_can_be_imported();
}

TEST_CASE("a commit whose answer is lost may be true and the new life finds out") {
  follower f;
  auto first = f.offer(0);
  f.run();
  const auto writer = f.node.time().system().find<storage_actor>("/root/storage/writer").value();
  f.node.time().inject<commit_import>(writer, {.effect = alys::testkit::loses_reply{}});
  f.engine_answers();
  CHECK_FALSE(first.arrived());
  f.node.pass(10s); // store_within
  CHECK(first.take() == chain_error::not_stored);
  f.node.pass(1s);
  REQUIRE(f.node.time().incarnation(f.node.chain()) == 2);
  CHECK(f.node.time().ask(f.node.chain(), find_head{}).value().head == ref_to(f.blocks[0].header));
  f.check_all_can_be_imported();
}

TEST_CASE("a head that the engine does not take is stored and the next life leads the engine there") {
  for (const mood how : {mood::syncing, mood::silent}) {
    INFO(static_cast<int>(how));
    follower f;
    auto first = f.offer(0);
    auto second = f.offer(1);
    f.run();
    f.node.engine().moving = how;
    f.engine_answers();
    f.node.pass(how == mood::silent ? 10s : 0s);
    // The second was executed and stored before the engine was given up, so that either of them may be the one that found out.
    const auto outcomes = {first.take(), second.take()};
    CHECK(std::ranges::count_if(outcomes, [](const auto& r) { return r == chain_error::engine_unavailable && r.error().failed(); }) == 1);
    CHECK(std::ranges::count_if(outcomes, [](const auto& r) { return r == alys::errc::restarted; }) == 1);
    CHECK(f.node.slots() == std::vector<std::uint64_t>{1, 2});
    f.node.engine().moving = mood::well;
    f.node.pass(10s); // until the engine is asked again
    CHECK(f.node.time().ask(f.node.chain(), find_head{}).value().head == ref_to(f.blocks[1].header));
    f.check_all_can_be_imported();
  }
}

TEST_CASE("a new life ends the import in work and those in line and a late answer takes up neither") {
  follower f;
  auto first = f.offer(0);
  auto second = f.offer(1);
  f.run();
  REQUIRE(f.node.time().system().inject_fault(chain_path));
  f.run();
  CHECK(first.take() == alys::errc::restarted);
  CHECK(second.take() == alys::errc::restarted);
  f.node.pass(1s);
  REQUIRE(f.node.time().incarnation(f.node.chain()) == 2);
  f.engine_answers();
  CHECK(f.node.slots().empty());
  CHECK(f.node.time().ask(f.node.chain(), find_head{}).value().head.height == block_height{0});
  f.check_all_can_be_imported();
}

TEST_CASE("a node that shuts down has time for the import in work and turns the rest away") {
  for (const bool answers : {true, false}) {
    INFO(answers);
    follower f;
    auto first = f.offer(0);
    f.run();
    if (answers) f.node.engine().checking = mood::well, f.node.engine().answer_now();
    (void)f.node.time().shutdown();
    const auto outcome = first.take();
    CHECK(outcome.has_value() == answers);
    CHECK((answers || outcome == alys::errc::stopped));
    CHECK(f.node.slots().size() == (answers ? 1 : 0));
  }
}

TEST_CASE("a turn waits for the imports in line and its block stands on them") {
  block_maker maker{dev_spec(2s)};
  const block first = maker.on(maker.genesis, virtual_node::first_slot + 1);
  const block second = maker.on(first, virtual_node::first_slot + 2);
  virtual_node node;
  node.engine().building = mood::refuses;
  node.pass(5s); // slots 1 and 2 were not used
  node.engine().building = mood::well;
  node.engine().checking = mood::late;
  auto one = node.time().ask_later(node.chain(), import_block{first});
  auto other = node.time().ask_later(node.chain(), import_block{second});
  node.pass(1'500ms); // slot 3 has begun
  CHECK(node.slots().empty());
  node.engine().answer_now();
  node.time().run_until_idle();
  CHECK(one.take() == ref_to(first.header));
  node.engine().checking = mood::well;
  node.engine().answer_now();
  node.time().run_until_idle();
  CHECK(other.take() == ref_to(second.header));
  CHECK(node.slots() == std::vector<std::uint64_t>{1, 2, 3});
}
