// SPDX-License-Identifier: Apache-2.0
//
// Accounts over the trie.
#include "support/domain/memory_source.hpp"

#include <alys/domain/engine/world_state.hpp>
#include <alys/domain/primitives/digest.hpp>

#include <catch2/catch.hpp>

using namespace alys::domain;
using namespace alys::domain::test;

namespace {

constexpr auto alice = address::literal("0x00000000000000000000000000000000000000a1");
constexpr auto bob = address::literal("0x00000000000000000000000000000000000000b2");

} // namespace

TEST_CASE("an account that is not there is empty") {
  memory_source nodes;
  world_state state{empty_trie_root, nodes};
  CHECK(state.read(alice).value() == account{});
  CHECK(state.commit()->root == empty_trie_root);
}

TEST_CASE("changes are read at once and stored by a commit") {
  memory_source nodes;
  world_state state{empty_trie_root, nodes};
  state.edit(alice).value()->balance = 5;
  CHECK(state.read(alice)->balance == 5);
  const auto committed = state.commit().value();
  nodes.add(committed.nodes);
  CHECK(world_state{committed.root, nodes}.read(alice)->balance == 5);
  CHECK(state.commit()->nodes.empty());
}

TEST_CASE("an account that becomes empty is removed") {
  memory_source nodes;
  world_state state{empty_trie_root, nodes};
  state.edit(alice).value()->balance = 5;
  const auto alone = state.commit()->root;
  state.edit(bob).value()->balance = 7;
  CHECK(state.commit()->root != alone);
  state.edit(bob).value()->balance = 0;
  CHECK(state.commit()->root == alone);
  state.edit(alice).value()->balance = 0;
  CHECK(state.commit()->root == empty_trie_root);
}

TEST_CASE("an account with a nonce stays without a balance") {
  memory_source nodes;
  world_state state{empty_trie_root, nodes};
  state.edit(alice).value()->nonce = 1;
  CHECK(state.commit()->root != empty_trie_root);
}

TEST_CASE("who was opened for changing is listed once") {
  memory_source nodes;
  world_state state{empty_trie_root, nodes};
  state.edit(bob).value()->balance = 1;
  static_cast<void>(state.read(alice));
  state.edit(bob).value()->balance = 2;
  CHECK(state.touched() == std::vector<touched_account>{{.who = bob, .after = {.balance = 2}}});
}

TEST_CASE("an account that is no account is damage") {
  memory_source nodes;
  trie t;
  t.put(keccak256(alice.view()).view(), bytes_of("no account")).value();
  const auto committed = t.commit();
  nodes.add(committed.nodes);
  world_state state{committed.root, nodes};
  CHECK(state.read(alice) == trie_error::damaged_node);
  CHECK(state.edit(alice) == trie_error::damaged_node);
}
