// SPDX-License-Identifier: Apache-2.0
//
// Adapter: an execution engine inside the process, for development chains and tests. Accounts, transfers, withdrawals, fees, roots and
// hashes are Ethereum's; no code runs, so that contracts cannot be created and data sent along does nothing.
//
// It keeps nothing of its own on disk. The state changes of a block go out with its verdict, and after a restart it reads what the store
// has of them.
//
// ```cpp
// inline std::unique_ptr<alys::domain::execution_engine> start(const alys::domain::state_source& store) {
//   alys::domain::ledger_options options{.chain_id = 1337};
//   options.genesis.gas_limit = alys::domain::gas{30'000'000};
//   options.genesis.base_fee = alys::domain::wei_per_gwei;
//   return std::make_unique<alys::domain::embedded_ledger>(std::move(options), store);
// }
// ```
#pragma once

#include <alys/domain/engine/execution_engine.hpp>
#include <alys/domain/engine/pool.hpp>

#include <cstddef>
#include <memory>

namespace alys::domain {

struct ledger_options {
  std::uint64_t chain_id = 0;
  execution_genesis genesis{};
  pool_limits pool{};
  wei default_tip = wei_per_gwei;                         // suggested while there are no blocks to learn from
  std::size_t state_cache_bytes = std::size_t{64} << 20U; // of trie nodes kept in memory
};

// Answers within the call. Not thread-safe: one caller at a time, as the port says. Every new_payload executes, also of a block that it has
// seen or built before.
class embedded_ledger final : public execution_engine {
public:
  // The store must outlive the ledger. Throws std::invalid_argument for a genesis that make_execution_genesis refuses.
  embedded_ledger(ledger_options options, const state_source& store);
  ~embedded_ledger() override;

  void chain_id(answer<std::uint64_t> done) override;
  void genesis(answer<genesis_payload> done) override;
  void fork_choice_updated(const forkchoice_state& state, std::optional<payload_attributes> attributes,
                           answer<forkchoice_verdict> done) override;
  void get_payload(const payload_id& id, answer<execution_payload> done) override;
  void payload_bodies(block_height first, std::size_t most, answer<std::vector<payload_body>> done) override;
  void new_payload(execution_payload payload, answer<payload_verdict> done) override;
  void state_committed(const hash256& block) override;
  void submit_transaction(bytes raw, answer<hash256> done) override;
  void restore_transactions(std::vector<bytes> raw, answer<std::vector<hash256>> done) override;
  void take_dropped_transactions(answer<std::vector<hash256>> done) override;
  void pending_transaction(const hash256& hash, answer<transaction_ptr> done) override;
  void pool_status(answer<pool_counts> done) override;
  void account_at(const address& who, const block_selector& block, answer<account_status> done) override;
  void code_at(const address& who, const block_selector& block, answer<bytes> done) override;
  void storage_at(const address& who, const hash256& key, const block_selector& block, answer<hash256> done) override;
  void call(call_request request, const block_selector& block, answer<bytes> done) override;
  void quote_fees(answer<fee_quote> done) override;
  void estimate_gas(call_request call, answer<gas> done) override;

private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace alys::domain
