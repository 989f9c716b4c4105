// SPDX-License-Identifier: Apache-2.0
//
// A chain that writer and checker continue alike: what comes next follows from the head alone.
#pragma once

#include "support/domain/test_imports.hpp"

#include <alys/domain/storage/leveldb_store.hpp>

#include <string>

namespace alys::test {

// What the block in this slot includes. Sizes differ widely: records of a few hundred bytes and of several pages are torn differently.
[[nodiscard]] inline std::vector<dom::bytes> transactions_in(dom::slot s) {
  std::vector<dom::bytes> transactions;
  for (std::uint64_t i = 0; i < s.value() % 4; ++i) {
    const std::string name = "transaction " + std::to_string(i) + " of slot " + std::to_string(s.value());
    transactions.push_back(transaction_named(name, s.value() % 5 == 0 ? 20'000 : 150));
  }
  return transactions;
}

// Of how many final blocks the stores of these chains keep the states: few, so that nearly every import prunes one.
inline constexpr dom::store_options few_states{.keep_states = 3};

// From which height on they have the states of the chain. Of a block beside it the state stays: nobody built on that.
[[nodiscard]] inline dom::block_height first_kept_below(const dom::block_ref& last_final) {
  const std::uint64_t height = last_final.height.value();
  return dom::block_height{height < few_states.keep_states ? 0 : height - few_states.keep_states + 1};
}

// Mostly a block on top, which makes the one below the head final; every seventh slot a block beside the head that takes its place.
[[nodiscard]] inline dom::import_batch next_import(const test_chain& chain, const dom::block& head, const dom::block* below_head) {
  const dom::slot next = head.header.slot + 1;
  if (below_head == nullptr || next.value() % 7 != 0) {
    dom::import_batch batch = import_on_top(block_with(chain, head, next, transactions_in(next)));
    batch.dropped_nodes = {state_after(dom::id_of(head.header)).hash};
    if (below_head != nullptr) batch.last_final = dom::ref_to(below_head->header);
    return batch;
  }
  dom::import_batch batch = import_aside(block_with(chain, *below_head, next, transactions_in(next)));
  batch.dropped_nodes = {state_after(dom::id_of(below_head->header)).hash};
  batch.undone = {dom::ref_to(head.header)};
  batch.applied = {batch.ref};
  batch.head = batch.ref;
  return batch;
}

} // namespace alys::test
