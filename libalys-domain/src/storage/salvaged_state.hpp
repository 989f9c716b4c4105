// SPDX-License-Identifier: Apache-2.0
//
// The embedded ledger's state, as far as a damaged store still has it. It follows from the blocks: what is lost is computed again from the
// newest state that is whole.
#pragma once

#include "record_reader.hpp"

#include <alys/domain/chain/block.hpp>
#include <alys/domain/engine/execution_header.hpp>
#include <alys/domain/engine/state_source.hpp>

#include <functional>
#include <optional>
#include <unordered_map>
#include <vector>

namespace alys::domain {

// Whether the state below a root is all there. Remembers what it has seen: the states of neighbouring blocks have nearly all nodes in common.
class state_walk {
public:
  // `nodes` outlives it.
  explicit state_walk(const state_source& nodes) noexcept : nodes_(nodes) {}

  // A node that is damaged counts as missing.
  [[nodiscard]] bool is_whole(const hash256& root);

private:
  [[nodiscard]] bool look(const hash256& node);

  const state_source& nodes_;
  std::unordered_map<hash256, bool> seen_;
};

class salvaged_state final : public state_source {
public:
  explicit salvaged_state(const record_reader& stored) noexcept : stored_(stored) {}

  // Nodes that are known from elsewhere.
  void add(state_changes nodes);

  // Finds or computes the states of the blocks of this chain from `last_final` on, all of which an embedded ledger needs: it asks for the headers
  // between that one and the head, and may have to build on any of the blocks. False: there are none to be had, since an execution client
  // executed the blocks, or too much is lost. Fails as reads do.
  [[nodiscard]] result<bool> recover(const std::vector<block_ref>& chain, block_height last_final);

  // Whether the ledger finds this block valid on a parent whose state is there.
  [[nodiscard]] result<bool> accepts(const execution_header& parent, const block& one);

  // Of the blocks that were executed again, beyond those whose state was whole.
  [[nodiscard]] std::uint64_t executed() const noexcept { return executed_; }
  // Calls `visit` once with each node and header that was found or computed.
  [[nodiscard]] result<void> each(const std::function<result<void>(const state_change&)>& visit) const;

  // A node as it was stored, or was computed.
  [[nodiscard]] result<std::optional<bytes>> node(const hash256& hash) const override;

private:
  [[nodiscard]] result<block> read(const block_ref& ref) const;
  // Its header, if its state is whole and it is a block as the ledger makes them.
  [[nodiscard]] result<std::optional<execution_header>> header_if_whole(const block_ref& ref, state_walk& walk) const;
  // The height of the newest block up to the last final one whose state is whole.
  [[nodiscard]] result<std::optional<std::size_t>> find_whole(const std::vector<block_ref>& chain, block_height last_final) const;
  // False: the ledger finds it invalid.
  [[nodiscard]] result<bool> execute(const block& one);

  record_reader stored_;
  std::unordered_map<hash256, bytes> computed_;
  std::vector<execution_header> headers_; // of the blocks whose states are wanted
  std::uint64_t executed_ = 0;
};

} // namespace alys::domain
