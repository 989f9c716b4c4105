// SPDX-License-Identifier: Apache-2.0
//
// Looks for damage in the embedded ledger's newest final state, node by node, while the chain goes on. The state that it looks at moves on
// with the last final block: each step looks at the next part of what is the newest then, which is always kept, and has nearly all
// nodes from the one before.
//
// ```cpp
// inline alys::result<bool> has_come_round(alys::domain::state_checker& states) {
//   auto step = states.step(100);
//   if (!step) return step.error();
//   return *step && (*step)->last;
// }
// ```
#pragma once

#include <alys/domain/storage/chain_store.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>

namespace alys::domain {

// What a step has come to.
struct state_check_step {
  std::uint64_t nodes = 0;        // that it looked at
  std::uint64_t nodes_so_far = 0; // since the check began
  block_ref final_block{};        // whose state it was
  bool last = false;              // the check has seen the whole state; the next step begins another one
};

// Told of every step, on the thread of who makes it: short, and throws nothing.
using state_check_listener = std::function<void(const state_check_step&)>;

class state_checker {
public:
  // The store must outlive it, and be one of a chain that the embedded ledger executes.
  explicit state_checker(const chain_store& store) noexcept : store_(store) {}

  // Looks at up to `most` nodes, at least 1. Nothing: there is no chain yet. Fails with a trie_error or an engine_error if the state is damaged, and
  // as the store does.
  [[nodiscard]] result<std::optional<state_check_step>> step(std::size_t most);

private:
  struct final_state {
    block_ref block;
    hash256 root;
  };
  [[nodiscard]] result<final_state> read(const block_ref& block) const;
  [[nodiscard]] result<state_check_step> look(const block_ref& block, std::size_t most);

  const chain_store& store_;
  std::optional<final_state> state_;
  bytes next_; // where the next step begins
  std::uint64_t seen_ = 0;
};

} // namespace alys::domain
