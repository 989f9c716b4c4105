// SPDX-License-Identifier: Apache-2.0
//
// Payloads through an execution client: its verdict, and the receipts that go with it.
#include "engine_state.hpp"

#include <alys/domain/engine/execution_header.hpp>
#include <alys/domain/engine/fee_market.hpp>

#include <algorithm>

namespace alys::domain::detail {
namespace {

[[nodiscard]] payload_verdict invalid(const hash256& parent, std::string why) {
  payload_verdict verdict;
  verdict.status = payload_status::invalid;
  verdict.latest_valid_hash = parent;
  verdict.validation_error = std::move(why);
  return verdict;
}

// Transactions of a kind that Alys has, and who sent them.
[[nodiscard]] alys::result<std::vector<transaction_ptr>> recover_all(const execution_payload& payload) {
  std::vector<transaction_ptr> all;
  all.reserve(payload.transactions.size());
  for (const auto& raw : payload.transactions) {
    auto recovered = recover_transaction(raw);
    if (!recovered)
      return refuse(engine_error::invalid_transaction, "invalid tx " + std::to_string(all.size()) + ": " + recovered.error().text());
    all.push_back(*std::move(recovered));
  }
  return all;
}

// Receipts of this block and no other, one a transaction.
[[nodiscard]] bool are_all_of(const execution_payload& payload, const json_value& receipts) {
  const auto* list = receipts.as_array();
  if (list == nullptr || list->size() != payload.transactions.size()) return false;
  return std::ranges::all_of(*list, [hash = to_hex(payload.block_hash)](const json_value& each) {
    const json_value* block = each.member("blockHash");
    return block != nullptr && block->as_string() != nullptr && *block->as_string() == hash;
  });
}

// What the client says became of them, and what follows from the transactions themselves. Clients differ in the latter.
[[nodiscard]] alys::result<std::vector<receipt>> make_receipts(const execution_payload& payload,
                                                               const std::vector<transaction_ptr>& transactions,
                                                               const std::vector<execution_outcome>& outcomes) {
  if (outcomes.size() != transactions.size())
    return refuse(engine_error::invalid_answer,
                  std::to_string(outcomes.size()) + " receipts of " + std::to_string(transactions.size()) + " transactions");
  std::vector<receipt> receipts;
  receipts.reserve(transactions.size());
  gas before{};
  for (std::size_t i = 0; i < transactions.size(); ++i) {
    const auto& [tx, sender, hash, raw] = *transactions[i];
    const auto& [succeeded, cumulative, logs] = outcomes[i];
    const auto tip = effective_tip(tx, payload.base_fee_per_gas);
    if (!tip || cumulative <= before)
      return refuse(engine_error::invalid_answer, "receipt " + std::to_string(i) + " cannot be of its transaction");
    receipts.push_back({.type = tx.type,
                        .succeeded = succeeded,
                        .cumulative_gas_used = cumulative,
                        .transaction_hash = hash,
                        .sender = sender,
                        .to = tx.to,
                        .gas_used = gas{cumulative - before},
                        .effective_gas_price = payload.base_fee_per_gas + *tip,
                        .logs = logs});
    before = cumulative;
  }
  if (before != payload.gas_used) return refuse(engine_error::invalid_answer, "the receipts do not add up to the block's gas");
  if (receipts_root(receipts) != payload.receipts_root)
    return refuse(engine_error::invalid_answer, "the receipts are not those of the block");
  return receipts;
}

} // namespace

void engine_state::check(execution_payload payload, answer<payload_verdict> done) {
  if (payload.extra_data.size() > longest_extra_data) return done(invalid(payload.parent_hash, "extra-data too long"));
  auto transactions = recover_all(payload);
  if (!transactions) return done(invalid(payload.parent_hash, transactions.error().text()));
  auto params = new_payload_params(payload);
  ask<payload_verdict>(
      methods_of(payload.fork).new_payload, std::move(params), read_payload_status,
      [this, payload = std::move(payload), transactions = std::move(*transactions), done](alys::result<payload_verdict> verdict) {
        if (!verdict || verdict->status != payload_status::valid) return done(std::move(verdict));
        recent.remember(payload.block_hash, {.header = header_of(payload), .transactions = transactions, .receipts = {}, .touched = {}});
        if (transactions.empty()) return done(std::move(verdict));
        outcomes_of(payload, true,
                    [payload, transactions, done, good = *verdict](const alys::result<std::vector<execution_outcome>>& outcomes) mutable {
                      if (!outcomes) return done(outcomes.error());
                      auto receipts = make_receipts(payload, transactions, *outcomes);
                      if (!receipts) return done(receipts.error());
                      good.receipts = std::move(*receipts);
                      done(std::move(good));
                    });
      });
}

// Some clients have the receipts of a block only once it was their head, and then by its number only. Theirs then moves before it is told to by the port's caller, whose next
// forkchoice says where it belongs; reads go to the caller's head meanwhile.
void engine_state::outcomes_of(const execution_payload& payload, bool head_may_move, answer<std::vector<execution_outcome>> done) {
  session.ask(
      "eth_getBlockReceipts", one_text(head_may_move ? to_hex(payload.block_hash) : to_quantity(payload.block_number)),
      [this, payload, head_may_move, done](const alys::result<json_value>& answer) {
        if (!answer && client_is_away(answer.error())) return done(answer.error());
        if (answer && are_all_of(payload, *answer)) return done(read_outcomes(*answer));
        if (!head_may_move)
          return done(answer ? refuse(engine_error::client_refused, "no receipts of block " + to_hex(payload.block_hash)) : answer.error());
        ask<forkchoice_verdict>(methods_of(execution_fork::shanghai).forkchoice_updated,
                                forkchoice_params(only_head(payload.block_hash), std::nullopt, execution_fork::shanghai),
                                read_forkchoice_answer, [this, payload, done](const alys::result<forkchoice_verdict>& moved) {
                                  if (!moved) return done(moved.error());
                                  outcomes_of(payload, false, done);
                                });
      });
}

} // namespace alys::domain::detail
