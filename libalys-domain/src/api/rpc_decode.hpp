// SPDX-License-Identifier: Apache-2.0
//
// The decoders that the table of methods (rpc_methods.cpp) names. Each takes the params of a call and gives its query.
#pragma once

#include "rpc_arguments.hpp"

#include <string_view>

namespace alys::domain::decode {

using params = const json_value&;
using query = alys::result<rpc_query>;

// Methods without arguments.
template <auto form>
[[nodiscard]] query status(params p) {
  return rpc_arguments{p, 0}.finish(status_query{form});
}

template <auto form>
[[nodiscard]] query fee(params p) {
  return rpc_arguments{p, 0}.finish(fee_query{form});
}

template <auto form>
[[nodiscard]] query chaos(params p) {
  return rpc_arguments{p, 0}.finish(chaos_query{form});
}

// Of an account at a block.
template <auto form>
[[nodiscard]] query account(params p) {
  rpc_arguments arguments{p, 2};
  const auto who = arguments.required(read_address);
  const auto block = arguments.required(read_block);
  return arguments.finish(account_query{form, who, block});
}

// Of a block, by tag or height, or by hash.
template <auto form>
[[nodiscard]] query block_by_number(params p) {
  rpc_arguments arguments{p, 1};
  return arguments.finish(block_query{form, arguments.required(read_block_number)});
}

template <auto form>
[[nodiscard]] query block_by_hash(params p) {
  rpc_arguments arguments{p, 1};
  return arguments.finish(block_query{form, arguments.required(read_block_hash)});
}

template <auto form>
[[nodiscard]] query block_place(params p, alys::result<rpc_block> (*read)(params)) {
  rpc_arguments arguments{p, 2};
  const auto block = arguments.required(read);
  const auto index = arguments.required(read_quantity);
  return arguments.finish(block_query{form, block, index});
}

template <auto form>
[[nodiscard]] query place_by_number(params p) {
  return block_place<form>(p, read_block_number);
}

template <auto form>
[[nodiscard]] query place_by_hash(params p) {
  return block_place<form>(p, read_block_hash);
}

template <auto form>
[[nodiscard]] query transaction(params p) {
  rpc_arguments arguments{p, 1};
  return arguments.finish(transaction_query{form, arguments.required(read_hash)});
}

// The rest, one a method.
[[nodiscard]] query head_block(params);
[[nodiscard]] query block_by_height(params);
[[nodiscard]] query block_by_id(params);
[[nodiscard]] query get_block_by_number(params);
[[nodiscard]] query get_block_by_hash(params);
[[nodiscard]] query get_block_receipts(params);
[[nodiscard]] query get_code(params);
[[nodiscard]] query get_storage_at(params);
[[nodiscard]] query call(params);
[[nodiscard]] query estimate_gas(params);
[[nodiscard]] query send_raw_transaction(params);
[[nodiscard]] query fee_history(params);
[[nodiscard]] query get_logs(params);
[[nodiscard]] query accounts(params);
[[nodiscard]] query listening(params);
[[nodiscard]] query keccak(params);
[[nodiscard]] query tree(params);
[[nodiscard]] query ask_edges(params);
[[nodiscard]] query reloads(params);
[[nodiscard]] query reload(params);
[[nodiscard]] query create_backup(params);
[[nodiscard]] query fault(params);
[[nodiscard]] query inject_chaos(params);

} // namespace alys::domain::decode
