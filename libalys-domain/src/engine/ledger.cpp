// SPDX-License-Identifier: Apache-2.0
//
// Making and checking blocks of the embedded ledger.
#include <alys/domain/engine/block_executor.hpp>
#include <alys/domain/engine/fee_market.hpp>
#include <alys/domain/engine/ledger.hpp>
#include <alys/domain/engine/ordered_root.hpp>

#include <limits>
#include <string>
#include <utility>

namespace alys::domain {

namespace {

constexpr unsigned base_fee_bits = 128;
constexpr unsigned supply_bits = 255; // leaves room for more withdrawals than there will ever be

// A source without nodes, for a state that begins empty.
class no_nodes final : public state_source {
public:
  [[nodiscard]] alys::result<std::optional<bytes>> node(const hash256&) const override { return std::optional<bytes>{}; }
};

[[nodiscard]] block_environment environment_of(const ledger_context& context, const execution_payload& payload) {
  return {.rules = {.chain_id = context.chain_id, .gas_limit = payload.gas_limit},
          .base_fee = payload.base_fee_per_gas,
          .fee_recipient = payload.fee_recipient};
}

// The outcome of a block. `header` belongs to the payload; both get the fields that execution decides.
[[nodiscard]] alys::result<executed_block> conclude(execution_payload payload, execution_header header, const block_executor& executor,
                                                    world_state& state) {
  auto committed = state.commit();
  if (!committed) return committed.error();
  header.state_root = payload.state_root = committed->root;
  header.receipts_root = payload.receipts_root = receipts_root(executor.receipts());
  header.gas_used = payload.gas_used = executor.gas_used();
  payload.block_hash = hash_of(header);
  committed->nodes.push_back({.hash = payload.block_hash, .rlp = encode_header(header)});
  if (payload.block_number > block_height{0}) committed->dropped.push_back(payload.parent_hash);
  return executed_block{.payload = std::move(payload),
                        .header = std::move(header),
                        .receipts = executor.receipts(),
                        .state_changes = std::move(committed->nodes),
                        .dropped_nodes = std::move(committed->dropped),
                        .touched = state.touched()};
}

[[nodiscard]] alys::result<void> mint_all(block_executor& executor, const std::vector<withdrawal>& withdrawals) {
  for (const auto& w : withdrawals) {
    if (auto minted = executor.mint(w); !minted) return minted;
  }
  return {};
}

// The rules that a header must meet before anything is executed.
[[nodiscard]] alys::result<void> check_header(const ledger_context& context, const execution_header& own) {
  const execution_header& parent = context.parent;
  if (own.number != parent.number + 1) return alys::refuse(engine_error::wrong_number, "invalid block number");
  if (own.timestamp < parent.timestamp) return alys::refuse(engine_error::wrong_timestamp, "timestamp older than parent");
  if (own.fork != fork_at(context.forks, own.timestamp)) return alys::refuse(engine_error::unsupported_fork, "not of the fork of its time");
  if (!gas_limit_allowed(parent.gas_limit, own.gas_limit)) return alys::refuse(engine_error::wrong_gas_limit, "invalid gas limit");
  if (own.base_fee_per_gas != base_fee_after(parent)) return alys::refuse(engine_error::wrong_base_fee, "invalid base fee");
  if (own.extra_data.size() > longest_extra_data) return alys::refuse(engine_error::extra_data_too_long, "extra-data too long");
  if (!own.logs_bloom.is_zero()) return alys::refuse(engine_error::wrong_logs_bloom, "invalid bloom: no block has logs");
  return {};
}

// Names the field in which a payload differs from what its own content leads to.
[[nodiscard]] alys::result<void> compare(const execution_header& claimed, const execution_header& computed) {
  if (claimed.gas_used != computed.gas_used) return alys::refuse(engine_error::wrong_gas_used, "invalid gas used");
  if (claimed.receipts_root != computed.receipts_root) return alys::refuse(engine_error::wrong_receipts_root, "invalid receipt root hash");
  if (claimed.state_root != computed.state_root) return alys::refuse(engine_error::wrong_state_root, "invalid merkle root");
  return {};
}

[[nodiscard]] alys::result<void> execute_candidates(block_executor& executor, execution_payload& payload,
                                                    std::span<const transaction_ptr> candidates) {
  for (const auto& candidate : candidates) {
    if (auto done = executor.execute(*candidate); done) payload.transactions.push_back(candidate->raw);
    else if (!done.error().refused()) return done;
  }
  return {};
}

[[nodiscard]] alys::result<void> check_genesis(const execution_genesis& genesis) {
  const auto refuse = [](const char* why) { return alys::refuse(engine_error::invalid_genesis, why); };
  if (!gas_limit_allowed(genesis.gas_limit, genesis.gas_limit)) return refuse("the gas limit is below 5000");
  if ((genesis.base_fee >> base_fee_bits) != 0) return refuse("the base fee needs more than 128 bits");
  if (genesis.extra_data.size() > longest_extra_data) return refuse("the extra data has more than 32 bytes");
  wide_wei supply = 0;
  for (const auto& [who, state] : genesis.accounts) {
    if (state.is_empty()) return refuse("an account is empty");
    if (state.code_hash != empty_code_hash || state.storage_root != empty_trie_root) return refuse("an account has code or storage");
    supply += state.balance;
  }
  if ((supply >> supply_bits) != 0) return refuse("there are 2^255 wei or more");
  return {};
}

[[nodiscard]] alys::result<executed_block> make_block_zero(const execution_genesis& genesis) {
  if (auto checked = check_genesis(genesis); !checked) return checked.error();
  const no_nodes nothing;
  world_state state{empty_trie_root, nothing};
  for (const auto& [who, initial] : genesis.accounts) {
    auto account = state.edit(who);
    if (!account) return account.error();
    **account = initial;
  }
  execution_payload payload;
  payload.fork = fork_at(genesis.forks, genesis.timestamp);
  payload.gas_limit = genesis.gas_limit;
  payload.timestamp = genesis.timestamp;
  payload.extra_data = genesis.extra_data;
  payload.base_fee_per_gas = genesis.base_fee;
  const auto header = header_of(payload);
  return conclude(std::move(payload), header, block_executor{state, {}}, state);
}

} // namespace

wei base_fee_after(const execution_header& parent) {
  return next_base_fee({.gas_limit = parent.gas_limit, .gas_used = parent.gas_used, .base_fee = parent.base_fee_per_gas});
}

alys::result<executed_block> make_execution_genesis(const execution_genesis& genesis) {
  if (genesis.forks.prague) return alys::refuse(engine_error::invalid_genesis, "the embedded ledger has no rules after Cancun");
  return make_block_zero(genesis);
}

alys::result<hash256> first_block_hash(const execution_genesis& genesis) {
  auto block = make_block_zero(genesis);
  if (!block) return block.error();
  return block->payload.block_hash;
}

alys::result<executed_block> build_payload(const ledger_context& context, const payload_attributes& attributes,
                                           std::span<const transaction_ptr> candidates) {
  if (attributes.timestamp < context.parent.timestamp) return alys::refuse(engine_error::invalid_attributes, "timestamp older than parent");
  execution_payload payload;
  payload.fork = fork_at(context.forks, attributes.timestamp);
  payload.parent_hash = hash_of(context.parent);
  payload.fee_recipient = attributes.fee_recipient;
  payload.prev_randao = attributes.prev_randao;
  payload.block_number = context.parent.number + 1;
  payload.gas_limit = context.parent.gas_limit;
  payload.timestamp = attributes.timestamp;
  payload.base_fee_per_gas = base_fee_after(context.parent);
  payload.withdrawals = attributes.withdrawals;

  world_state state{context.parent.state_root, context.nodes};
  block_executor executor{state, environment_of(context, payload)};
  if (auto done = execute_candidates(executor, payload, candidates); !done) return done.error();
  if (auto done = mint_all(executor, payload.withdrawals); !done) return done.error();
  const auto header = header_of(payload);
  return conclude(std::move(payload), header, executor, state);
}

alys::result<executed_block> execute_payload(const ledger_context& context, execution_payload payload,
                                             std::span<const transaction_ptr> transactions) {
  const execution_header claimed = header_of(payload);
  if (hash_of(claimed) != payload.block_hash) return alys::refuse(engine_error::wrong_block_hash, "blockhash mismatch");
  if (auto checked = check_header(context, claimed); !checked) return checked.error();

  world_state state{context.parent.state_root, context.nodes};
  block_executor executor{state, environment_of(context, payload)};
  for (std::size_t i = 0; i < transactions.size(); ++i) {
    auto done = executor.execute(*transactions[i]);
    if (!done && done.error().refused()) {
      return alys::refuse(engine_error::invalid_transaction,
                          "could not apply tx " + std::to_string(i) + " [" + to_hex(transactions[i]->hash) + "]: " + done.error().text());
    }
    if (!done) return done.error();
  }
  if (auto done = mint_all(executor, payload.withdrawals); !done) return done.error();
  auto block = conclude(std::move(payload), claimed, executor, state);
  if (!block) return block;
  if (auto same = compare(claimed, block->header); !same) return same.error();
  return block;
}

} // namespace alys::domain
