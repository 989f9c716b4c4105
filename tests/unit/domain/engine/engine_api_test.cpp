// SPDX-License-Identifier: Apache-2.0
//
// The Engine API's JSON: what is sent, and every field of what comes back wrong in turn.
#include <alys/domain/engine/engine_api.hpp>
#include <alys/domain/engine/execution_header.hpp>

#include <catch2/catch.hpp>

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

using namespace alys::domain;

namespace {

using object = std::map<std::string, std::string>; // names and raw JSON

[[nodiscard]] std::string text(const std::string& content) { return '"' + content + '"'; }
[[nodiscard]] std::string data(std::size_t bytes, char digit = '1') { return text("0x" + std::string(2 * bytes, digit)); }

[[nodiscard]] std::string json(const object& members) {
  std::string out = "{";
  for (const auto& [name, value] : members) out += (out.size() > 1 ? "," : "") + text(name) + ':' + value;
  return out + '}';
}

[[nodiscard]] object good_withdrawal() {
  return {{"index", text("0x1")}, {"validatorIndex", text("0x2")}, {"address", data(20)}, {"amount", text("0x3b9aca00")}};
}

[[nodiscard]] object good_payload() {
  return {{"parentHash", data(32)},        {"feeRecipient", data(20)},       {"stateRoot", data(32, '2')},
          {"receiptsRoot", data(32, '3')}, {"logsBloom", data(256)},         {"prevRandao", data(32)},
          {"blockNumber", text("0x7")},    {"gasLimit", text("0x1c9c380")},  {"gasUsed", text("0x5208")},
          {"timestamp", text("0x64")},     {"extraData", text("0xabcd")},    {"baseFeePerGas", text("0x7")},
          {"blockHash", data(32, '4')},    {"transactions", "[\"0x02f0\"]"}, {"withdrawals", '[' + json(good_withdrawal()) + ']'}};
}

[[nodiscard]] alys::error error_of_payload(const object& payload) {
  const auto answer = read_json(json({{"executionPayload", json(payload)}, {"blockValue", text("0x0")}}));
  return read_built_payload(answer.value(), execution_fork::shanghai).error();
}

// Wrong values of a kind, whatever the field.
const std::vector<std::string> not_texts = {"null", "true", "7", "[]", "{}", text(""), text("7"), text("0xzz")};

} // namespace

TEST_CASE("a payload survives its way to a client and back") {
  const auto answer = read_json(json({{"executionPayload", json(good_payload())}}));
  const auto payload = read_built_payload(answer.value(), execution_fork::shanghai).value();
  CHECK(payload.block_number == block_height{7});
  CHECK(payload.gas_used == gas{21'000});
  CHECK(payload.transactions == std::vector<bytes>{{0x02, 0xf0}});
  REQUIRE(payload.withdrawals.size() == 1);
  CHECK(payload.withdrawals[0].amount == gwei{1'000'000'000});

  const auto params = read_json(new_payload_params(payload)).value();
  REQUIRE(params.as_array() != nullptr);
  json_value envelope{json_value::object{{"executionPayload", params.as_array()->front()}}};
  CHECK(read_built_payload(envelope, execution_fork::shanghai).value() == payload);
}

TEST_CASE("every field of a built payload is checked") {
  for (const auto& [name, value] : good_payload()) {
    INFO(name);
    auto missing = good_payload();
    missing.erase(name);
    const auto error = error_of_payload(missing);
    REQUIRE(error == engine_error::invalid_answer);
    CHECK(error.text().find(name + ": is missing") != std::string::npos);
    for (const auto& wrong : not_texts) {
      if (wrong == "[]" && (name == "transactions" || name == "withdrawals")) continue; // a list it is
      auto changed = good_payload();
      changed[name] = wrong;
      INFO(wrong);
      CHECK(error_of_payload(changed) == engine_error::invalid_answer);
    }
  }
}

TEST_CASE("lengths and ranges of a built payload are checked") {
  const std::vector<std::pair<std::string, std::string>> wrong = {
      {"parentHash", data(31)},
      {"parentHash", data(33)},
      {"feeRecipient", data(19)},
      {"feeRecipient", data(32)},
      {"logsBloom", data(255)},
      {"logsBloom", data(257)},
      {"extraData", data(33)},
      {"extraData", text("0x1")},
      {"blockNumber", text("0x07")},
      {"blockNumber", text("0x")},
      {"blockNumber", text("0x10000000000000000")},
      {"gasLimit", text("-0x1")},
      {"timestamp", text("0x10000000000000000")},
      {"baseFeePerGas", text("0x1" + std::string(64, '0'))},
      {"transactions", "[7]"},
      {"transactions", "[\"0x0\"]"},
      {"transactions", "[null]"},
      {"withdrawals", "[7]"},
  };
  for (const auto& [name, value] : wrong) {
    auto changed = good_payload();
    changed[name] = value;
    INFO(name << " = " << value);
    CHECK(error_of_payload(changed) == engine_error::invalid_answer);
  }
}

TEST_CASE("every field of a withdrawal is checked") {
  for (const auto& [name, value] : good_withdrawal()) {
    auto missing = good_withdrawal();
    missing.erase(name);
    auto payload = good_payload();
    payload["withdrawals"] = '[' + json(missing) + ']';
    INFO(name);
    CHECK(error_of_payload(payload).text().find(name + ": is missing") != std::string::npos);
    for (const auto& wrong : not_texts) {
      auto changed = good_withdrawal();
      changed[name] = wrong;
      payload["withdrawals"] = '[' + json(changed) + ']';
      INFO(wrong);
      CHECK(error_of_payload(payload) == engine_error::invalid_answer);
    }
  }
}

TEST_CASE("each status of a payload is understood") {
  const auto read = [](const object& status) { return read_payload_status(read_json(json(status)).value()); };
  CHECK(read({{"status", text("VALID")}, {"latestValidHash", data(32)}}).value().status == payload_status::valid);
  CHECK(read({{"status", text("SYNCING")}, {"latestValidHash", "null"}}).value().status == payload_status::syncing);
  CHECK(read({{"status", text("ACCEPTED")}}).value().status == payload_status::accepted);
  CHECK(read({{"status", text("INVALID_BLOCK_HASH")}}).value().status == payload_status::invalid);
  const auto invalid = read({{"status", text("INVALID")}, {"latestValidHash", data(32)}, {"validationError", text("bad\\nroot")}}).value();
  CHECK(invalid.status == payload_status::invalid);
  CHECK(invalid.latest_valid_hash.has_value());
  CHECK(invalid.validation_error == "bad root");
  CHECK(read({{"status", text("INVALID")}}).value().validation_error == "the execution client gives no reason");
  for (const auto& wrong : {text("valid"), text(""), std::string{"7"}, std::string{"null"}, std::string{"{}"}}) {
    INFO(wrong);
    CHECK(read({{"status", wrong}}) == engine_error::invalid_answer);
  }
  CHECK(read({}) == engine_error::invalid_answer);
  CHECK(read({{"status", text("VALID")}, {"latestValidHash", data(31)}}) == engine_error::invalid_answer);
  CHECK(read({{"status", text("INVALID")}, {"validationError", "7"}}) == engine_error::invalid_answer);
}

TEST_CASE("an answer to a forkchoice names a payload or none and is never ACCEPTED") {
  const auto read = [](const std::string& status, const std::string& id) {
    return read_forkchoice_answer(read_json(json({{"payloadStatus", json({{"status", text(status)}})}, {"payloadId", id}})).value());
  };
  CHECK(read("VALID", data(8)).value().payload.has_value());
  CHECK(!read("VALID", "null").value().payload.has_value());
  CHECK(read("SYNCING", "null").value().status == payload_status::syncing);
  CHECK(read("ACCEPTED", "null") == engine_error::invalid_answer);
  CHECK(read("VALID", data(7)) == engine_error::invalid_answer);
  CHECK(read("VALID", "7") == engine_error::invalid_answer);
  CHECK(read_forkchoice_answer(read_json("{}").value()) == engine_error::invalid_answer);
}

TEST_CASE("each error code of a client has its meaning") {
  const std::vector<std::pair<int, engine_error>> meanings = {
      {-38001, engine_error::unknown_payload},   {-38002, engine_error::invalid_forkchoice}, {-38003, engine_error::invalid_attributes},
      {-38004, engine_error::request_too_large}, {-38005, engine_error::unsupported_fork},   {-38006, engine_error::reorg_too_deep},
      {-32601, engine_error::not_offered},       {-32602, engine_error::client_refused},     {-32700, engine_error::client_refused},
      {-32000, engine_error::client_refused},    {3, engine_error::client_refused}};
  for (const auto& [code, meaning] : meanings) {
    const auto answer = read_rpc_answer(
        json({{"jsonrpc", text("2.0")}, {"id", "1"}, {"error", json({{"code", std::to_string(code)}, {"message", text("words")}})}}));
    INFO(code);
    REQUIRE(answer == meaning);
    CHECK(answer.error().refused());
    CHECK(answer.error().text() == std::to_string(code) + ": words");
  }
}

TEST_CASE("what is no answer is refused") {
  for (const std::string body : {"", "x", "{", "[]", "7", "null", "{}", R"({"id":1})", R"({"error":7})", R"({"error":{}})",
                                 R"({"error":{"code":"x"}})", R"({"error":{"code":1.5}})", R"({"result":1,"result":2})"}) {
    INFO(body);
    CHECK(read_rpc_answer(body) == engine_error::invalid_answer);
  }
  CHECK(read_rpc_answer(R"({"result":null})").value().is_null());
  CHECK(read_rpc_answer(std::string(100, '[')) == engine_error::invalid_answer);
}

TEST_CASE("the fork of a client's block follows from its fields") {
  object block = good_payload();
  for (const auto& [own, theirs] : std::vector<std::pair<std::string, std::string>>{
           {"feeRecipient", "miner"}, {"prevRandao", "mixHash"}, {"blockNumber", "number"}, {"blockHash", "hash"}}) {
    auto node = block.extract(own);
    node.key() = theirs;
    block.insert(std::move(node));
  }
  const auto read = [](const object& from) { return read_client_block(read_json(json(from)).value()); };
  CHECK(read(block).value().block_number == block_height{7});
  CHECK(read(block).value().fork == execution_fork::shanghai);
  object cancun = block;
  cancun.insert({{"blobGasUsed", text("0x0")}, {"excessBlobGas", text("0x0")}, {"parentBeaconBlockRoot", data(32)}});
  CHECK(read(cancun).value().fork == execution_fork::cancun);
  object prague = cancun;
  prague["requestsHash"] = text(to_hex(no_requests));
  CHECK(read(prague).value().fork == execution_fork::prague);

  for (const auto& [name, wrong] : std::vector<std::pair<std::string, std::string>>{{"blobGasUsed", text("0x20000")},
                                                                                    {"excessBlobGas", text("0x1")},
                                                                                    {"parentBeaconBlockRoot", data(32, '9')},
                                                                                    {"requestsHash", data(32)}}) {
    INFO(name);
    auto changed = prague;
    changed[name] = wrong;
    CHECK(read(changed) == engine_error::unsupported_fork);
    if (name == "requestsHash") continue; // which makes it a block of Cancun
    changed.erase(name);
    CHECK(read(changed) == engine_error::invalid_answer);
    CHECK(read(changed).error().text().find(name + ": is missing") != std::string::npos);
  }
  CHECK(read_client_block(json_value{}) == engine_error::invalid_answer);
}

TEST_CASE("each fork has its methods and what they take and give") {
  const auto built = [](object payload, const object& beside, execution_fork fork) {
    object envelope = beside;
    envelope["executionPayload"] = json(payload);
    return read_built_payload(read_json(json(envelope)).value(), fork);
  };
  object later = good_payload();
  later.insert({{"blobGasUsed", text("0x0")}, {"excessBlobGas", text("0x0")}});
  const auto shanghai = built(good_payload(), {}, execution_fork::shanghai).value();
  const auto cancun = built(later, {}, execution_fork::cancun).value();
  const auto prague = built(later, {{"executionRequests", "[]"}}, execution_fork::prague).value();
  CHECK(cancun.fork == execution_fork::cancun);
  CHECK(prague.fork == execution_fork::prague);
  CHECK(read_json(new_payload_params(shanghai)).value().as_array()->size() == 1);
  CHECK(read_json(new_payload_params(cancun)).value().as_array()->size() == 3);
  CHECK(read_json(new_payload_params(prague)).value().as_array()->size() == 4);
  CHECK(new_payload_params(cancun).find(R"("blobGasUsed":"0x0","excessBlobGas":"0x0"},[],"0x)") != std::string::npos);
  CHECK(built(good_payload(), {}, execution_fork::cancun) == engine_error::invalid_answer);
  CHECK(built(later, {}, execution_fork::prague) == engine_error::invalid_answer);
  CHECK(built(later, {{"executionRequests", "[\"0x01ff\"]"}}, execution_fork::prague) == engine_error::unsupported_fork);
  later["blobGasUsed"] = text("0x20000");
  CHECK(built(later, {}, execution_fork::cancun) == engine_error::unsupported_fork);

  const payload_attributes attributes{.timestamp = unix_seconds{1}, .prev_randao = hash256::from(bytes(32, 7)).value()};
  CHECK(forkchoice_params({}, attributes, execution_fork::shanghai).find("parentBeaconBlockRoot") == std::string::npos);
  CHECK(forkchoice_params({}, attributes, execution_fork::prague).find("\"parentBeaconBlockRoot\":\"" + to_hex(attributes.prev_randao)) !=
        std::string::npos);
  CHECK(methods_of(execution_fork::prague).forkchoice_updated == "engine_forkchoiceUpdatedV3");
}

TEST_CASE("bodies of payloads are those up to the first one that a client does not have") {
  CHECK(payload_bodies_params(block_height{10}, 4) == R"(["0xa","0x4"])");
  const auto read = [](const std::string& list) { return read_payload_bodies(read_json(list).value()); };
  CHECK(read("[]").value().empty());
  CHECK(read(R"([{"transactions":[],"withdrawals":[{}]},{"transactions":["0x01","0x0203"],"withdrawals":null}])").value() ==
        std::vector<payload_body>{{{}}, {{bytes{1}, bytes{2, 3}}}});
  CHECK(read(R"([{"transactions":["0x01"]},null,{"transactions":["0x02"]}])").value() == std::vector<payload_body>{{{bytes{1}}}});
  CHECK(read("[null]").value().empty());
  for (const auto* wrong : {"null", "7", "{}", "[7]", R"([[]])", R"([{}])", R"([null,{"transactions":7}])"}) {
    INFO(wrong);
    CHECK(read(wrong) == engine_error::invalid_answer);
  }
  CHECK(read(R"([{"transactions":[]},{"transactions":["0x0"]}])").error().text() ==
        "payloadBodies: [1] payloadBody.transactions: [0] hex string of odd length for data");
}

TEST_CASE("receipts say whether a transaction succeeded and the gas so far and what it logged") {
  const auto read = [](const std::string& list) { return read_outcomes(read_json(list).value()); };
  const std::string topic = "\"0x" + std::string(64, '2') + "\"";
  const auto log = [](const std::string& topics) {
    return R"({"address":"0x)" + std::string(40, '1') + R"(","topics":)" + topics + R"(,"data":"0xab","logIndex":"0x0"})";
  };
  const auto good = read(R"([{"status":"0x1","cumulativeGasUsed":"0x5208","logs":[)" + log("[" + topic + "]") +
                         R"(]},{"status":"0x0","cumulativeGasUsed":"0xa410","logs":[]}])")
                        .value();
  REQUIRE(good.size() == 2);
  CHECK(good[0].succeeded);
  CHECK(!good[1].succeeded);
  CHECK(good[1].cumulative_gas_used == gas{42'000});
  CHECK(good[0].logs == std::vector{log_entry{address::from(bytes(20, 0x11)).value(), {hash256::from(bytes(32, 0x22)).value()}, {0xab}}});
  CHECK(good[1].logs.empty());
  const auto receipt_with = [](const std::string& logs) { return R"([{"status":"0x1","cumulativeGasUsed":"0x1","logs":)" + logs + "}]"; };
  CHECK(read(receipt_with("[" + log("[" + topic + "," + topic + "," + topic + "," + topic + "]") + "]")).has_value());
  for (const std::string wrong : {"null", "{}", "[7]", "[{}]"}) CHECK(read(receipt_with(wrong)) == engine_error::invalid_answer);
  for (const std::string wrong : {"null", "[1]", R"(["0x22"])"})
    CHECK(read(receipt_with("[" + log(wrong) + "]")) == engine_error::invalid_answer);
  const std::string five = "[" + topic + "," + topic + "," + topic + "," + topic + "," + topic + "]";
  CHECK_THAT(read(receipt_with("[" + log(five) + "]")).error().message(), Catch::Contains("5 topics, where 4 are allowed"));
  for (const std::string wrong :
       {"null", "{}", "[7]", "[{}]", R"([{"status":"0x2","cumulativeGasUsed":"0x1","logs":[]}])", R"([{"status":"0x1","logs":[]}])",
        R"([{"status":"0x1","cumulativeGasUsed":"0x1"}])", R"([{"status":true,"cumulativeGasUsed":"0x1","logs":[]}])"}) {
    INFO(wrong);
    CHECK(read(wrong) == engine_error::invalid_answer);
  }
}

TEST_CASE("the words of clients are transaction errors") {
  const auto meant = [](std::string_view words) { return transaction_error_in(words); };
  CHECK(meant("nonce too low: next nonce 3, tx nonce 1") == transaction_error::nonce_too_low);
  CHECK(meant("replacement transaction underpriced") == transaction_error::replacement_underpriced);
  CHECK(meant("transaction underpriced: tip needed 1") == transaction_error::underpriced);
  CHECK(meant("insufficient funds for gas * price + value: balance 0") == transaction_error::insufficient_funds);
  CHECK(meant("0x12 tries to send a tx with nonce 0, but account has nonce 1 (tx nonce too low)") == transaction_error::nonce_too_low);
  CHECK(meant("0xab: this transaction is already in the TxPool") == transaction_error::already_known);
  CHECK(meant("execution reverted") == transaction_error::none);
}
