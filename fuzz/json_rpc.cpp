// SPDX-License-Identifier: Apache-2.0
//
// JSON-RPC: any body is answered with one JSON document or with nothing, and every call in it has a query or a reason.
#include "require.hpp"

#include <alys/domain/api/rpc_methods.hpp>

#include <cstdint>
#include <string_view>

using namespace alys::domain;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto exchange = rpc_exchange::open(text_of(bytes_view{data, size}));
  bool awaited = exchange.calls().empty(); // then the request itself is answered
  for (std::size_t i = 0; i < exchange.calls().size(); ++i) {
    const auto& call = exchange.calls()[i];
    if (!call.notification) awaited = true;
    const auto query = decode_call(call, rpc_access::development);
    if (query) {
      exchange.answer(i, "null");
      continue;
    }
    const auto reason = to_rpc_error(query.error());
    fuzz::require(reason.code == rpc_code::invalid_params || reason.code == rpc_code::method_not_found,
                  "the caller learns what is wrong with the call");
    fuzz::require(!reason.message.empty(), "in words");
    exchange.refuse(i, reason);
  }
  fuzz::require(exchange.complete(), "all calls are answered");
  const auto answer = exchange.text();
  fuzz::require(!awaited || !answer.empty(), "who awaits an answer gets one");
  fuzz::require(answer.empty() || read_json(answer).has_value(), "an answer is JSON");
  return 0;
}
