// SPDX-License-Identifier: Apache-2.0
//
// Reading JSON: what is read, what is refused, and that no number changes on the way.
#include <alys/domain/api/json.hpp>

#include <catch2/catch.hpp>

using namespace alys::domain;

namespace {
std::string nested(std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }
} // namespace

TEST_CASE("every kind of value is read as what it is") {
  CHECK(read_json("null")->is_null());
  CHECK(*read_json("true")->as_bool());
  CHECK(*read_json("\"a\\u00e9\\n\"")->as_string() == "a\xc3\xa9\n");
  CHECK(read_json("[1,[],{}]")->as_array()->size() == 3);
  CHECK(read_json(" {\"a\":1,\"b\":null}\n")->as_object()->size() == 2);
  CHECK(read_json("1")->kind() == "number");
  CHECK(read_json("{}")->kind() == "object");
  CHECK(read_json("\"\"")->kind() == "string");
}

TEST_CASE("a member is found by its name") {
  const auto document = read_json(R"({"a":1,"b":{"a":2},"":3})").value();
  CHECK(document.member("a")->as_unsigned() == 1);
  CHECK(document.member("b")->member("a")->as_unsigned() == 2);
  CHECK(document.member("")->as_unsigned() == 3);
  CHECK(document.member("c") == nullptr);
  CHECK(json_value{std::string{"a"}}.member("a") == nullptr);
}

TEST_CASE("numbers stay what was written") {
  const std::string text =
      GENERATE("0", "1", "-7", "18446744073709551615", "18446744073709551616", "1.50", "1e3", "-0.0", "123456789012345678901234567890");
  CHECK(read_json(text)->as_number()->text == text);
}

TEST_CASE("only an integer that fits is an unsigned number") {
  CHECK(read_json("18446744073709551615")->as_unsigned() == 18446744073709551615u);
  const std::string other = GENERATE("-1", "1.0", "1e0", "18446744073709551616", "\"1\"", "true", "null", "[1]");
  CHECK_FALSE(read_json(other)->as_unsigned());
}

TEST_CASE("what is no JSON is refused with its place") {
  const std::string text = GENERATE("", " ", "{", "[1,]", "{\"a\"}", "{a:1}", "'a'", "01", "1 2", "nul", "\"\x01\"", "\"\xff\"",
                                    "\"\\ud800\"", "[1]x", "NaN", "/**/1", "+1", "\xff");
  const auto read = read_json(text);
  REQUIRE(read == json_error::malformed);
  CHECK(read.error().text().starts_with("malformed at byte "));
}

TEST_CASE("a number that nothing can hold is refused") {
  CHECK(read_json("1e999") == json_error::number_too_large);
  CHECK(read_json("[-1e999]") == json_error::number_too_large);
}

TEST_CASE("depth is bounded and the bound is exact") {
  CHECK(read_json(nested(32)));
  CHECK(read_json(nested(33)) == json_error::too_deep);
  CHECK(read_json(std::string(5'000'000, '[')) == json_error::too_deep);
  CHECK(read_json("[[1]]", {.max_depth = 1}) == json_error::too_deep);
  CHECK(read_json("{\"a\":{}}", {.max_depth = 1}) == json_error::too_deep);
  CHECK(read_json("1", {.max_depth = 0}));
}

TEST_CASE("the number of values is bounded and the bound is exact") {
  CHECK(read_json("[1,2,3]", {.max_values = 4}));
  CHECK(read_json("[1,2,3]", {.max_values = 3}) == json_error::too_many);
  CHECK(read_json("{\"a\":[],\"b\":[]}", {.max_values = 2}) == json_error::too_many);
}

TEST_CASE("a member that is named twice is refused wherever it stands") {
  CHECK(read_json(R"({"a":1,"a":1})") == json_error::duplicate_name);
  CHECK(read_json(R"([{"a":{"b":1,"c":2,"b":3}}])") == json_error::duplicate_name);
  CHECK(read_json(R"({"a":1,"\u0061":2})").error().text() == "member \"a\" named twice");
  CHECK(read_json(R"({"a":{"a":1},"b":{"a":1}})"));
}

TEST_CASE("text is quoted as JSON") {
  CHECK(json_quoted("a\"b\\c\n\x01") == R"("a\"b\\c\n\u0001")");
  CHECK(json_quoted("\xff") == "\"\xef\xbf\xbd\"");
}
