// SPDX-License-Identifier: Apache-2.0
//
// Every argument of every method wrong in turn. The table of methods says of what kinds their arguments are; here stands for each kind a value that
// is right and those that are not. A method with an argument of a new kind fails here until the kind has its row.
#include <alys/domain/api/eth_encoding.hpp>
#include <alys/domain/api/rpc_methods.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

using namespace alys::domain;

namespace {

using texts = std::vector<std::string>;

struct kind {
  std::string right; // JSON
  texts wrong;       // what is nothing of the kind
};

[[nodiscard]] std::string quoted(const std::string& text) { return '"' + text + '"'; }
[[nodiscard]] std::string digits(std::size_t count) { return quoted("0x" + std::string(count, '1')); }

[[nodiscard]] texts with(texts all, const texts& more) {
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

const texts no_text{"true", "7", "1.5", "[]", "{}", "[[]]"};
const texts no_hexadecimal = with(no_text, {quoted(""), quoted("12"), quoted("0xzz"), quoted("0x1")});
const texts no_block{"true",           "1.5",        "[]",           "{}",           quoted(""),
                     quoted("newest"), quoted("0x"), quoted("0x01"), quoted("-0x1"), quoted("0x8000000000000000")};

const std::map<std::string, kind, std::less<>> kinds{
    {"data", {digits(4), no_hexadecimal}},
    {"hash", {digits(64), with(no_hexadecimal, {digits(62), digits(66)})}},
    {"block id", {digits(64), with(no_text, {quoted(""), quoted("0xzz"), digits(62), digits(66)})}},
    {"address", {digits(40), with(no_hexadecimal, {digits(38), digits(42), digits(64)})}},
    {"key", {digits(2), with(no_text, {quoted("0xzz"), digits(66)})}},
    {"block",
     {quoted("latest"),
      with(no_block, {R"({"blockNumber":"0x1","blockHash":)" + digits(64) + "}", R"({"blockHash":"0x1"})", R"({"blockNumber":true})"})}},
    {"block number", {quoted("0x7"), no_block}},
    {"newest block", {quoted("latest"), no_block}},
    {"height", {"7", {"true", "1.5", "-1", "{}", quoted(""), quoted("0x"), quoted("latest"), quoted("0x10000000000000000")}}},
    {"index",
     {quoted("0x0"), {"true", "[]", "{}", quoted(""), quoted("0x"), quoted("0x00"), quoted("-0x1"), quoted("0x10000000000000000")}}},
    {"count", {quoted("0x4"), {"true", "1.5", "-1", "[]", "{}", quoted(""), quoted("0x")}}},
    {"percentiles or null", {"[10,90]", {"true", "7", quoted("10"), "{}", "[101]", "[-1]", "[90,10]", "[true]"}}},
    {"flag", {"true", {"7", quoted("true"), "[]", "{}"}}},
    {"call",
     {R"({"to":)" + digits(40) + "}",
      {"true", "7", quoted("0x"), "[]", R"({"to":7})", R"({"to":"0x1"})", R"({"from":true})", R"({"value":"1"})", R"({"data":"0xz"})",
       R"({"gas":"-1"})", R"({"nonce":true})", R"({"accessList":{}})", R"({"gasPrice":"0x1","maxFeePerGas":"0x1"})"}}},
    {"filter",
     {"{}",
      {"true", "7", quoted("latest"), "[]", R"({"fromBlock":true})", R"({"address":7})", R"({"topics":7})", R"({"topics":["0x1"]})",
       R"({"blockHash":"0x1"})", R"({"blockHash":)" + digits(64) + R"(,"fromBlock":"0x1"})"}}},
    {"name or none", {quoted("monday"), no_text}},
    {"path", {quoted("/root/chain/chain"), no_text}},
    {"`\"throw\"` or `\"fail\"`", {quoted("fail"), with(no_text, {quoted(""), quoted("explode")})}},
    {"seed", {"7", {"true", "1.5", "-1", "[]", "{}", quoted(""), quoted("seven")}}},
    {"rules or null", {"[{}]", {"true", "7", quoted("*"), "{}"}}},
};

[[nodiscard]] texts kinds_of(const rpc_method& method) {
  texts all;
  std::string_view rest = method.params;
  while (!rest.empty() && rest != "none") {
    const auto end = std::min(rest.find(", "), rest.size());
    all.emplace_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 2, rest.size()));
  }
  return all;
}

[[nodiscard]] std::string list_of(const texts& values) {
  std::string out = "[";
  for (const auto& each : values) out += (out.size() > 1 ? "," : "") + each;
  return out + ']';
}

[[nodiscard]] texts right_values(const rpc_method& method) {
  texts values;
  for (const auto& each : kinds_of(method)) {
    INFO(method.name << " has an argument of a kind without a row: " << each);
    REQUIRE(kinds.contains(each));
    values.push_back(kinds.at(each).right);
  }
  return values;
}

[[nodiscard]] alys::result<rpc_query> decoded(const rpc_method& method, const texts& values) {
  return method.decode(read_json(list_of(values)).value());
}

} // namespace

TEST_CASE("arguments of the right kinds are taken by every method and one too many by none") {
  for (const auto& method : rpc_methods()) {
    auto values = right_values(method);
    INFO(method.name << list_of(values));
    CHECK(decoded(method, values));
    values.emplace_back("1");
    CHECK(to_rpc_error(decoded(method, values).error()).code == rpc_code::invalid_params);
  }
}

TEST_CASE("an argument of the wrong kind is named by its place in every method") {
  for (const auto& method : rpc_methods()) {
    const texts right = right_values(method);
    const texts of = kinds_of(method);
    for (std::size_t i = 0; i < right.size(); ++i) {
      for (const auto& wrong : kinds.at(of[i]).wrong) {
        auto values = right;
        values[i] = wrong;
        INFO(method.name << list_of(values));
        const auto query = decoded(method, values);
        REQUIRE_FALSE(query);
        const auto told = to_rpc_error(query.error());
        CHECK(told.code == rpc_code::invalid_params);
        // The methods of the earlier implementation take their one argument without a list, too, and call it by its name.
        const std::string place = "invalid argument " + std::to_string(i) + ": ", name = of[i] + ": ";
        CHECK((told.message.starts_with(place) || told.message.starts_with(name)));
        CHECK(told.message.size() > std::max(place.size(), name.size()));
      }
    }
  }
}

TEST_CASE("an argument that is left out is named by its place unless it may be") {
  const std::set<std::string> may_be_missing{"block", "flag", "name or none", "percentiles or null", "rules or null"};
  for (const auto& method : rpc_methods()) {
    const texts right = right_values(method);
    const texts of = kinds_of(method);
    for (std::size_t i = 0; i < right.size(); ++i) {
      const texts first{right.begin(), right.begin() + static_cast<std::ptrdiff_t>(i)};
      INFO(method.name << list_of(first));
      const auto query = decoded(method, first);
      if (query) {
        CHECK(may_be_missing.contains(of[i]));
        continue;
      }
      const auto told = to_rpc_error(query.error());
      CHECK(told.code == rpc_code::invalid_params);
      const bool bare = told.message.starts_with("params must be a " + of[i]); // of the earlier implementation, as above
      CHECK((bare || told.message == "missing value for required argument " + std::to_string(i)));
    }
  }
}

TEST_CASE("every kind is that of some method") {
  std::set<std::string> used;
  for (const auto& method : rpc_methods()) {
    for (auto& each : kinds_of(method)) used.insert(std::move(each));
  }
  for (const auto& [name, values] : kinds) CHECK(used.contains(name));
}
