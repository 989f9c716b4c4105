// SPDX-License-Identifier: Apache-2.0
//
// The execution engine inside the process.
#include <alys/domain/engine/embedded_ledger.hpp>

#include "invalid_blocks.hpp"
#include "recent_blocks.hpp"

#include <alys/domain/engine/intrinsic_gas.hpp>
#include <alys/domain/engine/rlp.hpp>
#include <alys/domain/engine/state_cache.hpp>
#include <alys/domain/engine/tip_history.hpp>
#include <alys/domain/primitives/digest.hpp>

#include <deque>
#include <map>
#include <stdexcept>
#include <string>
#include <unordered_set>
#include <utility>

namespace alys::domain {

namespace {

constexpr std::size_t blocks_remembered = 32; // whose transactions return to the pool if their chain is abandoned
constexpr std::size_t invalid_remembered = 64;
constexpr std::size_t open_payloads = 16;

struct head_block {
  hash256 hash;
  execution_header header;
};

// A payload that was asked for, and once it was fetched, the payload.
struct payload_job {
  execution_header parent;
  payload_attributes attributes;
  std::optional<execution_payload> built;
};

[[nodiscard]] payload_id id_of(const hash256& head, const payload_attributes& attributes) {
  rlp_list content;
  content.fixed(head).integer(attributes.timestamp.value()).fixed(attributes.prev_randao).fixed(attributes.fee_recipient);
  for (const auto& w : attributes.withdrawals) content.encoded(encode_withdrawal(w));
  const hash256 hash = keccak256(content.encode());
  return payload_id::from(hash.view().first(payload_id::size())).value();
}

[[nodiscard]] alys::error no_head() { return alys::refuse(engine_error::unknown_block, "no head block yet"); }

[[nodiscard]] payload_verdict invalid(std::optional<hash256> latest_valid, const alys::error& why) {
  payload_verdict verdict;
  verdict.status = payload_status::invalid;
  verdict.latest_valid_hash = latest_valid;
  verdict.validation_error = why.text();
  return verdict;
}

[[nodiscard]] execution_header genesis_header(const execution_genesis& genesis) {
  auto made = make_execution_genesis(genesis);
  if (!made) throw std::invalid_argument(made.error().message());
  return std::move(made->header);
}

} // namespace

struct embedded_ledger::state {
  ledger_options options;
  execution_header genesis;
  const state_source& store;
  state_cache nodes;
  transaction_pool pool;
  tip_history tips;
  std::vector<hash256> not_taken_back; // of abandoned blocks; told with what the pool drops
  std::optional<head_block> head;
  hash256 safe;
  hash256 finalized;
  detail::recent_blocks recent{blocks_remembered};
  detail::invalid_blocks invalid_ones{invalid_remembered};
  std::map<payload_id, payload_job> jobs;
  std::deque<payload_id> job_order;

  state(ledger_options given, const state_source& behind)
      : options(std::move(given)),
        genesis(genesis_header(options.genesis)),
        store(behind),
        nodes(behind, options.state_cache_bytes),
        pool(options.pool, market_after(genesis)) {}

  [[nodiscard]] pool_market market_after(const execution_header& block) const {
    return {.rules = {.chain_id = options.chain_id, .gas_limit = block.gas_limit}, .base_fee = base_fee_after(block)};
  }

  [[nodiscard]] alys::result<std::optional<execution_header>> header_of_block(const hash256&) const;
  [[nodiscard]] alys::result<execution_header> resolve(const block_selector&) const;
  [[nodiscard]] alys::result<account> account_on_head(const address&) const;

  [[nodiscard]] alys::result<void> check_choice(const forkchoice_state&, const execution_header& head) const;
  [[nodiscard]] alys::result<bool> is_ancestor(const hash256&, const hash256& of, const execution_header& descendant) const;
  [[nodiscard]] alys::result<void> move_head(const hash256&, execution_header);
  [[nodiscard]] alys::result<void> switch_chain(const hash256& from);

  [[nodiscard]] alys::result<payload_id> open_job(payload_attributes);
  [[nodiscard]] alys::result<execution_payload> build(const payload_id&);

  [[nodiscard]] alys::result<std::vector<transaction_ptr>> recover_all(const execution_payload&) const;
  [[nodiscard]] alys::result<payload_verdict> import(execution_payload);
  [[nodiscard]] alys::result<hash256> submit(bytes raw);
  [[nodiscard]] alys::result<std::vector<hash256>> restore(std::vector<bytes> raw);
  [[nodiscard]] std::vector<hash256> take_dropped();
};

alys::result<std::optional<execution_header>> embedded_ledger::state::header_of_block(const hash256& hash) const {
  if (const auto* known = recent.find(hash)) return std::optional{known->header};
  auto stored = nodes.node(hash);
  if (!stored) return stored.error();
  if (!*stored) return std::optional<execution_header>{};
  auto header = decode_header(**stored);
  if (!header) return std::optional<execution_header>{}; // a node of the state, which is stored under its hash as well
  return std::optional{*std::move(header)};
}

alys::result<execution_header> embedded_ledger::state::resolve(const block_selector& block) const {
  if (!head) return no_head();
  hash256 wanted;
  std::string name;
  if (const auto* hash = std::get_if<hash256>(&block)) {
    wanted = *hash;
    name = "block " + to_hex(*hash);
  } else {
    switch (std::get<block_tag>(block)) {
      case block_tag::latest:
      case block_tag::pending: return head->header;
      case block_tag::earliest: return genesis;
      case block_tag::safe: wanted = safe, name = "safe block"; break;
      case block_tag::finalized: wanted = finalized, name = "finalized block"; break;
    }
  }
  auto header = header_of_block(wanted);
  if (!header) return header.error();
  if (!*header) return alys::refuse(engine_error::unknown_block, name + " not found");
  return **std::move(header);
}

alys::result<account> embedded_ledger::state::account_on_head(const address& who) const {
  if (!head) return no_head();
  return world_state{head->header.state_root, nodes}.read(who);
}

// What was safe or final below the old head is so below those on top of it, too: seldom more than one block is looked at.
alys::result<bool> embedded_ledger::state::is_ancestor(const hash256& hash, const hash256& of, const execution_header& descendant) const {
  const auto wanted = header_of_block(hash);
  if (!wanted) return wanted.error();
  if (!*wanted) return false;
  const bool was_below_head = head && (hash == safe || hash == finalized);
  hash256 at = of;
  execution_header header = descendant;
  while (header.number > (*wanted)->number) {
    if (was_below_head && at == head->hash) return true;
    at = header.parent_hash;
    auto parent = header_of_block(at);
    if (!parent) return parent.error();
    if (!*parent) return false;
    header = **std::move(parent);
  }
  return at == hash;
}

alys::result<void> embedded_ledger::state::check_choice(const forkchoice_state& choice, const execution_header& new_head) const {
  for (const auto& [hash, name] : {std::pair{choice.safe, "safe"}, std::pair{choice.finalized, "finalized"}}) {
    if (hash.is_zero()) continue;
    const auto below = is_ancestor(hash, choice.head, new_head);
    if (!below) return below.error();
    if (!*below) return alys::refuse(engine_error::invalid_forkchoice, std::string{name} + " block is no ancestor of the head");
  }
  return {};
}

// Moves to a block that is known. The ordinary step is to a child of the head; then only the accounts that it touched are looked at.
alys::result<void> embedded_ledger::state::move_head(const hash256& hash, execution_header header) {
  if (head && head->hash == hash) return {};
  const auto previous = std::exchange(head, head_block{.hash = hash, .header = std::move(header)});
  pool.set_market(market_after(head->header));
  const auto* known = recent.find(hash);
  if (known != nullptr) tips.record(known->receipts, head->header.base_fee_per_gas);
  if (!previous) return {};
  if (known == nullptr || head->header.parent_hash != previous->hash) return switch_chain(previous->hash);
  for (const auto& [who, after] : known->touched) pool.update(who, after);
  return {};
}

// The head is not a child of the block before: everybody's account may have changed, and what only the old chain held is to wait again.
alys::result<void> embedded_ledger::state::switch_chain(const hash256& from) {
  for (const auto& sender : pool.senders()) {
    auto account = account_on_head(sender);
    if (!account) return account.error();
    pool.update(sender, *account);
  }
  for (const auto& tx : recent.abandoned(from, head->hash)) {
    auto sender = account_on_head(tx->sender);
    if (!sender) return sender.error();
    if (!pool.add(tx, *sender)) not_taken_back.push_back(tx->hash); // the new chain holds it too, or leaves no room for it
  }
  return {};
}

alys::result<payload_id> embedded_ledger::state::open_job(payload_attributes attributes) {
  if (attributes.timestamp < head->header.timestamp)
    return alys::refuse(engine_error::invalid_attributes, "timestamp older than the head's");
  const auto id = id_of(head->hash, attributes);
  if (!jobs.try_emplace(id, payload_job{.parent = head->header, .attributes = std::move(attributes), .built = {}}).second) return id;
  job_order.push_back(id);
  if (job_order.size() > open_payloads) {
    jobs.erase(job_order.front());
    job_order.pop_front();
  }
  return id;
}

alys::result<execution_payload> embedded_ledger::state::build(const payload_id& id) {
  const auto found = jobs.find(id);
  if (found == jobs.end()) return alys::refuse(engine_error::unknown_payload, "unknown payload");
  auto& job = found->second;
  if (!job.built) {
    auto block = build_payload({.chain_id = options.chain_id, .forks = options.genesis.forks, .parent = job.parent, .nodes = nodes},
                               job.attributes, pool.select());
    if (!block) return block.error();
    job.built = std::move(block->payload);
  }
  return *job.built;
}

// A transaction that waits in the pool need not be recovered again.
alys::result<std::vector<transaction_ptr>> embedded_ledger::state::recover_all(const execution_payload& payload) const {
  std::vector<transaction_ptr> all;
  all.reserve(payload.transactions.size());
  for (const auto& raw : payload.transactions) {
    if (auto known = pool.find(keccak256(raw))) {
      all.push_back(std::move(known));
      continue;
    }
    auto recovered = recover_transaction(raw);
    if (!recovered) {
      return alys::refuse(engine_error::invalid_transaction, "invalid tx " + std::to_string(all.size()) + ": " + recovered.error().text());
    }
    all.push_back(*std::move(recovered));
  }
  return all;
}

alys::result<payload_verdict> embedded_ledger::state::import(execution_payload payload) {
  const hash256 parent_hash = payload.parent_hash;
  const hash256 hash = payload.block_hash;
  if (const auto* valid = invalid_ones.last_valid(parent_hash)) {
    const hash256 last_valid = *valid;
    if (hash_of(header_of(payload)) == hash) invalid_ones.remember(hash, last_valid);
    return invalid(last_valid, alys::refuse(engine_error::invalid_ancestor, "links to an invalid block"));
  }
  auto parent = header_of_block(parent_hash);
  if (!parent) return parent.error();
  if (!*parent) return payload_verdict{};
  auto transactions = recover_all(payload);
  if (!transactions) {
    if (hash_of(header_of(payload)) == hash) invalid_ones.remember(hash, parent_hash);
    return invalid(parent_hash, transactions.error());
  }
  auto block = execute_payload({.chain_id = options.chain_id, .forks = options.genesis.forks, .parent = **parent, .nodes = nodes},
                               std::move(payload), *transactions);
  if (!block && block.error() == engine_error::wrong_block_hash) return invalid(std::nullopt, block.error());
  if (!block && block.error().refused()) {
    invalid_ones.remember(hash, parent_hash);
    return invalid(parent_hash, block.error());
  }
  if (!block) return block.error();

  nodes.hold(hash, block->state_changes);
  recent.remember(hash, {.header = block->header,
                         .transactions = *std::move(transactions),
                         .receipts = block->receipts,
                         .touched = std::move(block->touched)});
  payload_verdict verdict;
  verdict.status = payload_status::valid;
  verdict.latest_valid_hash = hash;
  verdict.state_changes = std::move(block->state_changes);
  verdict.dropped_nodes = std::move(block->dropped_nodes);
  verdict.receipts = std::move(block->receipts);
  return verdict;
}

alys::result<hash256> embedded_ledger::state::submit(bytes raw) {
  auto recovered = recover_transaction(std::move(raw));
  if (!recovered) return recovered.error();
  auto sender = account_on_head((*recovered)->sender);
  if (!sender) return sender.error();
  if (auto added = pool.add(*recovered, *sender); !added) return added.error();
  return (*recovered)->hash;
}

alys::result<std::vector<hash256>> embedded_ledger::state::restore(std::vector<bytes> raw) {
  if (!head) return no_head();
  std::vector<hash256> dropped;
  for (bytes& each : raw) {
    const hash256 hash = keccak256(each);
    const auto added = submit(std::move(each));
    if (added || added == transaction_error::already_known) continue;
    if (!added.error().refused()) return added.error();
    dropped.push_back(hash);
  }
  return dropped;
}

// Most of what leaves the pool was mined in the head just now.
std::vector<hash256> embedded_ledger::state::take_dropped() {
  std::vector<hash256> dropped = pool.take_dropped();
  for (const hash256& hash : std::exchange(not_taken_back, {})) dropped.push_back(hash);
  std::unordered_set<hash256> mined;
  if (const auto* newest = head ? recent.find(head->hash) : nullptr) {
    for (const auto& tx : newest->transactions) mined.insert(tx->hash);
  }
  std::erase_if(dropped, [&](const hash256& hash) { return mined.contains(hash) || pool.find(hash) != nullptr; });
  return dropped;
}

embedded_ledger::embedded_ledger(ledger_options options, const state_source& store)
    : state_(std::make_unique<state>(std::move(options), store)) {}

embedded_ledger::~embedded_ledger() = default;

void embedded_ledger::chain_id(answer<std::uint64_t> done) { done(state_->options.chain_id); }

void embedded_ledger::genesis(answer<genesis_payload> done) {
  auto made = make_execution_genesis(state_->options.genesis);
  if (!made) return done(made.error());
  auto stored = state_->store.node(made->payload.block_hash);
  if (!stored) return done(stored.error());
  if (!*stored) state_->nodes.hold(made->payload.block_hash, made->state_changes);
  done(genesis_payload{.payload = std::move(made->payload), .state_changes = std::move(made->state_changes)});
}

void embedded_ledger::fork_choice_updated(const forkchoice_state& choice, std::optional<payload_attributes> attributes,
                                          answer<forkchoice_verdict> done) {
  auto header = state_->header_of_block(choice.head);
  if (!header) return done(header.error());
  if (const auto* last_valid = state_->invalid_ones.last_valid(choice.head); !*header && last_valid != nullptr)
    return done(forkchoice_verdict{.status = payload_status::invalid, .latest_valid_hash = *last_valid, .payload = std::nullopt});
  if (!*header) return done(forkchoice_verdict{});
  if (auto possible = state_->check_choice(choice, **header); !possible) return done(possible.error());
  if (auto moved = state_->move_head(choice.head, **std::move(header)); !moved) return done(moved.error());
  state_->safe = choice.safe;
  state_->finalized = choice.finalized;
  forkchoice_verdict verdict{.status = payload_status::valid, .latest_valid_hash = choice.head, .payload = std::nullopt};
  if (attributes) {
    auto id = state_->open_job(*std::move(attributes));
    if (!id) return done(id.error());
    verdict.payload = *id;
  }
  done(std::move(verdict));
}

void embedded_ledger::get_payload(const payload_id& id, answer<execution_payload> done) { done(state_->build(id)); }

// Blocks are the store's.
void embedded_ledger::payload_bodies(block_height, std::size_t, answer<std::vector<payload_body>> done) {
  done(std::vector<payload_body>{});
}

void embedded_ledger::new_payload(execution_payload payload, answer<payload_verdict> done) { done(state_->import(std::move(payload))); }

void embedded_ledger::state_committed(const hash256& block) { state_->nodes.release(block); }

void embedded_ledger::submit_transaction(bytes raw, answer<hash256> done) { done(state_->submit(std::move(raw))); }

void embedded_ledger::restore_transactions(std::vector<bytes> raw, answer<std::vector<hash256>> done) {
  done(state_->restore(std::move(raw)));
}

void embedded_ledger::take_dropped_transactions(answer<std::vector<hash256>> done) { done(state_->take_dropped()); }

void embedded_ledger::pending_transaction(const hash256& hash, answer<transaction_ptr> done) { done(state_->pool.find(hash)); }

void embedded_ledger::pool_status(answer<pool_counts> done) {
  done(pool_counts{.transactions = state_->pool.size(), .gapped = state_->pool.gapped(), .bytes = state_->pool.byte_count()});
}

void embedded_ledger::account_at(const address& who, const block_selector& block, answer<account_status> done) {
  const auto header = state_->resolve(block);
  if (!header) return done(header.error());
  auto found = world_state{header->state_root, state_->nodes}.read(who);
  if (!found) return done(found.error());
  done(account_status{.balance = found->balance, .nonce = found->nonce, .pending_nonce = state_->pool.next_nonce(who, found->nonce)});
}

// No account has code or storage.
void embedded_ledger::code_at(const address&, const block_selector& block, answer<bytes> done) {
  const auto header = state_->resolve(block);
  done(header ? alys::result<bytes>{bytes{}} : header.error());
}

void embedded_ledger::storage_at(const address&, const hash256&, const block_selector& block, answer<hash256> done) {
  const auto header = state_->resolve(block);
  done(header ? alys::result<hash256>{hash256{}} : header.error());
}

// A transfer gives nothing.
void embedded_ledger::call(call_request, const block_selector& block, answer<bytes> done) {
  const auto header = state_->resolve(block);
  done(header ? alys::result<bytes>{bytes{}} : header.error());
}

void embedded_ledger::quote_fees(answer<fee_quote> done) {
  if (!state_->head) return done(no_head());
  const auto& header = state_->head->header;
  done(fee_quote{.base_fee = base_fee_after(header),
                 .suggested_tip = state_->tips.suggest(state_->options.default_tip),
                 .gas_limit = header.gas_limit});
}

void embedded_ledger::estimate_gas(call_request call, answer<gas> done) {
  if (!call.to) return done(refuse_transaction(transaction_error::creation_not_supported));
  auto sender = state_->account_on_head(call.from);
  if (!sender) return done(sender.error());
  if (call.value > sender->balance) {
    return done(refuse_transaction(transaction_error::insufficient_funds_for_transfer, "address " + to_hex(call.from)));
  }
  transaction tx;
  tx.to = call.to;
  tx.data = std::move(call.data);
  tx.access_list = std::move(call.access_list);
  done(intrinsic_gas(tx));
}

} // namespace alys::domain
