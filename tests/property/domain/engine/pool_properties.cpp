// SPDX-License-Identifier: Apache-2.0
//
// The pool under random use: within its bounds, with books that agree with what it holds, and with the choice that a slow and simple rule
// makes.
#include "support/domain/wallet.hpp"

#include <alys/domain/engine/fee_market.hpp>
#include <alys/domain/engine/intrinsic_gas.hpp>
#include <alys/domain/engine/pool.hpp>

#include <rapidcheck.h>

#include <catch2/catch.hpp>

#include <algorithm>
#include <map>
#include <optional>

using namespace alys::domain;
using namespace alys::domain::test;

namespace {

constexpr std::uint8_t wallets = 4;
const wei plenty = wei{1'000'000} * wei_per_gwei * wei_per_gwei;

// A pool, all accounts, and every transaction that it ever took, in the order of arrival.
class subject {
public:
  subject() {
    for (std::uint8_t i = 1; i <= wallets; ++i) accounts_[wallet{i}.who()] = {.nonce = 0, .balance = plenty};
  }

  void step() {
    switch (*rc::gen::weightedElement<int>({{40, 0}, {2, 1}, {1, 2}})) {
      case 0: add(); break;
      case 1: change_account(); break;
      default: change_market(); break;
    }
  }

  void audit() const {
    const auto held = present();
    RC_ASSERT(pool_.size() == held.size());
    RC_ASSERT(held.size() <= limits_.count);
    std::size_t bytes_held = 0;
    for (const auto& tx : held) bytes_held += tx->raw.size();
    RC_ASSERT(pool_.byte_count() == bytes_held);
    RC_ASSERT(bytes_held <= limits_.bytes);
    std::size_t gapped = 0;
    for (const auto& [who, account] : accounts_) gapped += audit_sender(who, account, held);
    RC_ASSERT(pool_.gapped() == gapped);
    RC_ASSERT(gapped <= limits_.gapped + removed_gaps_);
    RC_ASSERT(pool_.select() == greedy_choice(held));
  }

private:
  void add() {
    const wallet from{*rc::gen::inRange<std::uint8_t>(1, wallets + 1)};
    const auto& account = accounts_.at(from.who());
    const auto first = account.nonce > 0 ? account.nonce - 1 : 0;
    const auto tx = from.send(*rc::gen::inRange<std::uint64_t>(first, account.nonce + 4),
                              {.tip = *rc::gen::inRange<std::uint64_t>(0, 8),
                               .fee_cap = *rc::gen::inRange<std::uint64_t>(8, 30),
                               .gas_limit = *rc::gen::element<std::uint64_t>(21'000, 60'000),
                               .data = *rc::gen::element(bytes{}, bytes(30, 1))});
    const auto before = present();
    const auto expected = after_making_room(*tx, before);
    const auto added = pool_.add(tx, account);
    if (added == transaction_error::underpriced) RC_ASSERT(!expected);
    if (!added) return RC_ASSERT(present() == before);
    RC_ASSERT(std::ranges::find(before, tx) == before.end());
    RC_ASSERT(expected.has_value());
    RC_ASSERT(present() == *expected);
    RC_ASSERT(pool_.find(tx->hash) == tx);
    arrived_.push_back(tx);
  }

  // What is left of `held` once `next` fits: the one that it replaces goes, then as often as necessary the last of the sender of the cheapest.
  // Nothing if it does not pay more than those who would have to go, or would drive out its own sender's.
  [[nodiscard]] std::optional<std::vector<transaction_ptr>> after_making_room(const recovered_transaction& next,
                                                                              std::vector<transaction_ptr> held) const {
    std::vector<transaction_ptr> cheapest_first = held;
    std::ranges::reverse(cheapest_first); // of equals the youngest goes first
    std::ranges::stable_sort(cheapest_first, {}, [&](const auto& tx) { return tip_of(*tx); });
    std::erase_if(held, [&](const auto& tx) { return tx->sender == next.sender && tx->transaction.nonce == next.transaction.nonce; });
    const auto fits = [&] {
      std::size_t all = next.raw.size();
      for (const auto& tx : held) all += tx->raw.size();
      return held.size() < limits_.count && all <= limits_.bytes;
    };
    for (const auto& cheapest : cheapest_first) {
      while (!fits()) {
        if (tip_of(*cheapest) >= tip_of(next) || cheapest->sender == next.sender) return std::nullopt;
        if (std::ranges::find(held, cheapest) == held.end()) break;
        const auto last = std::ranges::max_element(
            held, {}, [&](const auto& tx) { return tx->sender == cheapest->sender ? std::optional{tx->transaction.nonce} : std::nullopt; });
        held.erase(last);
      }
    }
    return held;
  }

  // What a transaction pays above the base fee; negative if it does not pay that.
  [[nodiscard]] std::int64_t tip_of(const recovered_transaction& tx) const {
    const auto above = static_cast<std::int64_t>(tx.transaction.max_fee_per_gas) - static_cast<std::int64_t>(market_.base_fee);
    return std::min(above, static_cast<std::int64_t>(tx.transaction.max_priority_fee_per_gas));
  }

  void change_account() {
    auto& [who, account] = *std::next(accounts_.begin(), *rc::gen::inRange(0, static_cast<int>(wallets)));
    account.nonce = *rc::gen::inRange<std::uint64_t>(account.nonce > 1 ? account.nonce - 2 : 0, account.nonce + 4);
    account.balance = *rc::gen::element<wei>(0, wei{21'000} * 20, wei{21'000} * 100, plenty);
    pool_.update(who, account);
    removed_gaps_ = limits_.count; // an account that changes can open a gap before any number of transactions
  }
  void change_market() {
    market_.base_fee = *rc::gen::inRange<std::uint64_t>(0, 25);
    pool_.set_market(market_);
  }

  // What the pool still has, by arrival.
  [[nodiscard]] std::vector<transaction_ptr> present() const {
    std::vector<transaction_ptr> held;
    for (const auto& tx : arrived_) {
      if (pool_.find(tx->hash) == tx) held.push_back(tx);
    }
    return held;
  }

  // Checks one sender's queue; answers how many wait behind a gap.
  [[nodiscard]] std::size_t audit_sender(const address& who, const account& account, const std::vector<transaction_ptr>& held) const {
    std::map<std::uint64_t, transaction_ptr> queue;
    wide_wei cost = 0;
    for (const auto& tx : held) {
      if (tx->sender != who) continue;
      RC_ASSERT(queue.emplace(tx->transaction.nonce, tx).second);
      RC_ASSERT(tx->transaction.nonce >= account.nonce);
      cost += highest_cost(tx->transaction);
    }
    RC_ASSERT(cost <= account.balance);
    std::uint64_t next = account.nonce;
    while (queue.contains(next)) ++next;
    RC_ASSERT(pool_.next_nonce(who, account.nonce) == next);
    return queue.size() - static_cast<std::size_t>(next - account.nonce);
  }

  // One after the other the best paying of those whose turn it is, and of these the oldest.
  [[nodiscard]] std::vector<transaction_ptr> greedy_choice(const std::vector<transaction_ptr>& held) const {
    std::map<address, std::uint64_t> turn;
    for (const auto& [who, account] : accounts_) turn[who] = account.nonce;
    std::vector<transaction_ptr> chosen;
    for (std::uint64_t left = market_.rules.gas_limit.value();;) {
      transaction_ptr best;
      for (const auto& tx : held) {
        if (tx->transaction.nonce != turn[tx->sender] || !effective_tip(tx->transaction, market_.base_fee)) continue;
        if (!best || effective_tip(tx->transaction, market_.base_fee) > effective_tip(best->transaction, market_.base_fee)) best = tx;
      }
      if (!best || intrinsic_gas(best->transaction).value() > left) return chosen;
      left -= intrinsic_gas(best->transaction).value();
      ++turn[best->sender];
      chosen.push_back(best);
    }
  }

  pool_limits limits_{.count = 6, .bytes = 700, .per_sender = 4, .gapped = 3, .gapped_per_sender = 2};
  pool_market market_{.rules = {.chain_id = test_chain_id, .gas_limit = gas{150'000}}, .base_fee = 10};
  transaction_pool pool_{limits_, market_};
  std::map<address, account> accounts_;
  std::vector<transaction_ptr> arrived_;
  std::size_t removed_gaps_ = 0;
};

} // namespace

TEST_CASE("whatever happens the pool keeps its bounds and its books") {
  CHECK(rc::check([] {
    subject s;
    for (auto steps = *rc::gen::inRange(20, 120); steps > 0; --steps) {
      s.step();
      s.audit();
    }
  }));
}
