// SPDX-License-Identifier: Apache-2.0
//
// JSON-RPC 2.0 (jsonrpc.org/specification), from the text of a request to the text of the answer. What lies between is the caller's: it
// gets the calls, answers each by its number in any order, and takes the text when all are answered. Whatever is wrong with the request
// itself is answered here.
//
// ```cpp
// inline std::string respond(const std::string& body) {
//   auto exchange = alys::domain::rpc_exchange::open(body);
//   for (std::size_t i = 0; i < exchange.calls().size(); ++i) {
//     if (exchange.calls()[i].method == "ping") exchange.answer(i, "\"pong\"");
//     else exchange.refuse(i, alys::domain::rpc_error::no_such_method(exchange.calls()[i].method));
//   }
//   return exchange.text();
// }
// ```
#pragma once

#include <alys/domain/api/json.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace alys::domain {

// Error codes: those of JSON-RPC 2.0, and of EIP-1474 what this node uses.
enum class rpc_code : int {
  parse_error = -32700,
  invalid_request = -32600,
  method_not_found = -32601,
  invalid_params = -32602,
  internal_error = -32603,
  rejected = -32000,    // understood and refused: what the execution layer says of a transaction or a state
  unavailable = -32002, // the part of the node that would answer does not, now
  too_large = -32003,   // the answer would be larger than allowed
  reverted = 3,         // geth's, for calls that end so; `data` is what they said
};

// The error of one call.
struct rpc_error {
  rpc_code code = rpc_code::internal_error;
  std::string message;
  std::string data = {}; // JSON text; none if empty

  [[nodiscard]] static rpc_error no_such_method(std::string_view method);
  [[nodiscard]] static rpc_error invalid_params(std::string message) { return {rpc_code::invalid_params, std::move(message)}; }
  friend bool operator==(const rpc_error&, const rpc_error&) = default;
};

// One call that is to be carried out.
struct rpc_call {
  std::string method;
  json_value params;         // null if the request has none. JSON-RPC allows arrays and objects; the method decides about anything else
  bool notification = false; // nobody waits for the answer
};

// What a request may ask for at most. All at least 1.
struct rpc_limits {
  json_limits json = {};
  std::size_t max_batch = 100;                 // calls in one request, notifications included
  std::size_t max_response_bytes = 25'000'000; // of all results together; calls answered later get an error instead
};

// One request, single or batch, and the answer that grows for it.
class rpc_exchange {
public:
  // Reads a request body. Never fails: what cannot be carried out is answered already, and has no call.
  [[nodiscard]] static rpc_exchange open(std::string_view body, const rpc_limits& limits = {});

  // The calls to carry out, in the order of the request.
  [[nodiscard]] const std::vector<rpc_call>& calls() const noexcept { return calls_; }

  // The result of a call, as JSON text. Each call is answered or refused exactly once, notifications too; a second answer and a number that
  // no call has throw std::logic_error.
  void answer(std::size_t call, std::string_view result);
  void refuse(std::size_t call, const rpc_error& error);

  // True when every call has been answered or refused.
  [[nodiscard]] bool complete() const noexcept { return open_calls_ == 0; }

  // The response body; empty if nothing is to be sent, because the request held notifications only. Throws std::logic_error unless
  // complete().
  [[nodiscard]] std::string text() const;

private:
  struct reply {
    std::string id;                  // JSON text; empty for a notification
    std::optional<std::string> text; // the whole response object once there is one
  };

  void read(const json_value& document, const rpc_limits& limits);
  void read_call(const json_value& request);
  void respond_alone(rpc_code code, std::string_view message);
  reply& reply_of(std::size_t call);
  static std::string error_text(std::string_view id, const rpc_error& error);

  std::vector<rpc_call> calls_;
  std::vector<std::size_t> reply_of_call_; // index into replies_
  std::vector<reply> replies_;             // one an element of the request
  std::size_t open_calls_ = 0;
  std::size_t room_ = 0; // bytes of results that may still come
  bool batch_ = false;
};

} // namespace alys::domain
