// SPDX-License-Identifier: Apache-2.0
//
// The block tree against a model that keeps every block and looks at all of them each time.
#include <alys/domain/chain/block_tree.hpp>

#include "support/domain/arbitrary_block.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <vector>

using namespace alys::domain;
using namespace alys::test;

namespace {

struct model {
  struct entry {
    block_ref block;
    block_id parent;
  };

  [[nodiscard]] const entry* find(const block_id& id) const {
    const auto found = blocks.find(id);
    return found == blocks.end() ? nullptr : &found->second;
  }

  [[nodiscard]] bool descends(const block_id& from, const block_id& ancestor) const {
    for (const entry* at = find(from); at != nullptr; at = find(at->parent)) {
      if (at->block.id == ancestor) return true;
    }
    return false;
  }

  // The highest block that three consecutive slots make final, of those that descend from the last one.
  void update_final() {
    for (const auto& [id, third] : blocks) {
      const entry* second = find(third.parent);
      const entry* first = second == nullptr ? nullptr : find(second->parent);
      if (first == nullptr) continue;
      const std::uint64_t s = first->block.slot.value();
      if (second->block.slot.value() != s + 1 || third.block.slot.value() != s + 2) continue;
      if (second->block.height > last_final.height && descends(second->block.id, last_final.id)) last_final = second->block;
    }
  }

  [[nodiscard]] block_ref head() const {
    block_ref best = last_final;
    for (const auto& [id, one] : blocks) {
      if (!descends(id, last_final.id)) continue;
      if (one.block.height > best.height || (one.block.height == best.height && id < best.id)) best = one.block;
    }
    return best;
  }

  std::map<block_id, entry> blocks;
  block_ref last_final;
};

[[nodiscard]] block_id name(std::size_t number) {
  // A fixed permutation, so that the order of ids is not the order of arrival.
  block_id::array_type id{};
  id[0] = static_cast<std::uint8_t>(number * 151 + 7);
  id[31] = static_cast<std::uint8_t>(number);
  return block_id{id};
}

} // namespace

TEST_CASE("head and final block are those of the model") {
  CHECK(rc::check([] {
    const block_ref root{name(0), block_height{10}, slot{100}};
    block_tree tree{root};
    model expected{{{root.id, {root, {}}}}, root};
    std::vector<block_ref> made{root};

    for (std::size_t steps = 1 + up_to(50); steps > 0; --steps) {
      // Mostly on recent blocks and in the next slot, so that chains grow and become final.
      const std::size_t back = std::min(made.size() - 1, up_to(2) == 0 ? up_to(10) : up_to(1));
      const block_ref parent = made[made.size() - 1 - back];
      const block_ref next{name(made.size()), parent.height + 1, parent.slot + 1 + (up_to(3) == 0 ? up_to(3) : 0)};
      made.push_back(next);

      const bool below_final = next.height <= expected.last_final.height;
      const bool conflicts = !expected.descends(parent.id, expected.last_final.id);
      const auto foreseen = tree.preview(next, parent.id);
      const auto added = tree.add(next, parent.id);
      RC_ASSERT(foreseen.error().message() == added.error().message());
      if (below_final) RC_ASSERT(added == tree_error::final_already);
      else if (conflicts) RC_ASSERT(added == tree_error::unknown_parent);
      else RC_ASSERT(added.has_value());
      if (added) expected.blocks.emplace(next.id, model::entry{next, parent.id});
      expected.update_final();

      RC_ASSERT(tree.last_final() == expected.last_final);
      RC_ASSERT(tree.head() == expected.head());
      if (foreseen) RC_ASSERT(foreseen->head == tree.head() && foreseen->last_final == tree.last_final());
      for (const block_ref& b : made)
        RC_ASSERT(tree.contains(b.id) == (expected.find(b.id) != nullptr && expected.descends(b.id, expected.last_final.id)));
    }
    RC_CLASSIFY(expected.last_final != root);
  }));
}

TEST_CASE("routes lead from any block to any other") {
  CHECK(rc::check([] {
    const block_ref root{name(0), block_height{0}, slot{0}};
    block_tree tree{root};
    std::map<block_id, block_id> parent_of{{root.id, block_id{}}};
    std::vector<block_ref> made{root};
    for (std::size_t steps = up_to(30); steps > 0; --steps) {
      const block_ref parent = made[up_to(made.size() - 1)];
      const block_ref next{name(made.size()), parent.height + 1, parent.slot + 2}; // nothing becomes final
      RC_ASSERT(tree.add(next, parent.id).has_value());
      parent_of[next.id] = parent.id;
      made.push_back(next);
    }
    const block_ref from = made[up_to(made.size() - 1)];
    const block_ref to = made[up_to(made.size() - 1)];
    const auto way = tree.route(from.id, to.id);
    RC_ASSERT(way.has_value());
    block_id at = from.id;
    for (const block_ref& b : way->undone) {
      RC_ASSERT(b.id == at);
      at = parent_of.at(at);
    }
    for (const block_ref& b : way->applied) {
      RC_ASSERT(parent_of.at(b.id) == at);
      at = b.id;
    }
    RC_ASSERT(at == to.id);
    if (!way->undone.empty() && !way->applied.empty()) RC_ASSERT(way->undone.back().id != way->applied.front().id);
  }));
}
