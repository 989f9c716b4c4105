// SPDX-License-Identifier: Apache-2.0
//
// Params to queries, method by method.
#include "rpc_decode.hpp"

#include <alys/domain/primitives/digest.hpp>
#include <alys/domain/primitives/hex.hpp>

#include <algorithm>
#include <charconv>

namespace alys::domain::decode {

namespace {

alys::error invalid(std::string text) { return alys::refuse(argument_error::invalid, std::move(text)); }

alys::result<std::string> read_text(const json_value& value) {
  if (const auto* text = value.as_string()) return *text;
  return invalid(std::string{value.kind()} + " where a string is expected");
}

// The one argument of a method that also takes it bare, without a list around it.
const json_value* only_argument(params p) {
  const auto* list = p.as_array();
  if (list == nullptr) return p.is_null() ? nullptr : &p;
  return list->size() == 1 ? &list->front() : nullptr;
}

query known(const rpc_arguments& arguments, std::string result) { return arguments.finish(known_query{std::move(result)}); }

alys::result<double> read_percentile(const json_value& value) {
  const auto* number = value.as_number();
  if (number == nullptr) return invalid(std::string{value.kind()} + " where a number is expected");
  double percentile = 0;
  std::from_chars(number->text.data(), number->text.data() + number->text.size(),
                  percentile); // the reader took it for a number that a double holds
  if (!(percentile >= 0 && percentile <= 100)) return invalid("invalid reward percentile: " + number->text);
  return percentile;
}

alys::result<std::vector<double>> read_percentiles(const json_value& value) {
  constexpr std::size_t most = 100;
  const auto* list = value.as_array();
  if (list == nullptr) return invalid(std::string{value.kind()} + " where a list of percentiles is expected");
  if (list->size() > most) return invalid("over the query limit " + std::to_string(most));
  std::vector<double> percentiles;
  for (const auto& element : *list) {
    const auto percentile = read_percentile(element);
    if (!percentile) return percentile.error();
    if (!percentiles.empty() && *percentile <= percentiles.back()) return invalid("reward percentiles must ascend");
    percentiles.push_back(*percentile);
  }
  return percentiles;
}

// A count that ethers sends as a quantity and others as a number.
alys::result<std::uint64_t> read_count(const json_value& value) {
  if (const auto number = value.as_unsigned()) return *number;
  return read_quantity(value);
}

alys::result<hash256> read_storage_key(const json_value& value) {
  const auto* text = value.as_string();
  if (text == nullptr || !text->starts_with("0x")) return invalid("unable to decode storage key: hex string invalid");
  auto digits = text->substr(2);
  if (digits.size() % 2 == 1) digits.insert(0, 1, '0');
  auto key = from_hex_digits(digits);
  if (!key) return invalid("unable to decode storage key: hex string invalid");
  if (key->size() > hash256::size()) return invalid("unable to decode storage key: hex string too long, want at most 32 bytes");
  bytes whole(hash256::size() - key->size());
  whole.insert(whole.end(), key->begin(), key->end());
  return hash256::from(whole);
}

// What a filter wants at one place: one value, or any of a list.
template <class T>
alys::result<std::vector<T>> read_choices(const json_value& value, alys::result<T> (*read)(const json_value&)) {
  const auto* list = value.as_array();
  if (list == nullptr) {
    auto one = read(value);
    if (!one) return one.error();
    return std::vector<T>{std::move(*one)};
  }
  if (list->size() > log_filter::most_choices) return invalid("more than " + std::to_string(log_filter::most_choices) + " choices");
  std::vector<T> choices;
  for (const auto& element : *list) {
    auto one = read(element);
    if (!one) return one.error();
    choices.push_back(std::move(*one));
  }
  return choices;
}

alys::result<std::vector<std::vector<hash256>>> read_topics(const json_value& value) {
  const auto* list = value.as_array();
  if (list == nullptr) return invalid(std::string{value.kind()} + " where a list of topics is expected");
  if (list->size() > log_entry::most_topics) return invalid("exceed max topics");
  std::vector<std::vector<hash256>> topics;
  for (const auto& element : *list) {
    const auto* nested = element.as_array();
    // Null is any, and so is a list that has one.
    const bool any = element.is_null() || (nested != nullptr && std::ranges::any_of(*nested, &json_value::is_null));
    auto choices = any ? std::vector<hash256>{} : read_choices(element, read_hash);
    if (!choices) return choices.error();
    topics.push_back(std::move(*choices));
  }
  return topics;
}

alys::result<std::vector<address>> read_accounts(const json_value& value) { return read_choices(value, read_address); }

alys::result<std::variant<block_range, hash256>> read_where(const json_value& filter) {
  block_range range;
  for (const auto& taken :
       {take_member(filter, "fromBlock", read_block_number, range.first), take_member(filter, "toBlock", read_block_number, range.last)})
    if (!taken) return taken.error();
  const auto given = [&filter](std::string_view name) {
    const auto* value = filter.member(name);
    return value != nullptr && !value->is_null();
  };
  if (!given("blockHash")) return range;
  if (given("fromBlock") || given("toBlock"))
    return invalid("cannot specify both BlockHash and FromBlock/ToBlock, choose one or the other");
  hash256 block;
  if (const auto taken = take_member(filter, "blockHash", read_hash, block); !taken) return taken.error();
  return block;
}

alys::result<log_query> read_filter(const json_value& value) {
  if (value.as_object() == nullptr) return invalid(std::string{value.kind()} + " where a filter object is expected");
  const auto where = read_where(value);
  if (!where) return where.error();
  log_query wanted{*where, {}};
  for (const auto& taken : {take_member(value, "address", read_accounts, wanted.which.accounts),
                            take_member(value, "topics", read_topics, wanted.which.topics)})
    if (!taken) return taken.error();
  return wanted;
}

} // namespace

query head_block(params p) { return rpc_arguments{p, 0}.finish(block_query{block_query::form::alys, block_tag::latest}); }

query block_by_height(params p) {
  const auto* argument = only_argument(p);
  if (argument == nullptr) return alys::refuse(argument_error::missing, "params must be a height: a number, or a list with one");
  const auto height = read_count(*argument);
  if (!height) return invalid("height: " + height.error().text());
  return rpc_query{block_query{block_query::form::alys, block_height{*height}}};
}

query block_by_id(params p) {
  const auto* argument = only_argument(p);
  if (argument == nullptr)
    return alys::refuse(argument_error::missing, "params must be a block id: 64 hexadecimal digits, or a list with one such text");
  const auto* text = argument->as_string();
  if (text == nullptr) return invalid("block id: " + std::string{argument->kind()} + " where a hex string is expected");
  const auto id = block_id::from_hex(text->starts_with("0x") ? *text : "0x" + *text);
  if (!id) return invalid("block id: expected 64 hexadecimal digits");
  return rpc_query{block_query{block_query::form::alys, *id}};
}

query get_block_by_number(params p) {
  rpc_arguments arguments{p, 2};
  const auto block = arguments.required(read_block_number);
  const bool full = arguments.required(read_flag);
  return arguments.finish(block_query{full ? block_query::form::full_transactions : block_query::form::transaction_hashes, block});
}

query get_block_by_hash(params p) {
  rpc_arguments arguments{p, 2};
  const auto block = arguments.required(read_block_hash);
  const bool full = arguments.required(read_flag);
  return arguments.finish(block_query{full ? block_query::form::full_transactions : block_query::form::transaction_hashes, block});
}

query get_block_receipts(params p) {
  rpc_arguments arguments{p, 1};
  return arguments.finish(block_query{block_query::form::receipts, arguments.required(read_block)});
}

query get_storage_at(params p) {
  rpc_arguments arguments{p, 3};
  const auto who = arguments.required(read_address);
  const auto key = arguments.required(read_storage_key);
  const auto block = arguments.required(read_block);
  return arguments.finish(storage_query{who, key, block});
}

query get_code(params p) {
  rpc_arguments arguments{p, 2};
  const auto who = arguments.required(read_address);
  const auto block = arguments.required(read_block);
  return arguments.finish(code_query{who, block});
}

query call(params p) {
  rpc_arguments arguments{p, 2};
  auto request = arguments.required(read_call_request);
  const auto block = arguments.optional(read_block, rpc_block{block_tag::latest});
  return arguments.finish(call_query{std::move(request), block});
}

query estimate_gas(params p) {
  rpc_arguments arguments{p, 2};
  auto request = arguments.required(read_call_request);
  static_cast<void>(arguments.optional(read_block, rpc_block{block_tag::latest})); // always estimated on the head
  return arguments.finish(estimate_query{std::move(request)});
}

query send_raw_transaction(params p) {
  rpc_arguments arguments{p, 1};
  return arguments.finish(submit_query{arguments.required(read_data)});
}

query fee_history(params p) {
  rpc_arguments arguments{p, 3};
  fee_history_query wanted;
  wanted.count = std::min(arguments.required(read_count), most_fee_blocks);
  wanted.newest = arguments.required(read_block_number);
  const auto percentiles = arguments.optional<std::vector<double>>(read_percentiles, {});
  if (!percentiles.empty()) wanted.percentiles = percentiles;
  if (wanted.count == 0) return known(arguments, R"({"oldestBlock":"0x0","gasUsedRatio":null})");
  return arguments.finish(std::move(wanted));
}

query get_logs(params p) {
  rpc_arguments arguments{p, 1};
  return arguments.finish(arguments.required(read_filter));
}

query accounts(params p) { return known(rpc_arguments{p, 0}, "[]"); }
query listening(params p) { return known(rpc_arguments{p, 0}, "true"); }

query keccak(params p) {
  rpc_arguments arguments{p, 1};
  const auto data = arguments.required(read_data);
  return known(arguments, "\"" + to_hex(keccak256(data)) + "\"");
}

query tree(params p) { return rpc_arguments{p, 0}.finish(tree_query{}); }
query ask_edges(params p) { return rpc_arguments{p, 0}.finish(ask_edges_query{}); }
query reloads(params p) { return rpc_arguments{p, 0}.finish(reloads_query{}); }
query reload(params p) { return rpc_arguments{p, 0}.finish(reload_query{}); }

query create_backup(params p) {
  rpc_arguments arguments{p, 1};
  const auto read_name = [](const json_value& value) -> alys::result<std::optional<std::string>> {
    auto text = read_text(value);
    if (!text) return text.error();
    return std::optional{*std::move(text)};
  };
  auto name = arguments.optional<std::optional<std::string>>(read_name, {});
  return arguments.finish(backup_query{std::move(name)});
}

query fault(params p) {
  rpc_arguments arguments{p, 2};
  const auto read_kind = [](const json_value& value) -> alys::result<fault_query::kind> {
    const auto* text = value.as_string();
    if (text != nullptr && *text == "throw") return fault_query::kind::exception;
    if (text != nullptr && *text == "fail") return fault_query::kind::failure;
    return invalid(R"(expected "throw" or "fail")");
  };
  auto path = arguments.required<std::string>(read_text);
  const auto how = arguments.required<fault_query::kind>(read_kind);
  return arguments.finish(fault_query{std::move(path), how});
}

query inject_chaos(params p) {
  using optional_rules = std::optional<std::vector<json_value>>;
  rpc_arguments arguments{p, 2};
  const auto read_rules = [](const json_value& value) -> alys::result<optional_rules> {
    if (const auto* list = value.as_array()) return optional_rules{*list};
    return invalid(std::string{value.kind()} + " where a list of rules is expected");
  };
  const auto seed = arguments.required(read_count);
  auto rules = arguments.optional<optional_rules>(read_rules, {});
  return arguments.finish(chaos_query{chaos_query::form::inject, seed, std::move(rules)});
}

} // namespace alys::domain::decode
