// SPDX-License-Identifier: Apache-2.0
//
// A chain that the embedded ledger really executes: its blocks have state, receipts and transfers to ever new accounts.
#pragma once

#include "support/domain/memory_source.hpp"
#include "support/domain/test_chain.hpp"

#include <alys/domain/engine/ledger.hpp>
#include <alys/domain/engine/transaction_signing.hpp>
#include <alys/domain/storage/chain_store.hpp>

#include <vector>

namespace alys::test {

class ledger_chain {
public:
  ledger_chain() {
    auto first = dom::make_execution_genesis(dom::execution_genesis_of(chain_.spec)).value();
    headers_.push_back(first.header);
    imports_.push_back(on_top(dom::make_genesis(chain_.spec, first.payload).value(), std::move(first)));
    imports_.back().last_final = imports_.back().ref;
  }

  // The import of the block at this height, which has as many transfers as the height modulo 4, and makes the one below it final.
  [[nodiscard]] const dom::import_batch& at(std::size_t height) {
    while (imports_.size() <= height) grow();
    return imports_[height];
  }

  // What it began with.
  [[nodiscard]] dom::execution_genesis first() const { return dom::execution_genesis_of(chain_.spec); }

  // A block beside the one at this height, which is not executed by anybody.
  [[nodiscard]] dom::import_batch beside(std::size_t height) {
    const dom::block& parent = at(height - 1).contents;
    dom::block other = chain_.certified(parent, parent.header.slot + 2);
    dom::import_batch batch;
    batch.ref = dom::ref_to(other.header);
    batch.contents = std::move(other);
    return batch;
  }

  // A signed transfer that no block has.
  [[nodiscard]] static dom::journaled_transaction waiting(std::uint64_t number) {
    const auto signed_one = transfer(1'000'000 + number);
    return {signed_one->hash, signed_one->raw};
  }

private:
  // Everybody gets something once.
  [[nodiscard]] static dom::transaction_ptr transfer(std::uint64_t nonce) {
    dom::transaction tx;
    tx.type = dom::transaction_type::fee_market;
    tx.chain_id = dom::dev_chain_id;
    tx.nonce = nonce;
    tx.max_priority_fee_per_gas = dom::wei_per_gwei;
    tx.max_fee_per_gas = dom::wei{100} * dom::wei_per_gwei;
    tx.gas_limit = dom::gas{21'000};
    tx.to =
        dom::address::from(dom::keccak256(dom::bytes_of("receiver " + std::to_string(nonce))).view().first(dom::address::size())).value();
    tx.value = 1;
    return dom::sign_transaction(std::move(tx), dom::dev_account_key).value();
  }

  void grow() {
    const dom::import_batch& below = imports_.back();
    const dom::block& parent = below.contents;
    const dom::slot next = parent.header.slot + 1;
    std::vector<dom::transaction_ptr> transfers;
    for (std::size_t i = 0; i < imports_.size() % 4; ++i) transfers.push_back(transfer(nonce_++));
    const dom::payload_attributes attributes{.timestamp = dom::payload_time(chain_.spec, next),
                                             .prev_randao = dom::prev_randao_after(below.ref.id),
                                             .fee_recipient = dom::dev_account,
                                             .withdrawals = {}};
    auto made =
        dom::build_payload({.chain_id = chain_.spec.chain_id, .parent = headers_.back(), .nodes = nodes_}, attributes, transfers).value();
    headers_.push_back(made.header);
    dom::block one = chain_.proposal(parent, next, made.payload);
    chain_.approve(one, chain_.keys.size());
    auto final = below.ref;
    imports_.push_back(on_top(std::move(one), std::move(made)));
    imports_.back().last_final = final;
    imports_.back().vote = dom::vote_lock{imports_.back().ref.slot, imports_.back().ref.id};
  }

  [[nodiscard]] dom::import_batch on_top(dom::block one, dom::executed_block made) {
    nodes_.add(made.state_changes);
    dom::import_batch batch;
    batch.ref = dom::ref_to(one.header);
    batch.contents = std::move(one);
    batch.receipts = std::move(made.receipts);
    batch.state_changes = std::move(made.state_changes);
    batch.dropped_nodes = std::move(made.dropped_nodes);
    batch.applied = {batch.ref};
    batch.head = batch.ref;
    return batch;
  }

  test_chain chain_;
  dom::test::memory_source nodes_;
  std::vector<dom::execution_header> headers_;
  std::vector<dom::import_batch> imports_;
  std::uint64_t nonce_ = 0;
};

} // namespace alys::test
