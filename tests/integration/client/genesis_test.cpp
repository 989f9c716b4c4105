// SPDX-License-Identifier: Apache-2.0
//
// The genesis file of execution clients.
#include <alys/domain/client/client_genesis.hpp>

#include <catch2/catch.hpp>

#include <nlohmann/json.hpp>

using namespace alys::domain;
using nlohmann::json;

TEST_CASE("the genesis file holds what the genesis block is made of") {
  execution_genesis genesis;
  genesis.gas_limit = gas{30'000'000};
  genesis.base_fee = 1'000'000'000;
  genesis.timestamp = unix_seconds{1'700'000'000};
  genesis.extra_data = {0xab, 0xcd};
  genesis.accounts[address::literal("0x00000000000000000000000000000000000000aa")] = {.nonce = 0, .balance = 255};
  genesis.accounts[address::literal("0x00000000000000000000000000000000000000bb")] = {.nonce = 2, .balance = 0};
  const json file = json::parse(client_genesis_json(121'212, genesis));
  CHECK(file["config"]["chainId"] == 121'212);
  CHECK(file["config"]["londonBlock"] == 0);
  CHECK(file["config"]["shanghaiTime"] == 0);
  CHECK(file["config"]["terminalTotalDifficulty"] == 0);
  CHECK(file["gasLimit"] == "0x1c9c380");
  CHECK(file["baseFeePerGas"] == "0x3b9aca00");
  CHECK(file["timestamp"] == "0x6553f100");
  CHECK(file["extraData"] == "0xabcd");
  CHECK(file["difficulty"] == "0x0");
  CHECK(file["alloc"].size() == 2);
  CHECK(file["alloc"]["0x00000000000000000000000000000000000000aa"] == json{{"balance", "0xff"}, {"nonce", "0x0"}});
  CHECK(file["alloc"]["0x00000000000000000000000000000000000000bb"] == json{{"balance", "0x0"}, {"nonce", "0x2"}});
}

TEST_CASE("a genesis without accounts is a file without accounts") { CHECK(json::parse(client_genesis_json(1, {}))["alloc"].empty()); }
