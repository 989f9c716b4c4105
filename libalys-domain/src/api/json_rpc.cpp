// SPDX-License-Identifier: Apache-2.0
//
// The envelope of JSON-RPC 2.0: which requests are calls, and what surrounds an answer.
#include <alys/domain/api/json_rpc.hpp>

#include <stdexcept>
#include <utility>

namespace alys::domain {

namespace {

constexpr std::string_view envelope = R"({"jsonrpc":"2.0","id":)";

// The id as JSON text, to be sent back as it came; empty if there is none. Nothing if it is of a kind that an id must not have.
std::optional<std::string> id_text(const json_value* id) {
  if (id == nullptr) return std::string{};
  if (id->is_null()) return "null";
  if (const auto* number = id->as_number()) return number->text;
  if (const auto* string = id->as_string()) return json_quoted(*string);
  return std::nullopt;
}

// What makes a value no request; empty if it is one.
std::string_view flaw(const json_value& request) {
  if (request.as_object() == nullptr) return "a request must be an object";
  const auto* version = request.member("jsonrpc");
  if (version == nullptr || version->as_string() == nullptr || *version->as_string() != "2.0") return "\"jsonrpc\" must be \"2.0\"";
  const auto* method = request.member("method");
  if (method == nullptr || method->as_string() == nullptr) return "\"method\" must be a string";
  if (!id_text(request.member("id"))) return "\"id\" must be a string, a number or null";
  return {};
}

} // namespace

rpc_error rpc_error::no_such_method(std::string_view method) {
  // Wallets recognise this sentence.
  return {rpc_code::method_not_found, "the method " + std::string{method} + " does not exist/is not available"};
}

rpc_exchange rpc_exchange::open(std::string_view body, const rpc_limits& limits) {
  rpc_exchange exchange;
  exchange.room_ = limits.max_response_bytes;
  const auto document = read_json(body, limits.json);
  if (document) exchange.read(*document, limits);
  else if (document == json_error::malformed) exchange.respond_alone(rpc_code::parse_error, "parse error: " + document.error().text());
  else exchange.respond_alone(rpc_code::invalid_request, "invalid request: " + document.error().text());
  return exchange;
}

void rpc_exchange::read(const json_value& document, const rpc_limits& limits) {
  const auto* batch = document.as_array();
  if (batch == nullptr) return read_call(document);
  if (batch->empty()) return respond_alone(rpc_code::invalid_request, "empty batch");
  if (batch->size() > limits.max_batch)
    return respond_alone(rpc_code::invalid_request, "batch too large: at most " + std::to_string(limits.max_batch) + " calls");
  batch_ = true;
  for (const auto& request : *batch) read_call(request);
}

void rpc_exchange::read_call(const json_value& request) {
  auto id = id_text(request.member("id"));
  if (const auto wrong = flaw(request); !wrong.empty()) {
    const std::string to = id && !id->empty() ? *id : "null";
    replies_.push_back({to, error_text(to, {rpc_code::invalid_request, "invalid request: " + std::string{wrong}})});
    return;
  }
  const auto* params = request.member("params");
  calls_.push_back({*request.member("method")->as_string(), params == nullptr ? json_value{} : *params, id->empty()});
  reply_of_call_.push_back(replies_.size());
  replies_.push_back({std::move(*id), std::nullopt});
  ++open_calls_;
}

void rpc_exchange::respond_alone(rpc_code code, std::string_view message) {
  replies_.push_back({"null", error_text("null", {code, std::string{message}})});
}

rpc_exchange::reply& rpc_exchange::reply_of(std::size_t call) {
  auto& found = replies_.at(reply_of_call_.at(call));
  if (found.text) throw std::logic_error("a call was answered twice");
  --open_calls_;
  return found;
}

void rpc_exchange::answer(std::size_t call, std::string_view result) {
  auto& found = reply_of(call);
  found.text.emplace();
  if (found.id.empty()) return;
  if (result.size() > room_) {
    room_ = 0;
    found.text = error_text(found.id, {rpc_code::too_large, "response too large"});
    return;
  }
  room_ -= result.size();
  found.text->reserve(envelope.size() + found.id.size() + result.size() + 16);
  found.text->append(envelope).append(found.id).append(R"(,"result":)").append(result).append("}");
}

void rpc_exchange::refuse(std::size_t call, const rpc_error& error) {
  auto& found = reply_of(call);
  found.text = found.id.empty() ? std::string{} : error_text(found.id, error);
}

std::string rpc_exchange::text() const {
  if (!complete()) throw std::logic_error("a request is answered only when all its calls are");
  std::string all;
  for (const auto& entry : replies_) {
    if (entry.text->empty()) continue;
    if (!all.empty()) all += ',';
    all += *entry.text;
  }
  return batch_ && !all.empty() ? "[" + all + "]" : all;
}

std::string rpc_exchange::error_text(std::string_view id, const rpc_error& error) {
  std::string text{envelope};
  text.append(id).append(R"(,"error":{"code":)").append(std::to_string(static_cast<int>(error.code)));
  text.append(R"(,"message":)").append(json_quoted(error.message));
  if (!error.data.empty()) text.append(R"(,"data":)").append(error.data);
  return text.append("}}");
}

} // namespace alys::domain
