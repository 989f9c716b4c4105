// SPDX-License-Identifier: Apache-2.0
//
// A network of authorities in one thread, with messages that are late or lost and authorities that lie: honest ones use the real rules of
// votes, fork choice and finality, faulty ones propose for everybody's head and approve all they see.
#pragma once

#include <alys/domain/chain/block.hpp>
#include <alys/domain/chain/block_tree.hpp>
#include <alys/domain/chain/chain_spec.hpp>
#include <alys/domain/chain/vote.hpp>

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <vector>

namespace alys::test {

namespace dom = alys::domain;

class streamlet {
public:
  struct options {
    std::size_t authorities = 4;
    std::set<std::size_t> faulty;
    // Does a message that waits arrive now? Asked again for each that did not, twice a slot.
    std::function<bool(std::size_t from, std::size_t to)> arrives;
    // Does a faulty author give this authority a block of its own?
    std::function<bool()> splits;
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
    std::set<dom::block_id> known;
    std::map<dom::block_id, std::set<std::size_t>> approvals;
    std::optional<dom::vote_lock> lock;
  };

  void propose(std::size_t author);
  [[nodiscard]] dom::block_id make_block(std::size_t author, const dom::block_ref& parent, std::uint64_t variant);
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
};

} // namespace alys::test
