// SPDX-License-Identifier: Apache-2.0
//
// The pool of waiting transactions.
#include <alys/domain/engine/pool.hpp>

#include "sender_queue.hpp"

#include <alys/domain/engine/fee_market.hpp>
#include <alys/domain/engine/intrinsic_gas.hpp>

#include <algorithm>
#include <optional>
#include <queue>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace alys::domain {

using detail::sender_queue;
using detail::waiting_transaction;

namespace {

// What a transaction pays the author for each gas; negative where it cannot even pay the base fee.
using signed_tip = boost::multiprecision::int512_t;

[[nodiscard]] signed_tip tip_at(const transaction& tx, const wei& base_fee) {
  return std::min<signed_tip>(signed_tip{tx.max_priority_fee_per_gas}, signed_tip{tx.max_fee_per_gas} - signed_tip{base_fee});
}

// How much a transaction is worth keeping. Of equals the older one is.
struct rank {
  signed_tip tip;
  std::uint64_t arrival = 0;
  const recovered_transaction* transaction = nullptr;

  friend bool operator<(const rank& a, const rank& b) { return a.tip != b.tip ? a.tip < b.tip : a.arrival > b.arrival; }
};

// True if `next` offers at least the bump, and more, than `current`.
[[nodiscard]] bool outbids(const wei& next, const wei& current, std::uint64_t bump_percent) {
  return next > current && wide_wei{next} * 100 >= wide_wei{current} * (100 + bump_percent);
}

// The next transaction of a sender that a block could take.
struct candidate {
  wei tip;
  std::uint64_t arrival = 0;
  sender_queue::map::const_iterator at;
  std::uint64_t end = 0; // the sender's first gap

  friend bool operator<(const candidate& a, const candidate& b) { return a.tip != b.tip ? a.tip < b.tip : a.arrival > b.arrival; }
};

} // namespace

struct transaction_pool::state {
  pool_limits limits;
  pool_market market;
  std::unordered_map<address, sender_queue> queues;
  std::unordered_map<hash256, transaction_ptr> by_hash;
  std::optional<std::set<rank>> ranking; // made when the pool is full, gone with the next head
  std::unordered_set<hash256> dropped;   // since they were taken last
  std::size_t bytes = 0;
  std::size_t gapped = 0;
  std::uint64_t arrivals = 0;

  [[nodiscard]] const sender_queue* queue_of(const address& sender) const {
    const auto found = queues.find(sender);
    return found == queues.end() ? nullptr : &found->second;
  }

  [[nodiscard]] alys::result<void> check(const recovered_transaction& tx, const account& sender) const;
  [[nodiscard]] alys::result<void> check_replacement(const transaction& current, const transaction& next) const;
  [[nodiscard]] alys::result<void> check_new_nonce(const transaction& next, const sender_queue* own, std::uint64_t account_nonce) const;

  // Who must go so that `next` fits; nobody goes yet.
  [[nodiscard]] alys::result<std::vector<transaction_ptr>> make_room(const recovered_transaction& next,
                                                                     const waiting_transaction* replaced);
  [[nodiscard]] rank rank_of(const waiting_transaction& w) const {
    return {.tip = tip_at(w.transaction->transaction, market.base_fee), .arrival = w.arrival, .transaction = w.transaction.get()};
  }
  void rank_all();

  void insert(const transaction_ptr&, std::uint64_t account_nonce);
  void remove(sender_queue&, std::uint64_t nonce);
  void remove(const transaction_ptr&);
  void push_candidate(std::priority_queue<candidate>&, sender_queue::map::const_iterator at, std::uint64_t end) const;
};

// What can be said without looking at the sender's other transactions.
alys::result<void> transaction_pool::state::check(const recovered_transaction& recovered, const account& sender) const {
  const transaction& tx = recovered.transaction;
  if (by_hash.contains(recovered.hash)) return refuse_transaction(transaction_error::already_known);
  if (auto checked = check_transaction(recovered, market.rules); !checked) return checked;
  if (!tx.chain_id) return refuse_transaction(transaction_error::not_replay_protected);
  if (tx.max_priority_fee_per_gas < limits.minimum_tip) {
    return refuse_transaction(transaction_error::underpriced,
                              "gas tip cap " + tx.max_priority_fee_per_gas.str() + ", minimum needed " + limits.minimum_tip.str());
  }
  if (tx.nonce < sender.nonce) {
    return refuse_transaction(transaction_error::nonce_too_low,
                              "next nonce " + std::to_string(sender.nonce) + ", tx nonce " + std::to_string(tx.nonce));
  }
  return check_funds(tx, sender.balance);
}

alys::result<void> transaction_pool::state::check_replacement(const transaction& current, const transaction& next) const {
  if (outbids(next.max_fee_per_gas, current.max_fee_per_gas, limits.price_bump_percent) &&
      outbids(next.max_priority_fee_per_gas, current.max_priority_fee_per_gas, limits.price_bump_percent)) {
    return {};
  }
  return refuse_transaction(transaction_error::replacement_underpriced);
}

alys::result<void> transaction_pool::state::check_new_nonce(const transaction& next, const sender_queue* own,
                                                            std::uint64_t account_nonce) const {
  const std::size_t own_count = own != nullptr ? own->by_nonce().size() : 0;
  if (own_count >= limits.per_sender) {
    return refuse_transaction(transaction_error::account_limit_exceeded, "pooled " + std::to_string(own_count) + " txs");
  }
  if (next.nonce == (own != nullptr ? own->first_gap() : account_nonce)) return {};
  const std::size_t own_gapped = own != nullptr ? own->gapped() : 0;
  if (own_gapped >= limits.gapped_per_sender) {
    return refuse_transaction(transaction_error::account_limit_exceeded,
                              "queued " + std::to_string(own_gapped) + " txs behind a missing nonce");
  }
  if (gapped >= limits.gapped) return refuse_transaction(transaction_error::pool_full, "too many txs behind a missing nonce");
  return {};
}

void transaction_pool::state::rank_all() {
  ranking.emplace();
  for (const auto& [sender, queue] : queues) {
    for (const auto& [nonce, waiting] : queue.by_nonce()) ranking->insert(rank_of(waiting));
  }
}

alys::result<std::vector<transaction_ptr>> transaction_pool::state::make_room(const recovered_transaction& next,
                                                                              const waiting_transaction* replaced) {
  std::size_t count_after = by_hash.size() + (replaced != nullptr ? 0 : 1);
  std::size_t bytes_after = bytes + next.raw.size() - (replaced != nullptr ? replaced->transaction->raw.size() : 0);
  const auto fits = [&] { return count_after <= limits.count && bytes_after <= limits.bytes; };
  std::vector<transaction_ptr> leaving;
  if (fits()) return leaving;
  if (!ranking) rank_all();
  const signed_tip own_tip = tip_at(next.transaction, market.base_fee);
  std::unordered_map<address, sender_queue::map::const_reverse_iterator> tails;
  for (const auto& cheapest : *ranking) {
    if (cheapest.tip >= own_tip) return refuse_transaction(transaction_error::underpriced);
    const address& sender = cheapest.transaction->sender;
    if (sender == next.sender) break; // its own earlier ones cannot make way
    const auto& queue = queues.at(sender).by_nonce();
    auto& tail = tails.try_emplace(sender, queue.rbegin()).first->second;
    for (; tail != queue.rend() && tail->first >= cheapest.transaction->transaction.nonce; ++tail) {
      leaving.push_back(tail->second.transaction);
      --count_after;
      bytes_after -= tail->second.transaction->raw.size();
      if (fits()) return leaving;
    }
  }
  return refuse_transaction(transaction_error::pool_full);
}

void transaction_pool::state::insert(const transaction_ptr& tx, std::uint64_t account_nonce) {
  auto& queue = queues.try_emplace(tx->sender, account_nonce).first->second;
  const auto nonce = tx->transaction.nonce;
  if (queue.find(nonce) != nullptr) remove(queue, nonce);
  gapped -= queue.gapped();
  queue.put({.transaction = tx, .arrival = arrivals++});
  gapped += queue.gapped();
  by_hash.emplace(tx->hash, tx);
  dropped.erase(tx->hash);
  bytes += tx->raw.size();
  if (ranking) ranking->insert(rank_of(*queue.find(nonce)));
}

void transaction_pool::state::remove(sender_queue& queue, std::uint64_t nonce) {
  const waiting_transaction leaving = *queue.find(nonce);
  gapped -= queue.gapped();
  queue.take(nonce);
  gapped += queue.gapped();
  by_hash.erase(leaving.transaction->hash);
  dropped.insert(leaving.transaction->hash);
  bytes -= leaving.transaction->raw.size();
  if (ranking) ranking->erase(rank_of(leaving));
}

void transaction_pool::state::remove(const transaction_ptr& tx) {
  const auto found = queues.find(tx->sender);
  remove(found->second, tx->transaction.nonce);
  if (found->second.by_nonce().empty()) queues.erase(found);
}

void transaction_pool::state::push_candidate(std::priority_queue<candidate>& heap, sender_queue::map::const_iterator at,
                                             std::uint64_t end) const {
  const auto& waiting = at->second;
  auto tip = effective_tip(waiting.transaction->transaction, market.base_fee);
  if (tip) heap.push({.tip = *std::move(tip), .arrival = waiting.arrival, .at = at, .end = end});
}

transaction_pool::transaction_pool(pool_limits limits, pool_market market) : state_(std::make_unique<state>()) {
  state_->limits = std::move(limits);
  state_->market = std::move(market);
}

transaction_pool::transaction_pool(transaction_pool&&) noexcept = default;
transaction_pool& transaction_pool::operator=(transaction_pool&&) noexcept = default;
transaction_pool::~transaction_pool() = default;

alys::result<void> transaction_pool::add(transaction_ptr tx, const account& sender) {
  if (auto checked = state_->check(*tx, sender); !checked) return checked;
  const transaction& next = tx->transaction;
  const auto* own = state_->queue_of(tx->sender);
  const auto* replaced = own != nullptr ? own->find(next.nonce) : nullptr;
  auto checked = replaced != nullptr ? state_->check_replacement(replaced->transaction->transaction, next)
                                     : state_->check_new_nonce(next, own, sender.nonce);
  if (!checked) return checked;

  const wide_wei queued = own != nullptr ? own->cost() : wide_wei{0};
  const wide_wei all = queued + highest_cost(next) - (replaced != nullptr ? highest_cost(replaced->transaction->transaction) : wide_wei{0});
  if (all > sender.balance) {
    return refuse_transaction(transaction_error::insufficient_funds, "balance " + sender.balance.str() + ", queued cost " + queued.str() +
                                                                         ", tx cost " + highest_cost(next).str() + ", overshot " +
                                                                         wide_wei{all - sender.balance}.str());
  }
  auto leaving = state_->make_room(*tx, replaced);
  if (!leaving) return leaving.error();
  for (const auto& evicted : *leaving) state_->remove(evicted);
  state_->insert(tx, sender.nonce);
  return {};
}

transaction_ptr transaction_pool::find(const hash256& hash) const {
  const auto found = state_->by_hash.find(hash);
  return found == state_->by_hash.end() ? nullptr : found->second;
}

std::uint64_t transaction_pool::next_nonce(const address& sender, std::uint64_t account_nonce) const {
  const auto* queue = state_->queue_of(sender);
  return queue != nullptr ? std::max(queue->first_gap(), account_nonce) : account_nonce;
}

std::vector<transaction_ptr> transaction_pool::select() const {
  std::priority_queue<candidate> heap;
  for (const auto& [sender, queue] : state_->queues) {
    const auto first = queue.by_nonce().begin();
    if (first->first < queue.first_gap()) state_->push_candidate(heap, first, queue.first_gap());
  }
  std::vector<transaction_ptr> chosen;
  std::uint64_t gas_left = state_->market.rules.gas_limit.value();
  while (!heap.empty()) {
    const candidate best = heap.top();
    heap.pop();
    const auto& tx = best.at->second.transaction;
    const auto used = intrinsic_gas(tx->transaction).value();
    if (used > gas_left) break;
    gas_left -= used;
    chosen.push_back(tx);
    if (const auto next = std::next(best.at); best.at->first + 1 < best.end) state_->push_candidate(heap, next, best.end);
  }
  return chosen;
}

void transaction_pool::set_market(pool_market market) {
  state_->market = std::move(market);
  state_->ranking.reset();
}

void transaction_pool::update(const address& sender, const account& now) {
  const auto found = state_->queues.find(sender);
  if (found == state_->queues.end()) return;
  auto& queue = found->second;
  state_->gapped -= queue.gapped();
  queue.rebase(now.nonce);
  state_->gapped += queue.gapped();
  while (!queue.by_nonce().empty() && queue.by_nonce().begin()->first < now.nonce) state_->remove(queue, queue.by_nonce().begin()->first);
  while (queue.cost() > now.balance) state_->remove(queue, queue.by_nonce().rbegin()->first);
  if (queue.by_nonce().empty()) state_->queues.erase(found);
}

std::vector<hash256> transaction_pool::take_dropped() {
  const auto taken = std::exchange(state_->dropped, {});
  return {taken.begin(), taken.end()};
}

std::vector<address> transaction_pool::senders() const {
  std::vector<address> all;
  all.reserve(state_->queues.size());
  for (const auto& [sender, queue] : state_->queues) all.push_back(sender);
  return all;
}

std::size_t transaction_pool::size() const noexcept { return state_->by_hash.size(); }
std::size_t transaction_pool::byte_count() const noexcept { return state_->bytes; }
std::size_t transaction_pool::gapped() const noexcept { return state_->gapped; }

} // namespace alys::domain
