// SPDX-License-Identifier: Apache-2.0
//
// What the chain actor is doing, as a state machine: which states there are, which may follow which, and which one follows from the work in
// hand. No state is set by hand: the actor says what it has to do, and a step that is not in the table is a bug that fails it.
//
// ```cpp
// static_assert(alys::domain::may_follow(alys::domain::chain_state::active, alys::domain::chain_state::importing));
// static_assert(!alys::domain::may_follow(alys::domain::chain_state::failed, alys::domain::chain_state::active));
// ```
#pragma once

#include <alys/actors/result.hpp>

#include <cstdint>
#include <string_view>

namespace alys::domain {

enum class chain_state : std::uint8_t {
  initializing, // finds out where the chain stands, and leads the engine there
  syncing,      // knows of a certified block beyond its reach: nothing is produced until its own chain is as long
  active,       // has nothing to do
  producing,    // makes a block for its own slot
  importing,    // has blocks in work, its own or others'
  failed,       // this life is over
};
inline constexpr chain_state all_chain_states[] = {chain_state::initializing, chain_state::syncing,   chain_state::active,
                                                   chain_state::producing,    chain_state::importing, chain_state::failed};

// "initializing", "syncing", …
[[nodiscard]] std::string_view to_string(chain_state) noexcept;

struct chain_transition {
  chain_state from;
  chain_state to;

  friend bool operator==(const chain_transition&, const chain_transition&) = default;
};

// All that may happen. A block beyond reach is found by importing it, so that syncing follows importing; or producing, which ends first.
inline constexpr chain_transition chain_transitions[] = {
    {chain_state::initializing, chain_state::active}, {chain_state::initializing, chain_state::failed},
    {chain_state::syncing, chain_state::importing},   {chain_state::syncing, chain_state::failed},
    {chain_state::active, chain_state::producing},    {chain_state::active, chain_state::importing},
    {chain_state::active, chain_state::failed},       {chain_state::producing, chain_state::syncing},
    {chain_state::producing, chain_state::active},    {chain_state::producing, chain_state::importing},
    {chain_state::producing, chain_state::failed},    {chain_state::importing, chain_state::syncing},
    {chain_state::importing, chain_state::active},    {chain_state::importing, chain_state::producing},
    {chain_state::importing, chain_state::failed},
};

[[nodiscard]] constexpr bool may_follow(chain_state from, chain_state to) noexcept {
  for (const chain_transition& t : chain_transitions) {
    if (t.from == from && t.to == to) return true;
  }
  return false;
}

// What there is to do.
struct chain_work {
  bool importing = false;
  bool producing = false;
  bool behind = false; // a certified block is known beyond reach
};

// The state that this work makes, once the chain is known: what is in hand counts first.
[[nodiscard]] constexpr chain_state state_of(const chain_work& work) noexcept {
  if (work.importing) return chain_state::importing;
  if (work.producing) return chain_state::producing;
  return work.behind ? chain_state::syncing : chain_state::active;
}

enum class chain_state_error : std::uint8_t { none, not_allowed };
constexpr alys::classification alys_classify(chain_state_error) noexcept { return {alys::category::logic, std::nullopt}; }
ALYS_ERRORS(chain_state_error, not_allowed)

// Begins as initializing. A value; no thread-safety of its own.
class chain_state_machine {
public:
  [[nodiscard]] chain_state state() const noexcept { return state_; }

  // Goes there; staying is no step, and gives false. Fails with not_allowed, and stays, where the table has no such step.
  [[nodiscard]] alys::result<bool> enter(chain_state next);

private:
  chain_state state_ = chain_state::initializing;
};

} // namespace alys::domain
