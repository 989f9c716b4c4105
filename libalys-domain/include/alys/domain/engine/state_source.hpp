// SPDX-License-Identifier: Apache-2.0
//
// Port: where the embedded ledger reads what it has written before. Content-addressed: a key is the Keccak-256 of its value, be that a node
// of the state trie or the header of an execution block. What a block adds travels with its verdict (payload_verdict::state_changes) and is
// committed in the same batch as the block, with the names of what its parent's state had and its own has not. The header of a block belongs
// to its state: where the header is, all of the state is.
//
// ```cpp
// struct nothing_stored final : alys::domain::state_source {
//   alys::result<std::optional<alys::domain::bytes>> node(const alys::domain::hash256&) const override { return std::nullopt; }
// };
// ```
#pragma once

#include <alys/actors/result.hpp>
#include <alys/domain/primitives/bytes.hpp>
#include <alys/domain/primitives/hash.hpp>

#include <optional>
#include <vector>

namespace alys::domain {

// One entry to add: `hash` is keccak256(`rlp`).
struct state_change {
  hash256 hash{};
  bytes rlp{};

  friend bool operator==(const state_change&, const state_change&) = default;
};

using state_changes = std::vector<state_change>;

// Implemented by the chain store, thread-safe there. An error means that the store could not read (a failure); nothing means that it does
// not have the key.
class state_source {
public:
  state_source() = default;
  state_source(const state_source&) = delete;
  state_source& operator=(const state_source&) = delete;
  virtual ~state_source() = default;

  [[nodiscard]] virtual alys::result<std::optional<bytes>> node(const hash256& hash) const = 0;
};

} // namespace alys::domain
