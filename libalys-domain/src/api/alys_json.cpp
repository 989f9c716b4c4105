// SPDX-License-Identifier: Apache-2.0
//
// Alys blocks with their seal and approvals around the execution payload in the form of the Engine API (ExecutionPayloadV2), and the fork that it obeys.
#include "alys_json.hpp"

#include "eth_json.hpp"

#include <alys/domain/api/eth_encoding.hpp>
#include <alys/domain/chain/identity.hpp>
#include <alys/domain/primitives/hex.hpp>

namespace alys::domain {

namespace {

using json = nlohmann::ordered_json;

json payload_object(const execution_payload& payload) {
  auto transactions = json::array();
  for (const auto& raw : payload.transactions) transactions.push_back(to_hex(raw));
  json out;
  out["fork"] = to_string(payload.fork);
  out["parentHash"] = to_hex(payload.parent_hash);
  out["feeRecipient"] = to_hex(payload.fee_recipient);
  out["stateRoot"] = to_hex(payload.state_root);
  out["receiptsRoot"] = to_hex(payload.receipts_root);
  out["logsBloom"] = to_hex(payload.logs_bloom);
  out["prevRandao"] = to_hex(payload.prev_randao);
  out["blockNumber"] = to_quantity(payload.block_number);
  out["gasLimit"] = to_quantity(payload.gas_limit);
  out["gasUsed"] = to_quantity(payload.gas_used);
  out["timestamp"] = to_quantity(payload.timestamp);
  out["extraData"] = to_hex(payload.extra_data);
  out["baseFeePerGas"] = to_quantity(payload.base_fee_per_gas);
  out["blockHash"] = to_hex(payload.block_hash);
  out["transactions"] = std::move(transactions);
  out["withdrawals"] = eth::withdrawals(payload.withdrawals);
  return out;
}

json reference_to(const block_ref& block) {
  return {{"id", to_hex(block.id)}, {"height", block.height.value()}, {"slot", block.slot.value()}};
}

json progress_object(const std::optional<sync_progress>& sync) {
  if (!sync) return false;
  return {{"start", sync->start.value()}, {"current", sync->current.value()}, {"highest", sync->highest.value()}};
}

} // namespace

json alys_block(const stored_block& found) {
  const auto& header = found.block.header;
  auto approvals = json::array();
  for (const auto& each : found.block.approvals)
    approvals.push_back({{"authority", each.authority.value}, {"signature", to_hex(each.signature)}});
  json out;
  out["id"] = to_hex(id_of(header));
  out["chain_id"] = header.chain_id;
  out["fork"] = header.fork;
  out["height"] = header.height.value();
  out["slot"] = header.slot.value();
  out["time"] = header.time.value();
  out["parent"] = to_hex(header.parent);
  out["author"] = header.author.value;
  out["payload_commitment"] = to_hex(header.payload);
  out["seal"] = to_hex(found.block.seal);
  out["approvals"] = std::move(approvals);
  out["final"] = found.final;
  out["payload"] = payload_object(found.block.payload);
  return out;
}

json status_object(const node_status& status) {
  auto head = reference_to(status.head);
  head["time"] = status.head_time.value();
  head["payload"] = to_hex(status.head_payload);
  json out;
  out["version"] = status.client_version;
  out["engine"] = status.engine;
  out["chain_id"] = status.chain_id;
  out["genesis"] = to_hex(status.genesis);
  out["head"] = std::move(head);
  out["final"] = reference_to(status.last_final);
  out["authorities"] = status.authorities;
  out["authority"] = status.authority ? json(status.authority->value) : json(nullptr);
  out["peers"] = status.peers;
  out["state"] = to_string(status.state);
  out["syncing"] = progress_object(status.sync);
  out["interrupted_imports"] = status.interrupted_imports;
  out["started"] = status.started.value();
  return out;
}

json backup_object(const made_backup& made) { return {{"folder", made.folder}, {"head", reference_to(made.head)}, {"bytes", made.bytes}}; }

} // namespace alys::domain
