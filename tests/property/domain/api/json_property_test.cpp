// SPDX-License-Identifier: Apache-2.0
//
// The JSON reader and the JSON-RPC envelope against an independent reader, over random documents and random bytes.
#include <alys/domain/api/json_rpc.hpp>

#include <rapidcheck.h>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace alys::domain;

namespace {

using reference = nlohmann::json;

reference to_reference(const json_value& value) {
  if (const auto* b = value.as_bool()) return *b;
  if (const auto* n = value.as_number()) return reference::parse(n->text);
  if (const auto* s = value.as_string()) return *s;
  if (const auto* list = value.as_array()) {
    auto out = reference::array();
    for (const auto& element : *list) out.push_back(to_reference(element));
    return out;
  }
  if (const auto* members = value.as_object()) {
    auto out = reference::object();
    for (const auto& [name, element] : *members) out[name] = to_reference(element);
    return out;
  }
  return nullptr;
}

rc::Gen<std::string> text() { return rc::gen::container<std::string>(rc::gen::inRange<char>(1, 127)); }

rc::Gen<reference> document(int depth) {
  auto scalar =
      rc::gen::oneOf(rc::gen::just(reference(nullptr)), rc::gen::map(rc::gen::arbitrary<bool>(), [](bool b) { return reference(b); }),
                     rc::gen::map(rc::gen::arbitrary<std::int64_t>(), [](std::int64_t n) { return reference(n); }),
                     rc::gen::map(rc::gen::arbitrary<std::uint64_t>(), [](std::uint64_t n) { return reference(n); }),
                     rc::gen::map(text(), [](const std::string& s) { return reference(s); }));
  if (depth == 0) return scalar;
  // Smaller inside, or a document grows exponentially with its depth.
  auto inner = rc::gen::scale(0.2, document(depth - 1));
  auto list = rc::gen::map(rc::gen::container<std::vector<reference>>(inner), [](const std::vector<reference>& l) { return reference(l); });
  auto object = rc::gen::map(rc::gen::container<std::map<std::string, reference>>(text(), inner),
                             [](const std::map<std::string, reference>& m) { return reference(m); });
  return rc::gen::oneOf(scalar, list, object);
}

std::string mutated(std::string body) {
  const auto edits = *rc::gen::container<std::vector<std::pair<std::size_t, char>>>(
      rc::gen::pair(rc::gen::inRange<std::size_t>(0, body.size()), rc::gen::arbitrary<char>()));
  for (const auto& [at, c] : edits) body[at] = c;
  return body;
}

} // namespace

TEST_CASE("every document is read as the independent reader reads it") {
  CHECK(rc::check([] {
    const auto expected = *document(3);
    const auto read = read_json(expected.dump());
    RC_ASSERT(read);
    RC_ASSERT(to_reference(*read) == expected);
  }));
}

TEST_CASE("random bytes are read exactly when the independent reader reads them") {
  CHECK(rc::check([] {
    const auto bytes = mutated((*document(2)).dump());
    const auto read = read_json(bytes);
    const bool well_formed = reference::accept(bytes);
    if (read) RC_ASSERT(well_formed);
    else RC_ASSERT(!well_formed || read == json_error::duplicate_name || read == json_error::number_too_large);
  }));
}

TEST_CASE("every request gets exactly the answers it is owed") {
  CHECK(rc::check([] {
    const std::string valid =
        R"([{"jsonrpc":"2.0","method":"a","params":[1],"id":1},{"jsonrpc":"2.0","method":"b"},{"jsonrpc":"2.0","method":"c","id":"x"}])";
    auto exchange = rpc_exchange::open(mutated(valid));
    std::size_t awaited = 0;
    for (std::size_t i = 0; i < exchange.calls().size(); ++i) {
      if (!exchange.calls()[i].notification) ++awaited;
      exchange.answer(i, "true");
    }
    RC_ASSERT(exchange.complete());
    const auto answer = exchange.text();
    if (answer.empty()) {
      RC_ASSERT(awaited == 0u);
      return;
    }
    const auto parsed = reference::parse(answer);
    std::size_t results = 0;
    for (const auto& one : parsed.is_array() ? parsed : reference::array({parsed})) {
      RC_ASSERT(one.at("jsonrpc") == "2.0");
      RC_ASSERT(one.contains("id"));
      RC_ASSERT(one.contains("result") != one.contains("error"));
      if (one.contains("result")) ++results;
    }
    RC_ASSERT(results == awaited);
  }));
}
