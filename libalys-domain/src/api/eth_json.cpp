// SPDX-License-Identifier: Apache-2.0
//
// Blocks, transactions and receipts, field by field.
#include "eth_json.hpp"

#include <alys/domain/api/eth_encoding.hpp>
#include <alys/domain/engine/execution_header.hpp>
#include <alys/domain/engine/rlp.hpp>
#include <alys/domain/primitives/hex.hpp>

namespace alys::domain::eth {

namespace {

// Keccak-256 of the RLP of an empty list: no block has ommers any more (EIP-3675).
constexpr auto no_ommers = hash256::literal("0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347");

json address_or_null(const std::optional<address>& who) { return who ? json(to_hex(*who)) : json(nullptr); }

// Where a transaction stands; nulls while it stands in no block.
struct place {
  const included_transaction* in = nullptr;

  [[nodiscard]] json block_hash() const { return in != nullptr ? json(to_hex(in->block_hash)) : json(nullptr); }
  [[nodiscard]] json block_number() const { return in != nullptr ? json(to_quantity(in->block_number)) : json(nullptr); }
  [[nodiscard]] json index() const { return in != nullptr ? json(to_quantity(in->index)) : json(nullptr); }
};

json access_list(std::span<const access_list_entry> entries) {
  auto list = json::array();
  for (const auto& entry : entries) {
    auto keys = json::array();
    for (const auto& key : entry.storage_keys) keys.push_back(to_hex(key));
    list.push_back({{"address", to_hex(entry.account)}, {"storageKeys", std::move(keys)}});
  }
  return list;
}

// `price` is what the sender pays for each gas; before it is known, the most.
json transaction_fields(const domain::transaction& tx, const hash256& hash, const address& sender, const wei& price, const place& at) {
  const bool typed = tx.type != transaction_type::legacy;
  json out;
  out["blockHash"] = at.block_hash();
  out["blockNumber"] = at.block_number();
  out["from"] = to_hex(sender);
  out["gas"] = to_quantity(tx.gas_limit);
  out["gasPrice"] = to_quantity(price);
  if (typed) {
    out["maxFeePerGas"] = to_quantity(tx.max_fee_per_gas);
    out["maxPriorityFeePerGas"] = to_quantity(tx.max_priority_fee_per_gas);
  }
  out["hash"] = to_hex(hash);
  out["input"] = to_hex(tx.data);
  out["nonce"] = to_quantity(tx.nonce);
  out["to"] = address_or_null(tx.to);
  out["transactionIndex"] = at.index();
  out["value"] = to_quantity(tx.value);
  out["type"] = to_quantity(static_cast<std::uint64_t>(tx.type));
  if (typed) out["accessList"] = access_list(tx.access_list);
  if (tx.chain_id) out["chainId"] = to_quantity(*tx.chain_id);
  out["v"] = to_quantity(signature_v(tx));
  out["r"] = to_quantity(tx.signature.r);
  out["s"] = to_quantity(tx.signature.s);
  if (typed) out["yParity"] = tx.signature.y_is_odd ? "0x1" : "0x0";
  return out;
}

// The contract of a transaction that makes one, whether it succeeded or not.
address made_contract(const included_transaction& included) {
  return contract_address(included.receipt.sender, decode_transaction(included.raw).value().nonce);
}

// The bytes of the block as clients exchange it: header, transactions, ommers, withdrawals.
std::size_t encoded_size(const execution_header& header, const execution_payload& payload) {
  rlp_list transactions;
  for (const auto& raw : payload.transactions) {
    // A legacy transaction is a list already; any other travels as a string (EIP-2718).
    const bool legacy = !raw.empty() && raw[0] >= 0xc0;
    if (legacy) transactions.encoded(raw);
    else transactions.string(raw);
  }
  rlp_list minted;
  for (const auto& each : payload.withdrawals) minted.encoded(encode_withdrawal(each));
  return rlp_list{}
      .encoded(encode_header(header))
      .encoded(transactions.encode())
      .encoded(rlp_list{}.encode())
      .encoded(minted.encode())
      .encode()
      .size();
}

} // namespace

json block(const stored_block& found, bool full) {
  const auto& payload = found.block.payload;
  const auto header = header_of(payload);
  auto transactions = json::array();
  for (std::size_t i = 0; i < payload.transactions.size(); ++i)
    transactions.push_back(full ? transaction(transaction_in(found, i)) : json(to_hex(found.receipts[i].transaction_hash)));
  json out;
  out["baseFeePerGas"] = to_quantity(header.base_fee_per_gas);
  out["difficulty"] = "0x0";
  out["extraData"] = to_hex(header.extra_data);
  out["gasLimit"] = to_quantity(header.gas_limit);
  out["gasUsed"] = to_quantity(header.gas_used);
  out["hash"] = to_hex(payload.block_hash);
  out["logsBloom"] = to_hex(header.logs_bloom);
  out["miner"] = to_hex(header.fee_recipient);
  out["mixHash"] = to_hex(header.prev_randao);
  out["nonce"] = "0x0000000000000000";
  out["number"] = to_quantity(header.number);
  out["parentHash"] = to_hex(header.parent_hash);
  out["receiptsRoot"] = to_hex(header.receipts_root);
  out["sha3Uncles"] = to_hex(no_ommers);
  out["size"] = to_quantity(encoded_size(header, payload));
  out["stateRoot"] = to_hex(header.state_root);
  out["timestamp"] = to_quantity(header.timestamp);
  out["transactions"] = std::move(transactions);
  out["transactionsRoot"] = to_hex(header.transactions_root);
  out["uncles"] = json::array();
  out["withdrawals"] = withdrawals(payload.withdrawals);
  out["withdrawalsRoot"] = to_hex(header.withdrawals_root);
  if (header.fork >= execution_fork::cancun) {
    out["blobGasUsed"] = "0x0";
    out["excessBlobGas"] = "0x0";
    out["parentBeaconBlockRoot"] = to_hex(header.prev_randao);
  }
  if (header.fork >= execution_fork::prague) out["requestsHash"] = to_hex(no_requests);
  return out;
}

json withdrawals(std::span<const withdrawal> minted) {
  auto list = json::array();
  for (const auto& each : minted) {
    list.push_back({{"index", to_quantity(each.index)},
                    {"validatorIndex", to_quantity(each.validator_index)},
                    {"address", to_hex(each.recipient)},
                    {"amount", to_quantity(each.amount)}});
  }
  return list;
}

json transaction_at(const stored_block& found, std::uint64_t index) {
  return index < found.block.payload.transactions.size() ? transaction(transaction_in(found, static_cast<std::size_t>(index)))
                                                         : json(nullptr);
}

json receipts(const stored_block& found) {
  auto list = json::array();
  for (std::size_t i = 0; i < found.receipts.size(); ++i) list.push_back(receipt(transaction_in(found, i)));
  return list;
}

json pending_transaction(const recovered_transaction& waiting) {
  return transaction_fields(waiting.transaction, waiting.hash, waiting.sender, waiting.transaction.max_fee_per_gas, {});
}

json transaction(const included_transaction& included) {
  // In a block of ours, so it decodes; value() throws if that ever were not so.
  const auto decoded = decode_transaction(included.raw);
  const auto& outcome = included.receipt;
  return transaction_fields(decoded.value(), outcome.transaction_hash, outcome.sender, outcome.effective_gas_price, {&included});
}

json log(const found_log& found) {
  auto topics = json::array();
  for (const hash256& topic : found.log.topics) topics.push_back(to_hex(topic));
  json out;
  out["address"] = to_hex(found.log.account);
  out["topics"] = std::move(topics);
  out["data"] = to_hex(found.log.data);
  out["blockNumber"] = to_quantity(found.block_number);
  out["transactionHash"] = to_hex(found.transaction_hash);
  out["transactionIndex"] = to_quantity(found.transaction_index);
  out["blockHash"] = to_hex(found.block_hash);
  out["logIndex"] = to_quantity(found.index);
  out["removed"] = false;
  return out;
}

json receipt(const included_transaction& included) {
  const auto& outcome = included.receipt;
  auto logs = json::array();
  for (const log_entry& each : outcome.logs) {
    logs.push_back(log(
        {each, included.block_hash, included.block_number, outcome.transaction_hash, included.index, included.first_log + logs.size()}));
  }
  json out;
  out["blockHash"] = to_hex(included.block_hash);
  out["blockNumber"] = to_quantity(included.block_number);
  out["contractAddress"] = outcome.to ? json(nullptr) : json(to_hex(made_contract(included)));
  out["cumulativeGasUsed"] = to_quantity(outcome.cumulative_gas_used);
  out["effectiveGasPrice"] = to_quantity(outcome.effective_gas_price);
  out["from"] = to_hex(outcome.sender);
  out["gasUsed"] = to_quantity(outcome.gas_used);
  out["logs"] = std::move(logs);
  out["logsBloom"] = to_hex(bloom_of(outcome.logs));
  out["status"] = outcome.succeeded ? "0x1" : "0x0";
  out["to"] = address_or_null(outcome.to);
  out["transactionHash"] = to_hex(outcome.transaction_hash);
  out["transactionIndex"] = to_quantity(included.index);
  out["type"] = to_quantity(static_cast<std::uint64_t>(outcome.type));
  return out;
}

} // namespace alys::domain::eth
