// SPDX-License-Identifier: Apache-2.0
//
// The ledger makes and loses no wei: what all accounts hold and what was burnt is what genesis gave and withdrawals minted, whatever blocks
// there were.
#include "support/domain/memory_source.hpp"
#include "support/domain/wallet.hpp"

#include <alys/domain/engine/fee_market.hpp>
#include <alys/domain/engine/ledger.hpp>
#include <alys/domain/engine/world_state.hpp>

#include <rapidcheck.h>

#include <catch2/catch.hpp>

#include <set>

using namespace alys::domain;
using namespace alys::domain::test;

namespace {

constexpr std::uint8_t wallets = 4;

[[nodiscard]] address someone() {
  const auto number = *rc::gen::inRange<std::uint8_t>(1, wallets + 4);
  if (number <= wallets) return wallet{number}.who();
  address stranger;
  stranger.data()[0] = number;
  return stranger;
}

// A chain that grows by random blocks.
class growing_chain {
public:
  growing_chain() {
    execution_genesis genesis;
    genesis.gas_limit = gas{*rc::gen::element<std::uint64_t>(5'000, 100'000, 30'000'000)};
    genesis.base_fee = *rc::gen::element<std::uint64_t>(0, 7, wei_per_gwei);
    for (std::uint8_t i = 1; i <= wallets; ++i) {
      const wei balance = *rc::gen::element<std::uint64_t>(1, 30'000 * wei_per_gwei, 1'000'000'000 * wei_per_gwei);
      genesis.accounts[wallet{i}.who()].balance = balance;
      given_ += balance;
    }
    adopt(make_execution_genesis(genesis).value());
  }

  void grow() {
    payload_attributes attributes{.timestamp = head_.timestamp, .fee_recipient = someone()};
    for (auto left = *rc::gen::inRange(0, 3); left > 0; --left) {
      attributes.withdrawals.push_back({.recipient = someone(), .amount = gwei{*rc::gen::element<std::uint64_t>(0, 1, 1'000'000)}});
      given_ += to_wei(attributes.withdrawals.back().amount);
    }
    const auto built = build_payload(context(), attributes, candidates()).value();
    std::vector<transaction_ptr> included;
    for (const auto& raw : built.payload.transactions) included.push_back(recover_transaction(raw).value());
    const auto checked = execute_payload(context(), built.payload, included).value();
    RC_ASSERT(checked.payload == built.payload);
    RC_ASSERT(checked.state_changes == built.state_changes);
    burnt_ += wei{built.payload.base_fee_per_gas} * built.payload.gas_used.value();
    sent_ += included.size();
    adopt(checked);
  }

  void audit() {
    wide_wei held = 0;
    std::uint64_t nonces = 0;
    world_state state{head_.state_root, nodes_};
    for (const auto& who : known_) {
      const auto account = state.read(who).value();
      held += account.balance;
      nonces += account.nonce;
    }
    RC_ASSERT(held + burnt_ == given_);
    RC_ASSERT(nonces == sent_);
  }

private:
  [[nodiscard]] ledger_context context() const { return {.chain_id = test_chain_id, .parent = head_, .nodes = nodes_}; }

  // Transfers with good and bad nonces, fees, values and limits.
  [[nodiscard]] std::vector<transaction_ptr> candidates() {
    std::vector<transaction_ptr> all;
    world_state state{head_.state_root, nodes_};
    for (auto left = *rc::gen::inRange(0, 12); left > 0; --left) {
      const wallet from{*rc::gen::inRange<std::uint8_t>(1, wallets + 1)};
      const auto nonce = state.read(from.who())->nonce + *rc::gen::inRange<std::uint64_t>(0, 3);
      all.push_back(from.send(nonce, {.to = someone(),
                                      .value = *rc::gen::element<std::uint64_t>(0, 1, wei_per_gwei, 1'000'000'000 * wei_per_gwei),
                                      .tip = *rc::gen::element<std::uint64_t>(0, 1, wei_per_gwei),
                                      .fee_cap = *rc::gen::element<std::uint64_t>(0, 7, wei_per_gwei, 5 * wei_per_gwei),
                                      .gas_limit = *rc::gen::element<std::uint64_t>(20'999, 21'000, 50'000),
                                      .data = *rc::gen::element(bytes{}, bytes{0, 1})}));
    }
    return all;
  }

  void adopt(const executed_block& block) {
    nodes_.add(block.state_changes);
    head_ = block.header;
    for (const auto& touched : block.touched) known_.insert(touched.who);
  }

  memory_source nodes_;
  execution_header head_;
  std::set<address> known_;
  wide_wei given_ = 0;
  wide_wei burnt_ = 0;
  std::uint64_t sent_ = 0;
};

} // namespace

TEST_CASE("no wei appears or disappears and every transaction counts once") {
  CHECK(rc::check([] {
    growing_chain chain;
    for (auto blocks = *rc::gen::inRange(0, 6); blocks > 0; --blocks) chain.grow();
    chain.audit();
  }));
}

TEST_CASE("the base fee moves by at most an eighth and towards the target") {
  CHECK(rc::check([](std::uint64_t base, std::uint64_t used) {
    const auto limit = *rc::gen::inRange<std::uint64_t>(5'000, 100'000'000);
    const block_demand parent{.gas_limit = gas{limit}, .gas_used = gas{used % (limit + 1)}, .base_fee = base};
    const wei next = next_base_fee(parent);
    const auto target = limit / 2;
    if (parent.gas_used.value() == target) RC_ASSERT(next == parent.base_fee);
    if (parent.gas_used.value() < target) RC_ASSERT((next <= parent.base_fee && next >= parent.base_fee - parent.base_fee / 8));
    if (parent.gas_used.value() > target) RC_ASSERT((next > parent.base_fee && next <= parent.base_fee + parent.base_fee / 8 + 1));
  }));
}
