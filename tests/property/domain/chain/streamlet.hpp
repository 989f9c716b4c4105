// SPDX-License-Identifier: Apache-2.0
//
// A network of authorities in one thread, with messages that are late or lost and authorities that lie: honest ones use the real rules of
// votes, fork choice and finality; faulty ones work together, propose several blocks in a slot, on any block they like, and approve all of them.
#pragma once

#include <alys/domain/chain/block.hpp>
#include <alys/domain/chain/block_tree.hpp>
#include <alys/domain/chain/chain_spec.hpp>
#include <alys/domain/chain/vote.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace alys::test {

namespace dom = alys::domain;

class streamlet {
public:
  // A message on its way: a block of this slot, or the approval of one.
  struct letter {
    std::size_t from;
    std::size_t to;
    dom::slot about;
    bool approves;
  };

  // What a faulty author builds on.
  enum class base : std::uint8_t { head, below_head, own_last };

  struct options {
    std::size_t authorities = 4;
    std::set<std::size_t> faulty;
    // Does it arrive now? Asked again for each that did not, twice a slot.
    std::function<bool(const letter&)> arrives;
    // The block that a faulty author has for this authority: of which of its chains, and on what.
    std::function<std::pair<std::uint64_t, base>(std::size_t to)> lie;
  };

  explicit streamlet(options);

  // One slot: the author proposes, whatever arrives is handled, twice.
  void run_slot();

  // False once two authorities that are not faulty hold conflicting final blocks.
  [[nodiscard]] bool consistent() const;

  // The height of the highest final block of any honest authority.
  [[nodiscard]] dom::block_height highest_final() const;
  // The height of the longest certified chain of any honest authority.
  [[nodiscard]] dom::block_height longest() const;

private:
  struct message {
    std::size_t from;
    std::size_t to;
    dom::block_id block;
    bool approves; // else it brings the block
  };

  struct authority {
    explicit authority(const dom::block_ref& genesis) : tree(genesis) {}
    dom::block_tree tree;
    std::set<dom::block_id> outside; // known, and not in the tree
    std::map<dom::block_id, std::set<std::size_t>> approvals;
    std::optional<dom::vote_lock> lock;
  };

  void propose(std::size_t author);
  void propose_lies(std::size_t author);
  [[nodiscard]] dom::block_ref parent_for(std::size_t to, std::uint64_t chain, base) const;
  [[nodiscard]] dom::block_ref make_block(std::size_t author, const dom::block_ref& parent, std::uint64_t chain);
  void send_to_all(std::size_t from, const dom::block_id&, bool approves);
  void deliver();
  void receive(const message&);
  void maybe_approve(std::size_t who, const dom::block_id&);
  void grow(authority&) const;
  [[nodiscard]] bool is_faulty(std::size_t who) const { return options_.faulty.contains(who); }
  [[nodiscard]] bool on_one_chain(const dom::block_ref&, const dom::block_ref&) const;

  options options_;
  dom::chain_spec spec_;
  dom::block_ref genesis_;
  dom::slot now_{0};
  std::map<dom::block_id, dom::block_header> blocks_;
  std::vector<authority> nodes_;
  std::vector<message> waiting_;
  std::map<std::uint64_t, dom::block_ref> lies_; // the last block of each chain of the faulty
};

} // namespace alys::test
