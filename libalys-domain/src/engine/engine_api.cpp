// SPDX-License-Identifier: Apache-2.0
//
// What is sent to an execution client. All values are hexadecimal texts, so that nothing needs escaping.
#include <alys/domain/api/eth_encoding.hpp>
#include <alys/domain/engine/engine_api.hpp>

namespace alys::domain {
namespace {

class json_object {
public:
  json_object& text(std::string_view name, std::string_view value) { return raw(name, '"' + std::string{value} + '"'); }
  template <class T>
  json_object& data(std::string_view name, const T& value) {
    return text(name, to_hex(value));
  }
  template <class T>
  json_object& quantity(std::string_view name, const T& value) {
    return text(name, to_quantity(value));
  }
  json_object& raw(std::string_view name, std::string_view value) {
    out_ += out_.empty() ? "{\"" : ",\"";
    out_.append(name).append("\":").append(value);
    return *this;
  }
  [[nodiscard]] std::string end() { return std::move(out_) + '}'; }

private:
  std::string out_;
};

template <class Range, class Show>
[[nodiscard]] std::string json_list(const Range& all, Show&& show) {
  std::string out = "[";
  for (const auto& each : all) {
    if (out.size() > 1) out += ',';
    out += show(each);
  }
  return out + ']';
}

[[nodiscard]] std::string withdrawals_json(const std::vector<withdrawal>& all) {
  return json_list(all, [](const withdrawal& w) {
    return json_object{}
        .quantity("index", w.index)
        .quantity("validatorIndex", w.validator_index)
        .data("address", w.recipient)
        .quantity("amount", w.amount)
        .end();
  });
}

} // namespace

const engine_methods& methods_of(execution_fork fork) noexcept {
  static constexpr engine_methods shanghai{"engine_newPayloadV2", "engine_forkchoiceUpdatedV2", "engine_getPayloadV2"};
  static constexpr engine_methods cancun{"engine_newPayloadV3", "engine_forkchoiceUpdatedV3", "engine_getPayloadV3"};
  static constexpr engine_methods prague{"engine_newPayloadV4", "engine_forkchoiceUpdatedV3", "engine_getPayloadV4"};
  switch (fork) {
    case execution_fork::shanghai: break;
    case execution_fork::cancun: return cancun;
    case execution_fork::prague: return prague;
  }
  return shanghai;
}

std::string rpc_call(std::string_view method, std::string_view params) {
  return json_object{}.text("jsonrpc", "2.0").raw("id", "1").text("method", method).raw("params", params).end();
}

std::string new_payload_params(const execution_payload& p) {
  json_object out;
  out.data("parentHash", p.parent_hash)
      .data("feeRecipient", p.fee_recipient)
      .data("stateRoot", p.state_root)
      .data("receiptsRoot", p.receipts_root)
      .data("logsBloom", p.logs_bloom)
      .data("prevRandao", p.prev_randao)
      .quantity("blockNumber", p.block_number)
      .quantity("gasLimit", p.gas_limit)
      .quantity("gasUsed", p.gas_used)
      .quantity("timestamp", p.timestamp)
      .data("extraData", p.extra_data)
      .quantity("baseFeePerGas", p.base_fee_per_gas)
      .data("blockHash", p.block_hash)
      .raw("transactions", json_list(p.transactions, [](const bytes& raw) { return '"' + to_hex(raw) + '"'; }))
      .raw("withdrawals", withdrawals_json(p.withdrawals));
  if (p.fork == execution_fork::shanghai) return '[' + out.end() + ']';
  out.quantity("blobGasUsed", 0U).quantity("excessBlobGas", 0U);
  std::string params = '[' + out.end() + ",[],\"" + to_hex(p.prev_randao) + '"'; // no blobs
  if (p.fork >= execution_fork::prague) params += ",[]";                         // no requests
  return params + ']';
}

std::string forkchoice_params(const forkchoice_state& state, const std::optional<payload_attributes>& attributes, execution_fork fork) {
  const std::string out =
      '[' +
      json_object{}.data("headBlockHash", state.head).data("safeBlockHash", state.safe).data("finalizedBlockHash", state.finalized).end();
  if (!attributes) return out + ",null]";
  json_object with;
  with.quantity("timestamp", attributes->timestamp)
      .data("prevRandao", attributes->prev_randao)
      .data("suggestedFeeRecipient", attributes->fee_recipient)
      .raw("withdrawals", withdrawals_json(attributes->withdrawals));
  if (fork >= execution_fork::cancun) with.data("parentBeaconBlockRoot", attributes->prev_randao);
  return out + ',' + with.end() + ']';
}

std::string payload_bodies_params(block_height first, std::size_t most) {
  return "[\"" + to_quantity(first) + "\",\"" + to_quantity(most) + "\"]";
}

std::string call_object(const call_request& call) {
  json_object out;
  out.data("from", call.from).quantity("value", call.value).data("data", call.data);
  if (call.to) out.data("to", *call.to);
  if (!call.access_list.empty()) {
    out.raw("accessList", json_list(call.access_list, [](const access_list_entry& entry) {
              const auto keys = json_list(entry.storage_keys, [](const hash256& key) { return '"' + to_hex(key) + '"'; });
              return json_object{}.data("address", entry.account).raw("storageKeys", keys).end();
            }));
  }
  return out.end();
}

std::string estimate_gas_params(const call_request& call) { return '[' + call_object(call) + ']'; }

} // namespace alys::domain
