// SPDX-License-Identifier: Apache-2.0
//
// Blocks and calls as arguments.
#include "rpc_arguments.hpp"

#include <array>
#include <limits>

namespace alys::domain {

namespace {

alys::error invalid(std::string text) { return alys::refuse(argument_error::invalid, std::move(text)); }

constexpr std::array<std::pair<std::string_view, block_tag>, 5> tags{{{"latest", block_tag::latest},
                                                                      {"pending", block_tag::pending},
                                                                      {"safe", block_tag::safe},
                                                                      {"finalized", block_tag::finalized},
                                                                      {"earliest", block_tag::earliest}}};

// Checks that the members that a call may have are what they should be, though the ledger needs only some of them.
alys::result<void> check_call_members(const json_value& call) {
  for (const std::string_view name : {"gas", "nonce", "type", "chainId"}) {
    const auto* value = call.member(name);
    if (value == nullptr || value->is_null()) continue;
    if (const auto read = read_quantity(*value); !read) return invalid(std::string{name} + ": " + read.error().text());
  }
  for (const std::string_view name : {"gasPrice", "maxFeePerGas", "maxPriorityFeePerGas"}) {
    const auto* value = call.member(name);
    if (value == nullptr || value->is_null()) continue;
    if (const auto read = read_amount(*value); !read) return invalid(std::string{name} + ": " + read.error().text());
  }
  const auto given = [&call](std::string_view name) {
    const auto* value = call.member(name);
    return value != nullptr && !value->is_null();
  };
  if (given("gasPrice") && (given("maxFeePerGas") || given("maxPriorityFeePerGas")))
    return invalid("both gasPrice and (maxFeePerGas or maxPriorityFeePerGas) specified");
  return {};
}

alys::result<std::vector<access_list_entry>> read_access_list(const json_value& value) {
  const auto* list = value.as_array();
  if (list == nullptr) return invalid(std::string{value.kind()} + " where a list is expected");
  std::vector<access_list_entry> entries;
  for (const auto& element : *list) {
    const auto* account = element.member("address");
    const auto* keys = element.member("storageKeys");
    if (account == nullptr || keys == nullptr || keys->as_array() == nullptr) return invalid("an entry needs address and storageKeys");
    const auto who = read_address(*account);
    if (!who) return who.error();
    auto& entry = entries.emplace_back(access_list_entry{*who, {}});
    for (const auto& key : *keys->as_array()) {
      const auto hash = read_hash(key);
      if (!hash) return hash.error();
      entry.storage_keys.push_back(*hash);
    }
  }
  return entries;
}

} // namespace

rpc_arguments::rpc_arguments(const json_value& params, std::size_t most) : list_(params.as_array()) {
  if (list_ == nullptr && !params.is_null()) error_ = alys::refuse(argument_error::not_a_list, "non-array args");
  if (list_ != nullptr && list_->size() > most)
    error_ = alys::refuse(argument_error::too_many, "too many arguments, want at most " + std::to_string(most));
}

const json_value* rpc_arguments::next() {
  const auto index = taken_++;
  return list_ != nullptr && index < list_->size() ? &(*list_)[index] : nullptr;
}

alys::result<rpc_block> read_block_number(const json_value& value) {
  if (const auto* text = value.as_string()) {
    for (const auto& [name, tag] : tags)
      if (*text == name) return rpc_block{tag};
  }
  const auto height = read_quantity(value);
  if (!height) return height.error();
  if (*height > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) return invalid("block number larger than int64");
  return rpc_block{block_height{*height}};
}

alys::result<rpc_block> read_block_hash(const json_value& value) {
  const auto hash = read_hash(value);
  if (!hash) return hash.error();
  return rpc_block{*hash};
}

alys::result<rpc_block> read_block(const json_value& value) {
  constexpr std::size_t hash_digits = 2 + 2 * hash256::size();
  if (const auto* text = value.as_string()) return text->size() == hash_digits ? read_block_hash(value) : read_block_number(value);
  if (value.as_object() == nullptr) return invalid(std::string{value.kind()} + " where a block is expected");
  const auto* number = value.member("blockNumber");
  const auto* hash = value.member("blockHash");
  if (number != nullptr && hash != nullptr) return invalid("cannot specify both BlockHash and BlockNumber, choose one or the other");
  if (number != nullptr) return read_block_number(*number);
  if (hash != nullptr) return read_block_hash(*hash);
  return invalid("invalid arguments; neither block nor hash specified");
}

alys::result<call_request> read_call_request(const json_value& value) {
  if (value.as_object() == nullptr) return invalid(std::string{value.kind()} + " where a call object is expected");
  if (auto checked = check_call_members(value); !checked) return checked.error();
  call_request call;
  for (const auto& taken :
       {take_member(value, "from", read_address, call.from), take_member(value, "to", read_address, call.to),
        take_member(value, "value", read_amount, call.value), take_member(value, "data", read_data, call.data),
        take_member(value, "input", read_data, call.data), take_member(value, "accessList", read_access_list, call.access_list)}) {
    if (!taken) return taken.error(); // of `data` and `input` the newer name, which is read last, wins
  }
  return call;
}

} // namespace alys::domain
