// SPDX-License-Identifier: Apache-2.0
//
// The envelope of JSON-RPC 2.0, with the examples of its specification (jsonrpc.org/specification, section 7).
#include <alys/domain/api/json_rpc.hpp>

#include <catch2/catch.hpp>

#include <stdexcept>

using namespace alys::domain;

namespace {

// Carries out the methods of the specification's examples.
std::string respond(const std::string& body, const rpc_limits& limits = {}) {
  auto exchange = rpc_exchange::open(body, limits);
  for (std::size_t i = 0; i < exchange.calls().size(); ++i) {
    const auto& call = exchange.calls()[i];
    if (call.method == "subtract") exchange.answer(i, "19");
    else if (call.method == "get_data") exchange.answer(i, R"(["hello",5])");
    else if (call.method == "update") exchange.answer(i, "null");
    else exchange.refuse(i, rpc_error::no_such_method(call.method));
  }
  REQUIRE(exchange.complete());
  return exchange.text();
}

std::string error(const std::string& id, int code, const std::string& message) {
  return R"({"jsonrpc":"2.0","id":)" + id + R"(,"error":{"code":)" + std::to_string(code) + R"(,"message":")" + message + "\"}}";
}

std::string call(const std::string& members) { return R"({"jsonrpc":"2.0",)" + members + "}"; }

} // namespace

TEST_CASE("a call is answered with its id as it was sent") {
  CHECK(respond(call(R"("method":"subtract","params":[42,23],"id":1)")) == R"({"jsonrpc":"2.0","id":1,"result":19})");
  CHECK(respond(call(R"("method":"subtract","params":{"a":1},"id":"one \"two\"")")) ==
        R"({"jsonrpc":"2.0","id":"one \"two\"","result":19})");
  CHECK(respond(call(R"("method":"subtract","id":null)")) == R"({"jsonrpc":"2.0","id":null,"result":19})");
  CHECK(respond(call(R"("method":"subtract","id":1.50)")) == R"({"jsonrpc":"2.0","id":1.50,"result":19})");
  CHECK(respond(call(R"("method":"subtract","id":18446744073709551616)")) == R"({"jsonrpc":"2.0","id":18446744073709551616,"result":19})");
}

TEST_CASE("params arrive as they were sent") {
  const auto exchange = rpc_exchange::open(call(R"("method":"m","params":["a",1],"id":1)"));
  CHECK(exchange.calls().at(0).params.as_array()->size() == 2);
  CHECK(rpc_exchange::open(call(R"("method":"m","id":1)")).calls().at(0).params.is_null());
  CHECK(rpc_exchange::open(call(R"("method":"m","params":7,"id":1)")).calls().at(0).params.as_unsigned() == 7);
}

TEST_CASE("a notification is carried out and not answered") {
  const auto exchange = rpc_exchange::open(call(R"("method":"update","params":[1])"));
  CHECK(exchange.calls().at(0).notification);
  CHECK(respond(call(R"("method":"update","params":[1])")).empty());
  CHECK(respond(call(R"("method":"no_such")")).empty());
}

TEST_CASE("a method that does not exist is refused in the words that wallets know") {
  CHECK(respond(call(R"("method":"eth_nope","id":"1")")) == error("\"1\"", -32601, "the method eth_nope does not exist/is not available"));
}

TEST_CASE("what is no JSON is a parse error") {
  CHECK(respond(R"({"jsonrpc": "2.0", "method": "foobar, "params": "bar", "baz])") ==
        error("null", -32700, "parse error: malformed at byte 40"));
  CHECK(respond(R"([{"jsonrpc":"2.0","method":"sum","id":"1"},{"jsonrpc":"2.0","method")").find("-32700") != std::string::npos);
  CHECK(respond("").find("-32700") != std::string::npos);
}

TEST_CASE("what is JSON and no request is invalid") {
  const auto first_error = [](const std::string& body) { return respond(body); };
  CHECK(first_error(call(R"("method":1,"params":"bar")")) == error("null", -32600, "invalid request: \\\"method\\\" must be a string"));
  CHECK(first_error(call(R"("id":5)")) == error("5", -32600, "invalid request: \\\"method\\\" must be a string"));
  CHECK(first_error(R"({"method":"subtract","id":1})") == error("1", -32600, "invalid request: \\\"jsonrpc\\\" must be \\\"2.0\\\""));
  CHECK(first_error(R"({"jsonrpc":"1.0","method":"subtract","id":1})").find("-32600") != std::string::npos);
  CHECK(first_error(R"({"jsonrpc":2.0,"method":"subtract","id":1})").find("-32600") != std::string::npos);
  CHECK(first_error(call(R"("method":"subtract","id":{})")) ==
        error("null", -32600, "invalid request: \\\"id\\\" must be a string, a number or null"));
  CHECK(first_error(call(R"("method":"subtract","id":[1])")).find(R"("id":null)") != std::string::npos);
  CHECK(first_error(call(R"("method":"subtract","id":true)")).find("-32600") != std::string::npos);
  const std::string scalar = GENERATE("1", "\"a\"", "null", "true");
  CHECK(first_error(scalar) == error("null", -32600, "invalid request: a request must be an object"));
}

TEST_CASE("JSON that could be read in two ways is invalid as a whole") {
  CHECK(respond(R"({"jsonrpc":"2.0","method":"subtract","method":"update","id":1})") ==
        error("null", -32600, "invalid request: member \\\"method\\\" named twice"));
  CHECK(respond(call(R"("method":"subtract","id":1e999)")).find("-32600") != std::string::npos);
}

TEST_CASE("the batch of the specification is answered as the specification says") {
  const auto answer = respond(R"([
        {"jsonrpc": "2.0", "method": "sum", "params": [1,2,4], "id": "1"},
        {"jsonrpc": "2.0", "method": "update", "params": [7]},
        {"jsonrpc": "2.0", "method": "subtract", "params": [42,23], "id": "2"},
        {"foo": "boo"},
        {"jsonrpc": "2.0", "method": "foo.get", "params": {"name": "myself"}, "id": "5"},
        {"jsonrpc": "2.0", "method": "get_data", "id": "9"}
    ])");
  CHECK(answer == "[" + error("\"1\"", -32601, "the method sum does not exist/is not available") +
                      R"(,{"jsonrpc":"2.0","id":"2","result":19},)" +
                      error("null", -32600, "invalid request: \\\"jsonrpc\\\" must be \\\"2.0\\\"") + "," +
                      error("\"5\"", -32601, "the method foo.get does not exist/is not available") +
                      R"(,{"jsonrpc":"2.0","id":"9","result":["hello",5]}])");
}

TEST_CASE("batches without anything to answer") {
  CHECK(respond("[]") == error("null", -32600, "empty batch"));
  CHECK(respond(R"([{"jsonrpc":"2.0","method":"update"},{"jsonrpc":"2.0","method":"update"}])").empty());
  const auto invalid = error("null", -32600, "invalid request: a request must be an object");
  CHECK(respond("[1]") == "[" + invalid + "]");
  CHECK(respond("[1,[]]") == "[" + invalid + "," + invalid + "]");
}

TEST_CASE("a batch of one is still answered as a batch") {
  CHECK(respond("[" + call(R"("method":"subtract","id":1)") + "]") == R"([{"jsonrpc":"2.0","id":1,"result":19}])");
}

TEST_CASE("limits are exact") {
  const auto batch = [](int n) {
    std::string text = "[";
    for (int i = 0; i < n; ++i) text += (i > 0 ? "," : "") + call(R"("method":"update")");
    return text + "]";
  };
  CHECK(rpc_exchange::open(batch(3), {.max_batch = 3}).calls().size() == 3);
  CHECK(rpc_exchange::open(batch(4), {.max_batch = 3}).calls().empty());
  CHECK(respond(batch(4), {.max_batch = 3}) == error("null", -32600, "batch too large: at most 3 calls"));
  CHECK(respond(call(R"("method":"subtract","params":[[]],"id":1)"), {.json = {.max_depth = 2}}) ==
        error("null", -32600, "invalid request: more than 2 levels"));
}

TEST_CASE("results stop when the answer would grow too large") {
  auto exchange = rpc_exchange::open(
      "[" + call(R"("method":"a","id":1)") + "," + call(R"("method":"b","id":2)") + "," + call(R"("method":"c","id":3)") + "]",
      {.max_response_bytes = 5});
  exchange.answer(0, "1234");
  exchange.answer(1, "12");
  exchange.answer(2, "1");
  CHECK(exchange.text() == R"([{"jsonrpc":"2.0","id":1,"result":1234},)" + error("2", -32003, "response too large") + "," +
                               error("3", -32003, "response too large") + "]");
}

TEST_CASE("calls may be answered in any order and the text keeps that of the request") {
  auto exchange = rpc_exchange::open("[" + call(R"("method":"a","id":1)") + "," + call(R"("method":"b","id":2)") + "]");
  exchange.answer(1, "2");
  CHECK_FALSE(exchange.complete());
  CHECK_THROWS_AS(exchange.text(), std::logic_error);
  CHECK_THROWS_AS(exchange.answer(1, "2"), std::logic_error);
  CHECK_THROWS_AS(exchange.answer(2, "3"), std::logic_error);
  exchange.refuse(0, {rpc_code::rejected, "nonce too low", R"({"have":1})"});
  CHECK(
      exchange.text() ==
      R"([{"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"nonce too low","data":{"have":1}}},{"jsonrpc":"2.0","id":2,"result":2}])");
}

TEST_CASE("texts of others are quoted in an error") {
  CHECK(respond(call(R"("method":"a\"b","id":1)")) == error("1", -32601, R"(the method a\"b does not exist/is not available)"));
}
