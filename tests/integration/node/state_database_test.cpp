// SPDX-License-Identifier: Apache-2.0
//
// Accounts at past blocks: read from the store beside writer and engine, refused where there is nothing to read, a failure where there should be.
#include "open_door.hpp"
#include "unreliable_store.hpp"
#include "virtual_node.hpp"

#include <alys/domain/chain/identity.hpp>
#include <alys/domain/engine/trie.hpp>

#include <catch2/catch.hpp>

using namespace alys::domain;
using namespace alys::test;
using Catch::Contains;

namespace {

constexpr auto receiver = address::literal("0x00000000000000000000000000000000000000aa");

// A node whose block n has paid n times 7 wei to the receiver, and what its store can lose.
struct paying_node {
  explicit paying_node(std::uint64_t blocks, std::uint64_t keep_states = 0, std::shared_ptr<open_door> door = {})
      : node({.spec = dev_spec(2s),
              .keep_states = keep_states,
              .around_store = [this](auto inner) { return store = std::make_shared<unreliable_store>(std::move(inner)); },
              .http = std::move(door)}) {
    for (std::uint64_t nonce = 0; nonce < blocks; ++nonce) {
      REQUIRE(node.submit(dev_transfer(nonce, {.to = receiver, .value = 7})));
      node.pass(2s);
    }
    node.pass(1ms);
    REQUIRE(block_at(blocks).block.header.height == block_height{blocks});
  }

  [[nodiscard]] stored_block block_at(std::uint64_t height) const {
    return node.store().block_by_height(block_height{height}).value().value();
  }
  [[nodiscard]] hash256 payload_at(std::uint64_t height) const { return block_at(height).block.payload.block_hash; }
  [[nodiscard]] alys::result<account> read(const address& who, block_name block) {
    const auto states = node.time().system().find<state_database_actor>("/root/storage/state_database").value();
    return node.time().ask(states, find_stored_account{who, block});
  }

  std::shared_ptr<unreliable_store> store;
  virtual_node node;
};

} // namespace

TEST_CASE("an account is read as each stored block left it whatever names the block") {
  paying_node p{3};
  for (std::uint64_t height = 0; height <= 3; ++height) {
    INFO(height);
    const block_header header = p.block_at(height).block.header;
    for (const block_name& name : {block_name{header.height}, block_name{id_of(header)}, block_name{p.payload_at(height)}}) {
      CHECK(p.read(receiver, name).value().balance == wei{7 * height});
      CHECK(p.read(dev_account, name).value().nonce == height);
      CHECK(p.read(address{}, name) == account{});
    }
  }
}

TEST_CASE("an account at a block that is not stored is refused") {
  paying_node p{1};
  CHECK(p.read(receiver, block_height{2}) == engine_error::unknown_block);
  CHECK(p.read(receiver, block_id{}) == engine_error::unknown_block);
  CHECK(p.read(receiver, hash256{}) == engine_error::unknown_block);
  // The store has this under its hash, and it is no block.
  const auto refused = p.read(receiver, p.block_at(1).block.payload.state_root);
  CHECK(refused == engine_error::unknown_block);
  CHECK(refused.error().refused());
  CHECK(p.node.time().system().ready());
}

TEST_CASE("a state that is not kept any more is refused and the others are there") {
  paying_node p{2};
  const execution_payload first = p.block_at(1).block.payload;
  p.store->lose([&](const hash256& hash) { return hash == first.block_hash || hash == first.state_root; });
  for (const block_name& name : {block_name{block_height{1}}, block_name{first.block_hash}}) {
    const auto refused = p.read(receiver, name);
    CHECK(refused == engine_error::state_not_kept);
    CHECK(refused.error().refused());
    CHECK_THAT(refused.error().text(), Contains(to_hex(first.block_hash)));
  }
  CHECK(p.read(receiver, block_height{2}).value().balance == 14);
  CHECK(p.read(receiver, block_height{0}).value().balance == 0);
  CHECK(p.node.time().system().ready());
}

TEST_CASE("of states that were pruned it is said which are there") {
  const auto door = std::make_shared<open_door>();
  paying_node p{12, 4, door}; // final up to 11
  const auto first = p.node.store().first_kept_state().value();
  CHECK(first == block_height{8});
  for (std::uint64_t height = first.value(); height <= 12; ++height)
    CHECK(p.read(receiver, block_height{height}).value().balance == 7 * height);
  for (std::uint64_t height = 0; height < first.value(); ++height) {
    const auto refused = p.read(receiver, block_height{height});
    CHECK(refused == engine_error::state_not_kept);
    CHECK(refused.error().refused());
  }
  const std::string at_three = R"([")" + to_hex(receiver) + R"(","0x3"])";
  const std::string by_hash = R"([")" + to_hex(receiver) + R"(",")" + to_hex(p.payload_at(3)) + R"("])";
  for (const auto& [method, params] :
       {std::pair{"eth_getBalance", at_three}, {"eth_getTransactionCount", at_three}, {"eth_getBalance", by_hash}}) {
    std::string answer;
    door->call(method, params, answer);
    p.node.time().run_until_idle();
    CHECK_THAT(answer, Contains(R"("code":-32000)") && Contains("is not kept any more: those of heights 8 to 12 are"));
  }
  std::string block;
  door->call("eth_getBlockByNumber", R"(["0x3",false])", block);
  p.node.time().run_until_idle();
  CHECK_THAT(block, Contains(to_hex(p.payload_at(3))));
  CHECK(p.node.time().system().ready());
}

TEST_CASE("a state that is pruned while it is read is refused and stops nothing") {
  paying_node p{6};
  const block_header header = p.block_at(2).block.header;
  const execution_payload read = p.block_at(2).block.payload;
  // Between the header and the nodes of the trie a commit comes by.
  const auto pruned_up_to = [&](std::uint64_t height) { p.store->pretend_pruned(block_height{height}); };
  p.store->lose([&](const hash256& hash) {
    if (hash == read.state_root) pruned_up_to(3);
    return hash == read.state_root;
  });
  const auto refused = p.read(receiver, header.height);
  CHECK(refused == engine_error::state_not_kept);
  CHECK(p.node.time().system().ready());
}

TEST_CASE("a state that goes while parts of it are at hand is refused") {
  paying_node p{1};
  REQUIRE(p.read(receiver, block_height{1}).value().balance == 7);
  p.store->lose([](const auto&) { return true; });
  CHECK(p.read(receiver, block_height{1}).value().balance == 7); // what was true stays true
  CHECK(p.read(dev_account, block_height{1}) == engine_error::state_not_kept);
  CHECK(p.node.time().system().ready());
}

TEST_CASE("a state that lacks a node stops the node") {
  paying_node p{2};
  const hash256 root = p.block_at(1).block.payload.state_root;
  p.store->lose([&](const hash256& hash) { return hash == root; });
  const auto failed = p.read(receiver, block_height{1});
  CHECK(failed == trie_error::missing_node);
  CHECK(failed.error().category() == alys::category::corruption);
  p.node.time().run_until_idle();
  CHECK(p.node.time().system().end_cause() == trie_error::missing_node);
}

namespace {

const std::string some_hash = "0x" + std::string(62, '0') + "07";
const std::string pruned_hash = "0x" + std::string(62, '0') + "08";
const std::string no_hash = "0x" + std::string(62, '0') + "09";

// An api actor between a chain and databases that the test plays.
struct asked_api {
  explicit asked_api(bool with_states) {
    chain.answers<find_head>([](const find_head&) {
      chain_head head;
      head.last_final.id = final_block;
      return head;
    });
    chain.answers<find_account>([](const find_account&) { return account_status{.balance = 1, .nonce = 1, .pending_nonce = 1}; });
    states.answers<find_stored_account>([this](const find_stored_account& m) -> alys::result<account> {
      named.push_back(m.block);
      if (m.block == block_name{block_height{9}}) return alys::refuse(engine_error::unknown_block);
      if (m.block == block_name{block_height{8}} || m.block == block_name{hash256::from_hex(pruned_hash).value()})
        return alys::refuse(engine_error::state_not_kept, "the state of block 8 is not kept any more");
      return account{.nonce = 2, .balance = 2};
    });
    chain.answers<find_code>([](const find_code& m) -> alys::result<bytes> {
      if (m.block == block_selector{hash256::from_hex(some_hash).value()}) return bytes{7};
      return alys::refuse(engine_error::unknown_block);
    });
    database.answers<find_block>([](const find_block&) { return std::make_shared<const stored_block>(); });
    api = time.child<api_actor>({}, {}, api_ports{door, nullptr, {}}, chain.get(), database.get(), alys::ref<backup_actor>{},
                                with_states ? states.get() : alys::ref<state_database_actor>{});
    time.run_until_idle();
  }
  [[nodiscard]] std::string balance(const std::string& block) { return call("eth_getBalance", block); }
  [[nodiscard]] std::string call(const std::string& method, const std::string& block) {
    std::string answer;
    door->call(method, R"([")" + to_hex(receiver) + R"(",)" + block + "]", answer);
    time.run_until_idle();
    return answer;
  }

  static constexpr auto final_block = block_id::literal("0x00000000000000000000000000000000000000000000000000000000000000fb");
  std::vector<block_name> named; // that the state database was asked for
  alys::testkit::bench time;
  alys::testkit::probe<chain_actor> chain = time.stand_in<chain_actor>();
  alys::testkit::probe<chain_database_actor> database = time.stand_in<chain_database_actor>();
  alys::testkit::probe<state_database_actor> states = time.stand_in<state_database_actor>();
  std::shared_ptr<open_door> door = std::make_shared<open_door>();
  alys::ref<api_actor> api;
};

} // namespace

TEST_CASE("accounts at past blocks are read from the states in the store") {
  asked_api a{true};
  for (const char* block : {"\"latest\"", "\"pending\""}) CHECK_THAT(a.balance(block), Contains(R"("result":"0x1")"));
  CHECK(a.named.empty());
  for (const std::string& block : {std::string{R"("0x5")"}, R"(")" + some_hash + R"(")", R"({"blockHash":")" + some_hash + R"("})",
                                   std::string{R"("earliest")"}, std::string{R"("safe")"}, std::string{R"("finalized")"}})
    CHECK_THAT(a.balance(block), Contains(R"("result":"0x2")"));
  const block_name by_hash = hash256::from_hex(some_hash).value();
  CHECK(a.named == std::vector<block_name>{block_height{5}, by_hash, by_hash, block_height{0}, a.final_block, a.final_block});
}

TEST_CASE("a caller is told whether a past block is unknown or its state not kept") {
  asked_api a{true};
  CHECK_THAT(a.balance(R"("0x9")"), Contains(R"("code":-32000)") && Contains("header not found"));
  CHECK_THAT(a.balance(R"("0x8")"), Contains(R"("code":-32000)") && Contains("the state of block 8 is not kept any more"));
}

TEST_CASE("code at a block that the ledger does not have is told to be of a state that is not kept") {
  const auto at = [](const std::string& hash) { return '"' + hash + '"'; };
  asked_api a{true};
  CHECK_THAT(a.call("eth_getCode", at(some_hash)), Contains(R"("result":"0x07")"));
  CHECK(a.named.empty());
  CHECK_THAT(a.call("eth_getCode", at(pruned_hash)), Contains("is not kept any more"));
  CHECK_THAT(a.call("eth_getCode", at(no_hash)), Contains("header not found"));
  CHECK_THAT(asked_api{false}.call("eth_getCode", at(pruned_hash)), Contains("header not found"));
}

TEST_CASE("where no states are in the store the engine is asked for past accounts too") {
  asked_api a{false};
  for (const char* block : {"\"latest\"", "\"0x5\"", "\"earliest\"", "\"finalized\""})
    CHECK_THAT(a.balance(block), Contains(R"("result":"0x1")"));
  CHECK(a.named.empty());
}

TEST_CASE("an engine that does not answer holds up no reads of past accounts") {
  const auto door = std::make_shared<open_door>();
  virtual_node node({.spec = dev_spec(2s), .http = door});
  REQUIRE(node.submit(dev_transfer(0, {.to = receiver, .value = 7})));
  node.pass(2s + 1ms);
  REQUIRE(node.slots().size() == 1);
  node.engine().be(mood::silent);
  node.engine().reading = mood::silent;
  std::string past;
  std::string latest;
  door->call("eth_getBalance", R"([")" + to_hex(receiver) + R"(","latest"])", latest);
  door->call("eth_getBalance", R"([")" + to_hex(receiver) + R"(","0x1"])", past);
  node.time().run_until_idle();
  CHECK_THAT(past, Contains(R"("result":"0x7")"));
  CHECK(latest.empty());
  node.pass(30s);
  CHECK_THAT(latest, Contains("-32002"));
}
