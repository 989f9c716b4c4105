// SPDX-License-Identifier: Apache-2.0
//
// Any tree of blocks, offered in any order and all at once: the chain ends where a sequential model says, and its store holds what a store
// holds that only ever saw that chain.
#include "block_maker.hpp"
#include "support/temporary_folder.hpp"
#include "unreliable_store.hpp"
#include "virtual_node.hpp"

#include <alys/domain/chain/block_tree.hpp>
#include <alys/domain/chain/identity.hpp>

#include <rapidcheck.h>
#include <catch2/catch.hpp>

#include <set>

using namespace alys::domain;
using namespace alys::test;

namespace {

// Blocks on random parents, each with a transfer of its own and what waits of the others'. Parents come before their children.
[[nodiscard]] std::vector<block> any_tree(block_maker& maker) {
  std::vector<block> blocks{maker.genesis};
  const auto count = *rc::gen::inRange<std::size_t>(2, 30);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t back = std::min(*rc::gen::element<std::size_t>(0, 0, 0, 0, 1, 2, 3), blocks.size() - 1);
    const block parent = blocks[blocks.size() - 1 - back];
    const std::uint64_t skip = *rc::gen::element<std::uint64_t>(1, 1, 1, 2, 3);
    const slot next = parent.header.height.value() == 0 ? virtual_node::first_slot + skip : parent.header.slot + skip;
    blocks.push_back(maker.on(parent, next, {dev_transfer(i)}));
  }
  blocks.erase(blocks.begin());
  return blocks;
}

// In the order of making, but for some that come too early or twice.
[[nodiscard]] std::vector<block> any_order(std::vector<block> blocks) {
  const auto swaps = *rc::gen::inRange(0, 3);
  for (int i = 0; i < swaps; ++i)
    std::swap(blocks[*rc::gen::inRange<std::size_t>(0, blocks.size())], blocks[*rc::gen::inRange<std::size_t>(0, blocks.size())]);
  const auto repeated = *rc::gen::inRange(0, 3);
  for (int i = 0; i < repeated; ++i) {
    const block again = blocks[*rc::gen::inRange<std::size_t>(0, blocks.size())];
    blocks.insert(blocks.begin() + static_cast<std::ptrdiff_t>(*rc::gen::inRange<std::size_t>(0, blocks.size() + 1)), again);
  }
  return blocks;
}

// One block after the other, with nothing but the tree's own rules.
class model {
public:
  explicit model(const block& genesis) : tree(ref_to(genesis.header)) { taken_.insert(id_of(genesis.header)); }

  [[nodiscard]] bool import(const block& one) {
    const block_ref ref = ref_to(one.header);
    if (ref.height <= tree.last_final().height) return taken_.contains(ref.id);
    if (!tree.add(ref, one.header.parent)) return false;
    taken_.insert(ref.id);
    return true;
  }

  block_tree tree;

private:
  std::set<block_id> taken_;
};

// Every block, receipt and transaction of the chain of the head, and nothing above it.
void check_same_chain(const chain_store& found, const chain_store& expected) {
  const auto end = expected.progress().value().value();
  const auto progress = found.progress().value().value();
  RC_ASSERT(progress.head == end.head);
  RC_ASSERT(progress.genesis == end.genesis);
  RC_ASSERT(progress.last_final.height >= end.last_final.height); // a branch that lost may have made more final
  for (block_height at{0}; at <= end.head.height; ++at) {
    const auto one = found.block_by_height(at).value();
    const auto other = expected.block_by_height(at).value();
    RC_ASSERT(one.has_value() && other.has_value());
    RC_ASSERT(one->block == other->block);
    RC_ASSERT(one->receipts == other->receipts);
    RC_ASSERT(one->final == (at <= progress.last_final.height));
    for (const bytes& raw : other->block.payload.transactions)
      RC_ASSERT(found.find_transaction(keccak256(raw)).value() == expected.find_transaction(keccak256(raw)).value());
    const auto root = other->block.payload.state_root;
    RC_ASSERT(found.node(root).value() == expected.node(root).value());
  }
  RC_ASSERT_FALSE(found.block_by_height(end.head.height + 1).value().has_value());
}

} // namespace

TEST_CASE("any blocks in any order lead to the chain of the sequential model and to the store of a node that saw only that chain") {
  std::size_t shared = 0;
  std::size_t reorganised = 0;
  const auto check = [&] {
    const chain_spec spec = dev_spec(2s, 3);
    block_maker maker(spec);
    const std::vector<block> tree = any_tree(maker);
    const std::vector<block> offered = any_order(tree);

    std::shared_ptr<unreliable_store> store;
    node_setup setup{.spec = spec, .author = false, .open_commits = *rc::gen::element<std::uint64_t>(1, 2, 16)};
    setup.around_store = [&store](auto inner) { return store = std::make_shared<unreliable_store>(std::move(inner)); };
    virtual_node node(setup);
    node.pass(100s); // all their times have come
    std::vector<alys::testkit::pending_answer<block_ref>> answers;
    for (const block& each : offered) answers.push_back(node.time().ask_later(node.chain(), import_block{each}));
    node.time().run_until_idle();

    model expected(maker.genesis);
    block_ref head = expected.tree.head();
    for (std::size_t i = 0; i < offered.size(); ++i) {
      const bool taken = expected.import(offered[i]);
      RC_ASSERT(answers[i].take().has_value() == taken);
      if (const auto way = expected.tree.route(head.id, expected.tree.head().id); way && !way->undone.empty()) ++reorganised;
      head = expected.tree.head();
    }
    const chain_head found = node.time().ask(node.chain(), find_head{}).value();
    RC_ASSERT(found.head == expected.tree.head());
    RC_ASSERT(found.last_final == expected.tree.last_final());
    RC_ASSERT(node.store().progress().value()->head == found.head);
    for (const std::size_t batches : store->commits()) shared += batches > 1 ? 1 : 0;

    // The same chain alone, block by block.
    virtual_node alone({.spec = spec, .author = false, .open_commits = 1});
    alone.pass(100s);
    for (block_height at{1}; at <= found.head.height; ++at) {
      const block one = node.store().block_by_height(at).value()->block;
      RC_ASSERT(alone.time().ask(alone.chain(), import_block{one}, 20s).has_value());
    }
    check_same_chain(node.store(), alone.store());
  };
  CHECK(rc::check(check));
  CHECK(shared > 0);
  CHECK(reorganised > 0);
}
