// SPDX-License-Identifier: Apache-2.0
//
// From a query's form to the function that writes it.
#include <alys/domain/api/rpc_format.hpp>

#include "alys_json.hpp"
#include "eth_json.hpp"

#include <alys/domain/api/eth_encoding.hpp>
#include <alys/domain/primitives/hex.hpp>

#include <stdexcept>

namespace alys::domain {

namespace {

// Text that needs no escapes.
std::string in_quotes(std::string_view text) { return "\"" + std::string{text} + "\""; }

std::string syncing(const node_status& status) {
  if (!status.sync) return "false";
  const eth::json progress{{"startingBlock", to_quantity(status.sync->start)},
                           {"currentBlock", to_quantity(status.sync->current)},
                           {"highestBlock", to_quantity(status.sync->highest)}};
  return progress.dump();
}

[[noreturn]] void unknown_form() { throw std::logic_error("a query has a form that is none of its kind"); }

} // namespace

std::string format(const status_query& query, const node_status& status) {
  using form = status_query::form;
  switch (query.as) {
    case form::chain_id: return in_quotes(to_quantity(status.chain_id));
    case form::network_version: return in_quotes(std::to_string(status.chain_id));
    case form::client_version: return json_quoted(status.client_version);
    case form::block_number: return in_quotes(to_quantity(status.head.height));
    case form::syncing: return syncing(status);
    case form::peer_count: return in_quotes(to_quantity(status.peers));
    case form::node_status: return status_object(status).dump();
  }
  unknown_form();
}

std::string format(const fee_query& query, const fee_quote& quote) {
  const bool tip_alone = query.as == fee_query::form::priority_fee;
  return in_quotes(to_quantity(tip_alone ? quote.suggested_tip : quote.base_fee + quote.suggested_tip));
}

std::string format(const account_query& query, const account_status& account) {
  using form = account_query::form;
  switch (query.as) {
    case form::balance: return in_quotes(to_quantity(account.balance));
    case form::transaction_count:
      return in_quotes(to_quantity(query.block == rpc_block{block_tag::pending} ? account.pending_nonce : account.nonce));
  }
  unknown_form();
}

std::string format(const code_query&, const bytes& code) { return in_quotes(to_hex(code)); }
std::string format(const storage_query&, const hash256& kept) { return in_quotes(to_hex(kept)); }
std::string format(const call_query&, const bytes& returned) { return in_quotes(to_hex(returned)); }

std::string format(const block_query& query, const stored_block* block) {
  using form = block_query::form;
  if (block == nullptr) return "null";
  switch (query.as) {
    case form::alys: return alys_block(*block).dump();
    case form::transaction_hashes: return eth::block(*block, false).dump();
    case form::full_transactions: return eth::block(*block, true).dump();
    case form::transaction_count: return in_quotes(to_quantity(block->block.payload.transactions.size()));
    case form::uncle_count: return in_quotes("0x0");
    case form::uncle: return "null";
    case form::transaction_at: return eth::transaction_at(*block, query.index).dump();
    case form::receipts: return eth::receipts(*block).dump();
  }
  unknown_form();
}

std::string format(const transaction_query& query, const found_transaction& found) {
  using form = transaction_query::form;
  const auto* waiting = std::get_if<transaction_ptr>(&found);
  const auto* included = std::get_if<included_transaction>(&found);
  switch (query.as) {
    case form::transaction:
      return (included != nullptr  ? eth::transaction(*included)
              : waiting != nullptr ? eth::pending_transaction(**waiting)
                                   : eth::json(nullptr))
          .dump();
    case form::raw: return in_quotes(included != nullptr ? to_hex(included->raw) : waiting != nullptr ? to_hex((*waiting)->raw) : "0x");
    case form::receipt: return included != nullptr ? eth::receipt(*included).dump() : "null";
  }
  unknown_form();
}

std::string format(const backup_query&, const made_backup& made) { return backup_object(made).dump(); }

std::string format(const submit_query&, const hash256& hash) { return in_quotes(to_hex(hash)); }

std::string format(const estimate_query&, gas estimate) { return in_quotes(to_quantity(estimate)); }

std::string format(const log_query&, std::span<const found_log> found) {
  auto list = eth::json::array();
  for (const found_log& each : found) list.push_back(eth::log(each));
  return list.dump();
}

std::string format(const fee_history_query& query, std::span<const stored_block_ptr> blocks) {
  return eth::fee_history(query, blocks).dump();
}

} // namespace alys::domain
