// SPDX-License-Identifier: Apache-2.0
//
// Makes blocks as other nodes would: executed by a ledger of its own, sealed and approved by all authorities, on any parent and in any slot.
#pragma once

#include "support/domain/memory_source.hpp"
#include "support/domain/test_chain.hpp"
#include "test_node.hpp"

#include <alys/domain/engine/embedded_ledger.hpp>

#include <stdexcept>

namespace alys::test {

class block_maker {
public:
  explicit block_maker(const dom::chain_spec& spec)
      : chain_(spec.authorities.size()), ledger_({.chain_id = spec.chain_id, .genesis = dom::execution_genesis_of(spec)}, states_) {
    chain_.spec = spec;
    const auto first = call<dom::genesis_payload>([&](auto done) { ledger_.genesis(std::move(done)); });
    states_.add(first.state_changes);
    genesis = dom::make_genesis(spec, first.payload).value();
  }

  // A block on `parent` with these transactions and all others that an earlier call left over.
  [[nodiscard]] dom::block on(const dom::block& parent, dom::slot s, const std::vector<dom::transaction_ptr>& transactions = {}) {
    dom::block one;
    one.payload = payload_on(parent, s, transactions);
    one.header = {chain_.spec.chain_id,
                  dom::fork_at(chain_.spec, parent.header.height + 1),
                  parent.header.height + 1,
                  s,
                  dom::clock_of(chain_.spec).start_of(s),
                  dom::id_of(parent.header),
                  dom::author_of(s, chain_.keys.size()),
                  dom::commitment_of(one.payload)};
    sign(one);
    return one;
  }

  // Seals and approves what a test has changed.
  void sign(dom::block& one) const {
    chain_.seal(one);
    chain_.approve(one, chain_.keys.size());
  }
  // The same for a changed payload: with its right commitment and, unless the test wants it wrong, its right hash.
  void sign_payload(dom::block& one) const {
    one.header.payload = dom::commitment_of(one.payload);
    sign(one);
  }

  dom::block genesis;

private:
  template <class T, class Call>
  [[nodiscard]] static T call(Call&& make) {
    std::optional<result<T>> answer;
    make(dom::answer<T>{[&](result<T> r) { answer = std::move(r); }});
    return std::move(*answer).value();
  }

  [[nodiscard]] dom::execution_payload payload_on(const dom::block& parent, dom::slot s,
                                                  const std::vector<dom::transaction_ptr>& transactions) {
    const dom::hash256 head = parent.payload.block_hash;
    const dom::payload_attributes attributes{
        dom::payload_time(chain_.spec, s), dom::prev_randao_after(dom::id_of(parent.header)), dom::dev_account, {}};
    (void)call<dom::forkchoice_verdict>([&](auto done) { ledger_.fork_choice_updated({.head = head}, std::nullopt, std::move(done)); });
    for (const auto& tx : transactions) (void)call<dom::hash256>([&](auto done) { ledger_.submit_transaction(tx->raw, std::move(done)); });
    const auto job =
        call<dom::forkchoice_verdict>([&](auto done) { ledger_.fork_choice_updated({.head = head}, attributes, std::move(done)); });
    auto made = call<dom::execution_payload>([&](auto done) { ledger_.get_payload(job.payload.value(), std::move(done)); });
    const auto verdict = call<dom::payload_verdict>([&](auto done) { ledger_.new_payload(made, std::move(done)); });
    if (verdict.status != dom::payload_status::valid)
      throw std::logic_error("the ledger refuses its own payload: " + verdict.validation_error);
    states_.add(verdict.state_changes);
    return made;
  }

  test_chain chain_;
  dom::test::memory_source states_;
  dom::embedded_ledger ledger_;
};

} // namespace alys::test
