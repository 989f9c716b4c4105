// SPDX-License-Identifier: Apache-2.0
//
// What the chain actor is asked and told. Questions about accounts, fees and the pool are the engine's own messages: the chain actor passes
// them down, so that those above it need not know the engine.
//
// ```cpp
// inline alys::domain::import_block offer(alys::domain::block foreign) { return {std::move(foreign)}; }
// ```
#pragma once

#include <alys/actors/message.hpp>
#include <alys/domain/chain/block.hpp>
#include <alys/domain/chain/chain_state.hpp>

#include <cstdint>
#include <optional>

namespace alys::domain {

// How far a chain lags behind the highest certified block that it was offered.
struct chain_gap {
  block_height start; // of the head when it was noticed
  block_height highest;

  friend bool operator==(const chain_gap&, const chain_gap&) = default;
};

// The chain as it stands.
struct chain_head {
  block_id genesis;
  block_ref head;
  unix_milliseconds head_time;
  hash256 head_payload; // hash of the head's execution block
  block_ref last_final;
  chain_state state = chain_state::initializing;
  std::optional<chain_gap> gap = {}; // nothing: no block is known beyond reach
};

struct find_head {
  using reply = chain_head;
};

// Imports a block from wherever: the same checks as for one's own. Refuses with a block_error, certificate_error or tree_error; with
// chain_error::invalid_payload for what the engine finds wrong. A block that is known already is an ordinary success.
struct import_block {
  using reply = block_ref;
  domain::block contents;
};

// Why the chain actor refuses or fails.
enum class chain_error : std::uint8_t {
  none,
  invalid_payload,    // the engine executed the block and found it wrong
  engine_unavailable, // the engine does not answer, or does not know the head
  other_chain,        // the data folder belongs to another chain spec: a failure of configuration
  not_stored,         // the store did not take an import: what is on disk is unknown until it is read again
};

constexpr alys::classification alys_classify(chain_error e) noexcept {
  switch (e) {
    case chain_error::engine_unavailable: return {alys::category::external, std::nullopt};
    case chain_error::other_chain: return {alys::category::configuration, std::nullopt};
    case chain_error::not_stored: return {alys::category::database, std::nullopt};
    case chain_error::none:
    case chain_error::invalid_payload: break;
  }
  return {alys::category::logic, std::nullopt};
}
ALYS_ERRORS(chain_error, invalid_payload, engine_unavailable, other_chain, not_stored)

ALYS_MESSAGE(find_head)
ALYS_MESSAGE(import_block, contents)

} // namespace alys::domain
