// SPDX-License-Identifier: Apache-2.0
//
// Every field of a carried block wrong in turn. The fields are those of block.proto itself, read when the test runs: one that is added there is
// tried as soon as the example has it, and an example without it fails.
#include <alys/domain/chain/block_proto.hpp>
#include <alys/domain/chain/limits.hpp>

#include "support/domain/test_chain.hpp"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>
#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <functional>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace alys::domain;
using alys::test::test_chain;

namespace {

namespace pb = google::protobuf;
using wire = pb::internal::WireFormatLite;

// Neither zero nor empty anywhere, so that all fields are written.
[[nodiscard]] block example() {
  const test_chain chain{3};
  auto payload = chain.payload(chain.genesis, slot{9});
  payload.fork = execution_fork::cancun;
  payload.transactions = {bytes{1, 2, 3}};
  payload.withdrawals = {{1, 2, dev_account, gwei{3}}};
  payload.extra_data = to_bytes(bytes_of("hello"));
  payload.gas_used = gas{21'000};
  block one = chain.proposal(chain.genesis, slot{9}, payload);
  one.header.fork = 1;
  one.header.author = authority_index{2};
  chain.approve(one, 3);
  one.approvals = {one.approvals.back()}; // not of authority 0
  return one;
}

// A field as it stands in a message.
struct carried {
  const pb::FieldDescriptor* field; // which it is; null: none of this version
  int id;                           // its number in its message
  bool has_length;
  std::uint64_t number = 0;        // if it has none
  std::string content = {};        // of strings
  std::vector<carried> inner = {}; // of messages
};

[[nodiscard]] bool is_message(const pb::FieldDescriptor& f) { return f.message_type() != nullptr; }
[[nodiscard]] bool is_string(const pb::FieldDescriptor& f) { return f.type() == pb::FieldDescriptor::TYPE_BYTES; }

[[nodiscard]] std::vector<carried> read(pb::io::CodedInputStream& in, const pb::Descriptor& type) {
  std::vector<carried> all;
  while (const std::uint32_t tag = in.ReadTag()) {
    const int id = wire::GetTagFieldNumber(tag);
    const auto* field = type.FindFieldByNumber(id);
    REQUIRE(field != nullptr);
    carried one{field, id, is_message(*field) || is_string(*field)};
    if (is_message(*one.field)) {
      const auto outer = in.ReadLengthAndPushLimit();
      one.inner = read(in, *one.field->message_type());
      REQUIRE(in.CheckEntireMessageConsumedAndPopLimit(outer));
    } else if (is_string(*one.field)) {
      REQUIRE(wire::ReadBytes(&in, &one.content));
    } else {
      REQUIRE(in.ReadVarint64(&one.number));
    }
    all.push_back(std::move(one));
  }
  return all;
}

void append_number(std::string& out, std::uint64_t number) {
  for (; number > 127; number >>= 7U) out += static_cast<char>(number | 0x80U);
  out += static_cast<char>(number);
}

[[nodiscard]] std::string write(const std::vector<carried>& all);
void write(std::string& out, const carried& one) {
  append_number(out, wire::MakeTag(one.id, one.has_length ? wire::WIRETYPE_LENGTH_DELIMITED : wire::WIRETYPE_VARINT));
  if (!one.has_length) return append_number(out, one.number);
  const std::string content = one.inner.empty() ? one.content : write(one.inner);
  append_number(out, content.size());
  out += content;
}
std::string write(const std::vector<carried>& all) {
  std::string out;
  for (const carried& one : all) write(out, one);
  return out;
}

class block_schema {
public:
  block_schema() {
    pb::FileDescriptorSet files;
    std::ifstream in{ALYS_BLOCK_DESCRIPTORS, std::ios::binary};
    if (!files.ParseFromIstream(&in) || files.file_size() != 1) throw std::runtime_error("no descriptors in " ALYS_BLOCK_DESCRIPTORS);
    block_ = pool_.BuildFile(files.file(0))->FindMessageTypeByName("Block");
  }
  // Good as long as the schema.
  [[nodiscard]] std::vector<carried> fields_of(const block& one) const {
    const bytes data = block_to_protobuf(one);
    pb::io::CodedInputStream in{data.data(), static_cast<int>(data.size())};
    return read(in, *block_);
  }
  [[nodiscard]] const pb::Descriptor& type() const { return *block_; }

private:
  pb::DescriptorPool pool_;
  const pb::Descriptor* block_ = nullptr;
};

// Calls `visit` with each field in turn: its path as a refusal names it, the list that it stands in, and its place there.
using visitor = std::function<void(const std::string& path, std::vector<carried>& list, std::size_t at)>;
void each_field(std::vector<carried>& fields, const std::string& prefix, const visitor& visit) {
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const auto& field = *fields[i].field;
    const std::string path = prefix + field.name() + (field.is_repeated() ? "[0]" : "");
    if (is_message(field)) each_field(fields[i].inner, path + ".", visit);
    visit(path, fields, i);
  }
}

// The changed block is refused, for this field and no other.
void refused(const std::vector<carried>& whole, encoding_error code, const std::string& words) {
  const std::string data = write(whole);
  const auto decoded = block_from_protobuf(bytes_of(data));
  INFO("expected: " << words << "\nfound:    " << (decoded ? "a block" : decoded.error().text()));
  CHECK(decoded == code);
  if (!decoded) CHECK(decoded.error().text().starts_with(words));
}

// Tries a change of each field, each time from the example again. `change` tells what is expected of it; empty: not for this field.
struct expectation {
  std::string words; // behind the path
  encoding_error code = encoding_error::malformed;
};
using change = std::function<std::optional<expectation>(std::vector<carried>& list, std::size_t at)>;
void try_on_each_field(const change& made) {
  const block_schema schema;
  const auto good = schema.fields_of(example());
  auto whole = good;
  std::size_t tried = 0;
  each_field(whole, "", [&](const std::string& path, std::vector<carried>& list, std::size_t at) {
    const auto before = list;
    if (const auto expected = made(list, at)) {
      refused(whole, expected->code, path + ": " + expected->words);
      ++tried;
    }
    list = before;
  });
  CHECK(write(whole) == write(good));
  CHECK(tried > 0);
}

[[nodiscard]] bool has_any_length(const pb::FieldDescriptor& f) { return f.name() == "extra_data" || f.name() == "transactions"; }
[[nodiscard]] bool has_width(const pb::FieldDescriptor& f) { return is_string(f) && !has_any_length(f); }

void collect(const pb::Descriptor& type, std::set<std::string>& names) {
  for (int i = 0; i < type.field_count(); ++i) {
    names.insert(type.field(i)->full_name());
    if (is_message(*type.field(i))) collect(*type.field(i)->message_type(), names);
  }
}

} // namespace

TEST_CASE("the example of the mutations has every field that a carried block can have") {
  const block_schema schema;
  std::set<std::string> known, there;
  collect(schema.type(), known);
  auto whole = schema.fields_of(example());
  each_field(whole, "", [&](const std::string&, std::vector<carried>& list, std::size_t at) { there.insert(list[at].field->full_name()); });
  CHECK(there == known);
  CHECK(block_from_protobuf(bytes_of(write(whole))) == example());
}

TEST_CASE("a field of another type is refused by its name") {
  try_on_each_field([](std::vector<carried>& list, std::size_t at) {
    list[at].has_length = !list[at].has_length;
    return std::optional{expectation{"has another type"}};
  });
}

TEST_CASE("a field that stands twice is refused by its name") {
  try_on_each_field([](std::vector<carried>& list, std::size_t at) -> std::optional<expectation> {
    if (list[at].field->is_repeated()) return std::nullopt;
    const carried again = list[at];
    list.push_back(again);
    return expectation{"stands twice"};
  });
}

TEST_CASE("a field that is left out is refused where nothing is not a value") {
  const block_schema schema;
  const auto good = schema.fields_of(example());
  auto whole = good;
  each_field(whole, "", [&](const std::string& path, std::vector<carried>& list, std::size_t at) {
    const auto before = list;
    const auto& field = *before[at].field;
    list.erase(list.begin() + static_cast<std::ptrdiff_t>(at));
    if (has_width(field)) refused(whole, encoding_error::malformed, path + ": 0 bytes, not " + std::to_string(before[at].content.size()));
    else if (is_message(field) && !field.is_repeated()) refused(whole, encoding_error::malformed, path + ".");
    else CHECK_FALSE(block_from_protobuf(bytes_of(write(whole))) == example()); // a number that is 0, or a list without items
    list = before;
  });
}

TEST_CASE("a field of another width is refused by its name") {
  for (const bool longer : {false, true}) {
    try_on_each_field([longer](std::vector<carried>& list, std::size_t at) -> std::optional<expectation> {
      if (!has_width(*list[at].field)) return std::nullopt;
      const std::size_t width = list[at].content.size();
      list[at].content.resize(longer ? width + 1 : width - 1);
      return expectation{std::to_string(list[at].content.size()) + " bytes, not " + std::to_string(width)};
    });
  }
}

TEST_CASE("a number out of range is refused by its name") {
  try_on_each_field([](std::vector<carried>& list, std::size_t at) -> std::optional<expectation> {
    const auto& field = *list[at].field;
    if (field.type() != pb::FieldDescriptor::TYPE_UINT32) return std::nullopt;
    list[at].number |= 1ULL << 32U; // which protobuf would cut off
    return expectation{std::to_string(list[at].number) + " is above "};
  });
  for (const auto& [name, largest] : {std::pair{"author", 65'535U}, std::pair{"authority", 65'535U}}) {
    try_on_each_field(
        [&, wanted = std::string{name}, most = largest](std::vector<carried>& list, std::size_t at) -> std::optional<expectation> {
          if (list[at].field->name() != wanted) return std::nullopt;
          list[at].number = most + 1;
          return expectation{std::to_string(most + 1) + " is above " + std::to_string(most)};
        });
  }
}

TEST_CASE("an unknown field is refused in each message") {
  try_on_each_field([](std::vector<carried>& list, std::size_t at) -> std::optional<expectation> {
    if (!is_message(*list[at].field)) return std::nullopt;
    list[at].inner.push_back({nullptr, 99, false});
    return expectation{"has an unknown field, number 99"};
  });
  const block_schema schema;
  auto whole = schema.fields_of(example());
  whole.push_back({nullptr, 99, true});
  refused(whole, encoding_error::malformed, "has an unknown field, number 99");
}

TEST_CASE("a list that is too long is refused before its items are made") {
  const block_schema schema;
  auto whole = schema.fields_of(example());
  const std::string good = write(whole);
  std::set<std::string> lists;
  each_field(whole, "", [&](const std::string& path, std::vector<carried>& list, std::size_t at) {
    const auto& field = *list[at].field;
    if (!field.is_repeated()) return;
    const std::size_t most = field.name() == "transactions"  ? block_limits::transactions
                             : field.name() == "withdrawals" ? block_limits::withdrawals
                                                             : block_limits::approvals;
    const auto before = list;
    list.insert(list.begin() + static_cast<std::ptrdiff_t>(at), most, carried{&field, field.number(), true});
    refused(whole, encoding_error::over_limit, path.substr(0, path.size() - 3) + ": more than " + std::to_string(most) + " of them");
    list = before;
    lists.insert(field.name());
  });
  CHECK(write(whole) == good);
  CHECK(lists == std::set<std::string>{"transactions", "withdrawals", "approvals"});
}
