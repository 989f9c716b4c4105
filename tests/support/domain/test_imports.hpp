// SPDX-License-Identifier: Apache-2.0
//
// Imports for tests of the store: blocks of a test chain with any transactions, receipts and state that follow from them.
#pragma once

#include "test_chain.hpp"

#include <alys/domain/storage/import_batch.hpp>

#include <string>
#include <utility>
#include <vector>

namespace alys::test {

// What a block adds to the state: one node that names it.
[[nodiscard]] inline dom::state_change state_after(const dom::block_id& id) {
  dom::bytes rlp = dom::to_bytes(dom::bytes_of("state after " + dom::to_hex(id)));
  return {dom::keccak256(rlp), rlp};
}

[[nodiscard]] inline std::vector<dom::receipt> receipts_of(const dom::block& one) {
  std::vector<dom::receipt> receipts;
  for (const dom::bytes& transaction : one.payload.transactions) {
    dom::receipt r;
    r.succeeded = true;
    r.transaction_hash = dom::keccak256(transaction);
    r.gas_used = dom::gas{21'000};
    r.cumulative_gas_used = dom::gas{21'000 * (receipts.size() + 1)};
    if (receipts.size() % 2 == 0) r.to = dom::dev_account;
    receipts.push_back(r);
  }
  return receipts;
}

// A certified block on top of `parent` with these transactions.
[[nodiscard]] inline dom::block block_with(const test_chain& chain, const dom::block& parent, dom::slot s,
                                           std::vector<dom::bytes> transactions) {
  auto payload = chain.payload(parent, s);
  payload.transactions = std::move(transactions);
  dom::block one = chain.proposal(parent, s, std::move(payload));
  chain.approve(one, chain.keys.size());
  return one;
}

// Stores the block and changes nothing else.
[[nodiscard]] inline dom::import_batch import_aside(const dom::block& one) {
  dom::import_batch batch;
  batch.contents = one;
  batch.ref = dom::ref_to(one.header);
  batch.receipts = receipts_of(one);
  batch.state_changes = {state_after(batch.ref.id)};
  return batch;
}

// Stores the block and makes it the head, on top of the head.
[[nodiscard]] inline dom::import_batch import_on_top(const dom::block& one) {
  dom::import_batch batch = import_aside(one);
  batch.applied = {batch.ref};
  batch.head = batch.ref;
  return batch;
}

// A transaction of this many bytes; the store does not look into it.
[[nodiscard]] inline dom::bytes transaction_named(const std::string& name, std::size_t size = 100) {
  dom::bytes raw = dom::to_bytes(dom::bytes_of(name));
  raw.resize(std::max(size, raw.size()), 0x5a);
  return raw;
}

} // namespace alys::test
