// SPDX-License-Identifier: Apache-2.0
//
// Failures while a node works: nothing is lost, nothing happens twice, the chain goes on.
#include "block_maker.hpp"
#include "support/temporary_folder.hpp"
#include "unreliable_store.hpp"
#include "virtual_node.hpp"

#include <alys/domain/chain/identity.hpp>

#include <catch2/catch.hpp>

#include <future>
#include <map>
#include <set>

using namespace alys::domain;
using namespace alys::test;
using alys::injected_fault;

namespace {

constexpr auto receiver = address::literal("0x00000000000000000000000000000000000000aa");

// Submits until the node has taken it: requests that die with an actor are made again, as a wallet would.
[[nodiscard]] bool hand_in(live_node& node, const transaction_ptr& tx) {
  return node.wait_until([&] {
    const auto outcome = node.submit(tx);
    return outcome.has_value() || outcome == transaction_error::already_known || outcome == transaction_error::nonce_too_low;
  });
}

} // namespace

TEST_CASE("faults in every actor while transfers run lose nothing and repeat nothing") {
  const temporary_folder folder;
  live_node node(folder.path());
  REQUIRE(node.reaches(block_height{1}));
  const std::vector<std::string> paths{"/root/storage/writer",
                                       "/root/storage/chain_database",
                                       "/root/storage/state_database",
                                       "/root/chain/engine",
                                       "/root/chain/aura",
                                       "/root/chain/chain",
                                       "/root/api/http"};
  std::vector<transaction_ptr> sent;
  for (const injected_fault how : {injected_fault::exception, injected_fault::failure}) {
    for (const std::string& path : paths) {
      INFO(path);
      const auto life = node.at(path).incarnation;
      const auto restarted = [&] { return node.at(path).incarnation > life && node.at(path).state == alys::lifecycle_state::running; };
      REQUIRE(node.system().inject_fault(path, how));
      for (int i = 0; i < 5; ++i) {
        sent.push_back(dev_transfer(sent.size(), {.to = receiver, .value = 7}));
        REQUIRE(hand_in(node, sent.back()));
      }
      REQUIRE(node.wait_until(restarted));
      REQUIRE(node.reaches(block_height{node.stored_height() + 1}));
    }
  }
  REQUIRE(node.wait_until([&] { return node.account(dev_account).nonce == sent.size(); }));
  CHECK(times_included(node.store(), sent) == std::vector<std::size_t>(sent.size(), 1));
  CHECK(node.account(receiver).balance == wei{7 * sent.size()});
  CHECK(node.store().journaled().value().empty());
  CHECK(node.wait_until([&] { return node.system().ready(); }));
  for (const std::string& decision : node.heard().decisions()) CHECK_THAT(decision, Catch::EndsWith(": restart"));
}

TEST_CASE("a chain actor that begins anew during a commit waits for it and makes no second block for the slot") {
  const temporary_folder folder;
  std::promise<void> go_on;
  const std::shared_future<void> released = go_on.get_future().share();
  std::atomic<bool> held{false};
  std::mutex mutex;
  std::map<std::uint64_t, std::set<block_id>> blocks_of_slot;
  node_setup setup;
  setup.around_store = [&](auto inner) {
    auto store = std::make_shared<unreliable_store>(std::move(inner));
    store->before_commit([&](std::span<const import_batch> batches) -> alys::result<void> {
      std::uint64_t height = 0;
      {
        const std::lock_guard guard(mutex);
        for (const auto& each : batches) blocks_of_slot[each.ref.slot.value()].insert(each.ref.id), height = each.ref.height.value();
      }
      if (height == 3 && !held.exchange(true)) released.wait();
      return {};
    });
    return store;
  };
  setup.spec = dev_spec(1s);
  live_node node(folder.path(), setup);
  REQUIRE(node.wait_until([&] { return held.load(); }));
  REQUIRE(node.system().inject_fault("/root/chain/chain"));
  REQUIRE(node.wait_until([&] { return node.at("/root/chain/chain").incarnation == 2; }));
  // Its new life stands at the question how far the chain has come; the commit is still held up.
  CHECK(node.stored_height() == 2);
  CHECK(node.at("/root/chain/chain").state == alys::lifecycle_state::initializing);
  go_on.set_value();
  REQUIRE(node.reaches(block_height{6}));
  const std::lock_guard guard(mutex);
  for (const auto& [slot, ids] : blocks_of_slot) {
    INFO(slot);
    CHECK(ids.size() == 1);
  }
}

TEST_CASE("a store that fails a commit ends the node in order and what it had is all there") {
  const temporary_folder folder;
  std::uint64_t before = 0;
  {
    node_setup setup;
    setup.around_store = [](auto inner) {
      auto store = std::make_shared<unreliable_store>(std::move(inner));
      store->before_commit([](std::span<const import_batch> batches) -> alys::result<void> {
        if (batches.front().ref.height < block_height{4}) return {};
        return alys::fail(store_error::io_failed, "the disk is gone");
      });
      return store;
    };
    live_node node(folder.path(), setup);
    REQUIRE(node.wait_until([&] { return node.system().wait_for(0ns) == alys::end_reason::budget_exhausted; }));
    CHECK(node.system().end_cause() == store_error::io_failed);
    CHECK_THAT(node.system().end_cause().message(), Catch::Contains("the disk is gone"));
    CHECK(node.heard().blocks().size() == 3);
    before = node.stored_height();
    CHECK_FALSE(node.store().block_by_height(block_height{4}).value().has_value());
  }
  CHECK(before == 3);
  live_node again(folder.path());
  CHECK(again.reaches(block_height{before + 2}));
}

TEST_CASE("a batch that does not fit what is stored ends the node and is not written") {
  const temporary_folder folder;
  node_setup setup;
  setup.around_store = [](auto inner) {
    auto store = std::make_shared<unreliable_store>(std::move(inner));
    store->before_commit([](std::span<const import_batch> batches) -> alys::result<void> {
      if (batches.front().ref.height < block_height{2}) return {};
      return alys::fail(store_error::not_consistent, "as the test wants it");
    });
    return store;
  };
  live_node node(folder.path(), setup);
  REQUIRE(node.wait_until([&] { return node.system().wait_for(0ns) == alys::end_reason::budget_exhausted; }));
  CHECK(node.system().end_cause() == store_error::not_consistent);
  CHECK(node.stored_height() == 1);
}

TEST_CASE("a bug in one domain restarts that domain and the others go on") {
  virtual_node node;
  node.pass(3s);
  const auto bug = alys::fail(alys::category::logic, "a bug");
  const auto api = node.time().system().find<api_actor>("/root/api/http").value();
  node.time().fail_next(api, bug);
  node.time().send(api, http_call{{}, [](http_response) {}});
  node.time().fail_next(node.chain(), bug);
  node.pass(4s);
  CHECK(node.time().incarnation(api) == 2);
  CHECK(node.time().incarnation(node.chain()) == 2);
  CHECK(node.time().seen().decisions_about("/root/api") == std::vector{alys::action::restart});
  CHECK(node.time().seen().decisions_about("/root/chain") == std::vector{alys::action::restart});
  CHECK(alys::find(node.time().tree(), "/root/storage")->incarnation == 1);
  node.pass(4s);
  CHECK(node.slots().back() == 5);
  CHECK(node.health("/root").state == alys::health_state::healthy);
}

TEST_CASE("a folder of another chain is refused and the error says what differs") {
  const temporary_folder folder;
  {
    live_node node(folder.path(), {.spec = dev_spec(100ms)});
    REQUIRE(node.reaches(block_height{2}));
  }
  try {
    const live_node node(folder.path(), {.spec = dev_spec(200ms)});
    FAIL("it started");
  } catch (const alys::start_error& e) {
    CHECK(e.cause() == chain_error::other_chain);
    CHECK_THAT(e.cause().message(), Catch::Contains("slots of 100 ms there, 200 ms here") && Catch::Contains("another folder"));
  }
  CHECK_THROWS_AS(live_node(folder.path(), {.spec = dev_spec(100ms, 2)}), alys::start_error);
  live_node right(folder.path(), {.spec = dev_spec(100ms)});
  CHECK(right.reaches(block_height{4}));
}
