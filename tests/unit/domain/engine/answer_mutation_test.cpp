// SPDX-License-Identifier: Apache-2.0
//
// Every member of every answer of an execution client wrong in turn: left out, of another type, too short, too long, out of range, written as
// no number is, there twice. The members are found by walking a good answer of each kind; a member that has no row in the table here fails.
#include <alys/domain/engine/engine_api.hpp>
#include <alys/domain/engine/execution_header.hpp>

#include <catch2/catch.hpp>

#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

using namespace alys::domain;

namespace {

using texts = std::vector<std::string>; // JSON

[[nodiscard]] std::string quoted(const std::string& text) { return '"' + text + '"'; }
[[nodiscard]] std::string data(std::size_t bytes, char digit = '1') { return quoted("0x" + std::string(2 * bytes, digit)); }
[[nodiscard]] texts with(texts all, const texts& more) {
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

const texts no_text{"null", "true", "7", "1.5", "[]", "{}"};
const texts no_data = with(no_text, {quoted(""), quoted("12"), quoted("0x1"), quoted("0xzz"), quoted("0X11"), quoted(" 0x11")});
const texts no_number =
    with(no_text, {quoted(""), quoted("7"), quoted("0x"), quoted("0x07"), quoted("-0x1"), quoted("0xg"), quoted("0x1.0")});
[[nodiscard]] texts no_data_of(std::size_t bytes) { return with(no_data, {data(bytes - 1), data(bytes + 1), quoted("0x")}); }

struct row {
  texts wrong;
  bool needed = true; // null and absent are nothing otherwise
};
const row hash{no_data_of(32)};
const row quantity{with(no_number, {quoted("0x10000000000000000")})};
const row amount{with(no_number, {quoted("0x1" + std::string(64, '0'))})};
const row list{{"null", "true", "7", quoted("0x"), "{}", "[7]", "[null]", "[[]]"}};
const row unread{};

[[nodiscard]] row or_nothing(row of) {
  std::erase(of.wrong, "null");
  of.needed = false;
  return of;
}

const std::map<std::string, row, std::less<>> rows{
    {"parentHash", hash},
    {"feeRecipient", {no_data_of(20)}},
    {"miner", {no_data_of(20)}},
    {"stateRoot", hash},
    {"receiptsRoot", hash},
    {"logsBloom", {no_data_of(256)}},
    {"prevRandao", hash},
    {"mixHash", hash},
    {"blockNumber", quantity},
    {"number", quantity},
    {"gasLimit", quantity},
    {"gasUsed", quantity},
    {"timestamp", quantity},
    {"extraData", {with(no_data, {data(33)})}},
    {"baseFeePerGas", amount},
    {"blockHash", hash},
    {"hash", hash},
    {"transactions", list},
    {"withdrawals", list},
    {"index", quantity},
    {"validatorIndex", quantity},
    {"address", {no_data_of(20)}},
    {"amount", quantity},
    {"blobGasUsed", {with(quantity.wrong, {quoted("0x20000")})}},
    {"excessBlobGas", {with(quantity.wrong, {quoted("0x1")})}},
    {"parentBeaconBlockRoot", {with(hash.wrong, {data(32, '9')})}},
    {"requestsHash", or_nothing({with(hash.wrong, {data(32, '9')})})},
    {"executionPayload", list},
    {"executionRequests", {with(list.wrong, {"[\"0x01ff\"]"})}},
    {"payloadStatus", list},
    {"payloadId", or_nothing({no_data_of(8)})},
    {"status", {with(no_text, {quoted(""), quoted("valid"), quoted("VALID "), quoted("0x2"), quoted("0x")})}},
    {"latestValidHash", or_nothing(hash)},
    {"validationError", or_nothing({no_text})},
    {"cumulativeGasUsed", quantity},
    {"logs", list},
    {"topics", {with(list.wrong, {"[" + data(31) + "]", "[" + data(33) + "]"})}},
    {"data", {no_data}},
    {"blockValue", unread},
    {"shouldOverrideBuilder", unread},
    {"transactionHash", unread},
    {"logIndex", unread},
    {"size", unread},
};

// ---- good answers

[[nodiscard]] std::string common_members(const std::string& recipient, const std::string& randao, const std::string& number,
                                         const std::string& block_hash) {
  return R"("parentHash":)" + data(32) + ",\"" + recipient + "\":" + data(20) + R"(,"stateRoot":)" + data(32, '2') + R"(,"receiptsRoot":)" +
         data(32, '3') + R"(,"logsBloom":)" + data(256) + ",\"" + randao + "\":" + data(32, '5') + ",\"" + number +
         R"(":"0x7","gasLimit":"0x1c9c380","gasUsed":"0x5208","timestamp":"0x64","extraData":"0xabcd","baseFeePerGas":"0x7",")" +
         block_hash + "\":" + data(32, '4') + R"(,"withdrawals":[{"index":"0x1","validatorIndex":"0x2","address":)" + data(20) +
         R"(,"amount":"0x3b9aca00"}])";
}

const std::string blobs = R"(,"blobGasUsed":"0x0","excessBlobGas":"0x0")";
const std::string payload =
    "{" + common_members("feeRecipient", "prevRandao", "blockNumber", "blockHash") + R"(,"transactions":["0x02f0"])";
const std::string block = "{" + common_members("miner", "mixHash", "number", "hash") + R"(,"size":"0x1")";
const std::string cancun_block = block + blobs + R"(,"parentBeaconBlockRoot":)" + data(32, '5');
const std::string status = R"({"status":"VALID","latestValidHash":)" + data(32) + R"(,"validationError":"none"})";

// What comes of an answer: nothing if all is well, else what is said of it.
using reading = std::function<alys::error(const json_value&)>;
[[nodiscard]] reading built(execution_fork fork) {
  return [fork](const json_value& v) { return read_built_payload(v, fork).error(); };
}
struct answer {
  std::string name;
  std::string good;
  reading read;
};

const std::vector<answer> answers{
    {"payload status", status, [](const json_value& v) { return read_payload_status(v).error(); }},
    {"forkchoice", R"({"payloadStatus":)" + status + R"(,"payloadId":)" + data(8) + "}",
     [](const json_value& v) { return read_forkchoice_answer(v).error(); }},
    {"payload of Shanghai", R"({"executionPayload":)" + payload + R"(},"blockValue":"0x0"})", built(execution_fork::shanghai)},
    {"payload of Cancun", R"({"executionPayload":)" + payload + blobs + R"(},"shouldOverrideBuilder":false})",
     built(execution_fork::cancun)},
    {"payload of Prague", R"({"executionPayload":)" + payload + blobs + R"(},"executionRequests":[]})", built(execution_fork::prague)},
    {"block of Shanghai", block + "}", [](const json_value& v) { return read_client_block(v).error(); }},
    {"block of Cancun", cancun_block + "}", [](const json_value& v) { return read_client_block(v).error(); }},
    {"block of Prague", cancun_block + R"(,"requestsHash":")" + to_hex(no_requests) + "\"}",
     [](const json_value& v) { return read_client_block(v).error(); }},
    {"payload bodies", R"([{"transactions":["0x02f0"]}])", [](const json_value& v) { return read_payload_bodies(v).error(); }},
    {"receipts",
     R"([{"status":"0x1","cumulativeGasUsed":"0x5208","transactionHash":"0x","logs":[{"address":)" + data(20) + R"(,"topics":[)" +
         data(32) + R"(],"data":"0x12","logIndex":"0x0"}]}])",
     [](const json_value& v) { return read_outcomes(v).error(); }},
};

// ---- the walk

[[nodiscard]] std::string text_of(const json_value& value) {
  if (const auto* text = value.as_string()) return json_quoted(*text);
  if (const auto* number = value.as_number()) return number->text;
  if (const auto* flag = value.as_bool()) return *flag ? "true" : "false";
  std::string out;
  if (const auto* elements = value.as_array()) {
    for (const auto& each : *elements) out += (out.empty() ? "" : ",") + text_of(each);
    return "[" + out + "]";
  }
  if (const auto* members = value.as_object()) {
    for (const auto& [name, each] : *members) out += (out.empty() ? "" : ",") + json_quoted(name) + ":" + text_of(each);
    return "{" + out + "}";
  }
  return "null";
}

// Calls `visit` with the name of each member anywhere in `value`, and with a function that gives the whole text with other members in its
// place.
using in_place = std::function<std::string(const std::string& members)>;
using visitor = std::function<void(const std::string& name, const std::string& own, const in_place& whole)>;
void each_member(const json_value& value, const in_place& around, const visitor& visit) {
  if (const auto* elements = value.as_array()) {
    for (std::size_t i = 0; i < elements->size(); ++i) {
      each_member((*elements)[i],
                  [&](const std::string& changed) {
                    std::string out;
                    for (std::size_t k = 0; k < elements->size(); ++k)
                      out += (k == 0 ? "" : ",") + (k == i ? changed : text_of((*elements)[k]));
                    return around("[" + out + "]");
                  },
                  visit);
    }
  }
  const auto* members = value.as_object();
  if (members == nullptr) return;
  for (std::size_t i = 0; i < members->size(); ++i) {
    const std::string& name = (*members)[i].first;
    const json_value& own = (*members)[i].second;
    const in_place replaced = [&](const std::string& changed) {
      std::string out;
      for (std::size_t k = 0; k < members->size(); ++k) {
        const std::string member = k == i ? changed : json_quoted((*members)[k].first) + ":" + text_of((*members)[k].second);
        if (!member.empty()) out += (out.empty() ? "" : ",") + member;
      }
      return around("{" + out + "}");
    };
    visit(name, text_of(own), replaced);
    each_member(
        own, [&](const std::string& changed) { return replaced(json_quoted(name) + ":" + changed); }, visit);
  }
}

[[nodiscard]] alys::error outcome(const answer& of, const std::string& result) {
  const auto read = read_rpc_answer(R"({"jsonrpc":"2.0","id":1,"result":)" + result + "}");
  return read ? of.read(*read) : read.error();
}

void try_member(const answer& of, const std::string& name, const std::string& own, const in_place& whole) {
  INFO(of.name << ": " << name);
  REQUIRE(rows.contains(name));
  const auto& [wrong, needed] = rows.at(name);
  const std::string member = json_quoted(name) + ":";
  CHECK(outcome(of, whole(member + own + "," + member + own)) == engine_error::invalid_answer);
  const auto missing = outcome(of, whole(""));
  if (wrong.empty() || !needed) {
    CHECK_FALSE(missing);
    CHECK_FALSE(outcome(of, whole(member + "null")));
  } else {
    CHECK(missing == engine_error::invalid_answer);
    CHECK(missing.text().find(name + ": is missing") != std::string::npos);
  }
  for (const auto& each : wrong) {
    INFO(each);
    if (each == "[]" && own.starts_with('[')) continue;
    const auto refused = outcome(of, whole(member + each));
    CHECK((refused == engine_error::invalid_answer || refused == engine_error::unsupported_fork));
    if (refused == engine_error::invalid_answer) CHECK(refused.text().find(name + ": ") != std::string::npos);
    else CHECK_FALSE(refused.text().empty());
  }
  if (!wrong.empty()) return;
  for (const auto& each : no_data) CHECK_FALSE(outcome(of, whole(member + each))); // nobody reads it
}

} // namespace

TEST_CASE("every member of an answer that is wrong is named and what nobody reads is not looked at") {
  std::set<std::string> tried;
  for (const auto& each : answers) {
    INFO(each.name);
    const auto good = read_json(each.good);
    REQUIRE(good);
    REQUIRE_FALSE(outcome(each, each.good));
    each_member(
        *good, [](const std::string& changed) { return changed; },
        [&](const std::string& name, const std::string& own, const in_place& whole) {
          tried.insert(name);
          try_member(each, name, own, whole);
        });
  }
  for (const auto& [name, row] : rows) CHECK(tried.contains(name)); // no row is left of a member that is gone
}

TEST_CASE("an answer of another type than its kind is refused") {
  for (const auto& each : answers) {
    INFO(each.name);
    for (const auto& wrong : with(no_data, {"[7]", "[[]]"})) {
      if (wrong == "[]" && each.good.starts_with('[')) continue;
      INFO(wrong);
      CHECK(outcome(each, wrong) == engine_error::invalid_answer);
    }
  }
}

TEST_CASE("capabilities and words of storage are what they are and nothing else") {
  const auto value = [](const std::string& json) { return read_json(json).value(); };
  CHECK(read_capabilities(value(R"(["engine_newPayloadV2"])")).value().size() == 1);
  for (const auto& wrong : {"null", "true", "7", "\"engine_newPayloadV2\"", "{}", "[7]", "[null]", "[[]]"})
    CHECK(read_capabilities(value(wrong)) == engine_error::invalid_answer);
  CHECK(read_word(value(data(32))).has_value());
  CHECK(read_word(value(quoted("0x"))).value() == hash256{}); // as some clients write zero
  for (const auto& wrong : with(no_data, {data(33)})) CHECK(read_word(value(wrong)) == engine_error::invalid_answer);
}
