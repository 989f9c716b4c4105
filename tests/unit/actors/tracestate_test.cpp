// SPDX-License-Identifier: Apache-2.0
//
// The tracestate header. The cases are those of the W3C's own test suite (github.com/w3c/trace-context, test/test.py), as far as they
// concern the value and not HTTP.
#include <alys/actors/trace_context.hpp>

#include <catch2/catch.hpp>

#include <vector>

namespace {

using alys::parse_tracestate;

std::string entries(std::size_t count, std::size_t value_size = 1) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += (i == 0 ? "k" : ",k") + std::to_string(i) + '=' + std::string(value_size, 'v');
  return text;
}

} // namespace

TEST_CASE("a tracestate keeps its entries in order and without white space around them") {
  CHECK(parse_tracestate("rojo=00f067aa0ba902b7,congo=t61rcWkgMzE") == "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE");
  CHECK(parse_tracestate("foo=1 \t , \t bar=2, \t baz=3") == "foo=1,bar=2,baz=3");
  CHECK(parse_tracestate("foo=1\t,bar=2\t") == "foo=1,bar=2");
  CHECK(parse_tracestate("foo=1,,bar=2,") == "foo=1,bar=2");
  CHECK(parse_tracestate("").empty());
  CHECK(parse_tracestate(" , ,\t").empty());
}

TEST_CASE("a tracestate key is of the characters that are allowed") {
  for (const std::string& key : std::vector<std::string>{"foo", "f00", "a_-*/z", "0tenant@system", "fw529a3039@dt", std::string(256, 'z'),
                                                         std::string(241, 't') + '@' + std::string(14, 'v')}) {
    INFO(key);
    CHECK(parse_tracestate(key + "=1") == key + "=1");
  }
  for (const std::string& key : std::vector<std::string>{
           "FOO", "fOO", "foo ", "foo.bar", "f@", "@f", "foo@@bar", "foo@bar@baz", "foo@ bar", "0foo", "", std::string(257, 'z'),
           std::string(242, 't') + '@' + std::string(14, 'v'), std::string(241, 't') + '@' + std::string(15, 'v'), "t@0v"}) {
    INFO(key);
    CHECK(parse_tracestate(key + "=1").empty());
    CHECK(parse_tracestate("good=1," + key + "=1").empty());
  }
}

TEST_CASE("a tracestate value is printable ASCII without comma and equals sign") {
  std::string every;
  for (char c = 0x20; c <= 0x7e; ++c)
    if (c != ',' && c != '=') every += c;
  CHECK(parse_tracestate("foo=" + every) == "foo=" + every);
  CHECK(parse_tracestate("foo=" + std::string(256, 'v')) == "foo=" + std::string(256, 'v'));
  for (const std::string& entry :
       std::vector<std::string>{"foo", "foo=", "foo= ", "foo=bar=baz", "foo=\x7f", "foo=\xc3\xa4", "foo=1\x01"}) {
    INFO(entry);
    CHECK(parse_tracestate(entry).empty());
  }
  CHECK(parse_tracestate("foo=" + std::string(257, 'v')).empty());
}

TEST_CASE("a tracestate names nobody twice and holds at most 32 entries") {
  CHECK(parse_tracestate("foo=1,foo=1").empty());
  CHECK(parse_tracestate("foo=1,bar=1,foo=2").empty());
  CHECK(parse_tracestate(entries(32)) == entries(32));
  CHECK(parse_tracestate(entries(33)).empty());
}

TEST_CASE("a tracestate that is too long loses its long entries first and then the last ones") {
  const std::string large = "large=" + std::string(200, 'x');
  CHECK(parse_tracestate(large + ',' + entries(9, 50)) == entries(9, 50));
  CHECK(parse_tracestate(entries(11, 50)) == entries(9, 50));
  CHECK(parse_tracestate(entries(9, 50)).size() <= alys::max_tracestate_bytes);
}
