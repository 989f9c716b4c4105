// SPDX-License-Identifier: Apache-2.0
//
// eth_getLogs over a chain of blocks, block by block, from an api actor whose chain and store the test plays.
#include "open_door.hpp"
#include "support/domain/test_imports.hpp"

#include <alys/domain/api/api_actor.hpp>
#include <alys/testkit.hpp>

#include <catch2/catch.hpp>

#include <map>

using namespace alys::domain;
using namespace alys::test;
using Catch::Contains;

namespace {

const auto contract = address::from(bytes(20, 0x11)).value();

// Blocks 0 to `highest`, each with a log that has its height as data.
struct chain_with_logs {
  explicit chain_with_logs(std::uint64_t last) : highest(last) {
    chain.answers<find_head>([this](const find_head&) {
      chain_head head;
      head.head.height = block_height{highest};
      head.last_final.height = block_height{highest / 2};
      return head;
    });
    database.answers<find_block>([this](const find_block& asked) -> alys::result<stored_block_ptr> {
      if (const auto* height = std::get_if<block_height>(&asked.name)) return block_at(height->value());
      if (const auto* hash = std::get_if<hash256>(&asked.name)) return block_at((*hash).view()[31]);
      return stored_block_ptr{};
    });
    time.run_until_idle();
  }

  [[nodiscard]] stored_block_ptr block_at(std::uint64_t height) {
    ++looked_at;
    if (height > highest) return nullptr;
    auto found = std::make_shared<stored_block>();
    found->block.payload.block_number = block_height{height};
    found->block.payload.transactions = {bytes{1}};
    receipt& outcome = found->receipts.emplace_back();
    outcome.logs = {{contract, {}, bytes(data_bytes, static_cast<std::uint8_t>(height))}};
    found->block.payload.logs_bloom = bloom_of(outcome.logs);
    return found;
  }

  [[nodiscard]] std::string get_logs(const std::string& filter) {
    std::string answer;
    door->call("eth_getLogs", "[" + filter + "]", answer);
    time.run_until_idle();
    return answer;
  }
  // Of an answer, the heights of the logs in it.
  [[nodiscard]] std::size_t count(const std::string& filter) {
    const std::string answer = get_logs(filter);
    std::size_t found = 0;
    for (auto at = answer.find("logIndex"); at != std::string::npos; at = answer.find("logIndex", at + 1)) ++found;
    return found;
  }

  std::uint64_t highest;
  std::size_t data_bytes = 1;
  std::size_t looked_at = 0;
  alys::testkit::bench time;
  alys::testkit::probe<chain_actor> chain = time.stand_in<chain_actor>();
  alys::testkit::probe<chain_database_actor> database = time.stand_in<chain_database_actor>();
  std::shared_ptr<open_door> door = std::make_shared<open_door>();
  alys::ref<api_actor> api = time.child<api_actor>({}, {}, api_ports{door, nullptr, {}}, chain.get(), database.get());
};

} // namespace

TEST_CASE("logs of a range come from each of its blocks in order") {
  chain_with_logs c{10};
  CHECK_THAT(c.get_logs(R"({"fromBlock":"0x3","toBlock":"0x5"})"),
             Contains(R"("data":"0x03")") && Contains(R"("data":"0x04")") && Contains(R"("data":"0x05")"));
  CHECK(c.looked_at == 3);
  CHECK(c.count(R"({"fromBlock":"earliest","toBlock":"latest"})") == 11);
  CHECK(c.count(R"({"fromBlock":"earliest","toBlock":"finalized"})") == 6);
  CHECK(c.count("{}") == 1); // of the head
}

TEST_CASE("a range that goes beyond the head ends with it") {
  chain_with_logs c{10};
  CHECK(c.count(R"({"fromBlock":"0x9","toBlock":"0xff"})") == 2);
  CHECK(c.count(R"({"fromBlock":"0xf0","toBlock":"0xff"})") == 0);
  CHECK_THAT(c.get_logs(R"({"fromBlock":"0xf0","toBlock":"0xff"})"), Contains(R"("result":[])"));
}

TEST_CASE("logs are filtered by who wrote them") {
  chain_with_logs c{10};
  CHECK(c.count(R"({"fromBlock":"0x0","address":")" + to_hex(contract) + "\"}") == 11);
  CHECK(c.count(R"({"fromBlock":"0x0","address":")" + to_hex(address{}) + "\"}") == 0);
}

TEST_CASE("logs of a block are found by its hash and an unknown one is refused") {
  chain_with_logs c{10};
  CHECK(c.count(R"({"blockHash":"0x)" + std::string(62, '0') + "07\"}") == 1);
  CHECK_THAT(c.get_logs(R"({"blockHash":"0x)" + std::string(62, '0') + "ff\"}"), Contains("-32000"));
}

TEST_CASE("ranges that are wrong or too long are refused before a block is looked at") {
  chain_with_logs c{20'000};
  CHECK_THAT(c.get_logs(R"({"fromBlock":"0x5","toBlock":"0x3"})"), Contains("-32602") && Contains("invalid block range params"));
  CHECK_THAT(c.get_logs(R"({"fromBlock":"0x0","toBlock":"latest"})"), Contains("-32602") && Contains("exceed maximum block range: 10000"));
  CHECK(c.looked_at == 0);
  CHECK(c.count(R"({"fromBlock":"0x1","toBlock":"0x2710"})") == 10'000);
}

TEST_CASE("more logs than an answer may hold are refused with the block that was one too many") {
  chain_with_logs c{100};
  c.data_bytes = 1'000'000; // 2 MB of text a block
  CHECK_THAT(c.get_logs(R"({"fromBlock":"0x0","toBlock":"latest"})"),
             Contains("-32003") && Contains("the logs take more than 20971520 bytes: in blocks up to 0xa"));
  CHECK(c.looked_at == 11);
}

TEST_CASE("a chain that becomes shorter while its logs are looked for gives what it has") {
  chain_with_logs c{10};
  c.chain.answers<find_head>([&c](const find_head&) {
    chain_head head;
    head.head.height = block_height{10};
    c.highest = 4;
    return head;
  });
  CHECK(c.count(R"({"fromBlock":"0x0","toBlock":"latest"})") == 5);
}
