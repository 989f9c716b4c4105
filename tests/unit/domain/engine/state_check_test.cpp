// SPDX-License-Identifier: Apache-2.0
//
// A whole state is looked at, in parts of any size and over states that change, and every node that is missing or wrong is found.
#include "support/domain/memory_source.hpp"

#include <alys/domain/engine/state_check.hpp>
#include <alys/domain/engine/world_state.hpp>
#include <alys/domain/primitives/digest.hpp>

#include <catch2/catch.hpp>

#include <set>
#include <vector>

using namespace alys::domain;
using namespace alys::domain::test;

namespace {

[[nodiscard]] address nth(std::uint16_t n) {
  address who;
  *who.data() = static_cast<std::uint8_t>(n >> 8U);
  *(who.data() + 1) = static_cast<std::uint8_t>(n);
  return who;
}

// Accounts in a trie in memory, and which nodes it has.
struct state_in_memory {
  explicit state_in_memory(std::uint16_t accounts) { pay(0, accounts, 1); }

  // Gives the accounts from `first` to before `last` so much; a balance of 0 removes them.
  void pay(std::uint16_t first, std::uint16_t last, std::uint64_t amount) {
    world_state state{root, nodes};
    for (std::uint16_t n = first; n < last; ++n) state.edit(nth(n)).value()->balance = amount;
    const auto committed = state.commit().value();
    for (const auto& node : committed.nodes) written.insert(node.hash);
    nodes.add(committed.nodes);
    root = committed.root;
  }

  memory_source nodes;
  hash256 root = empty_trie_root;
  std::set<hash256> written;
};

// Looks at everything in parts of this size. Nodes seen, or the first error.
[[nodiscard]] alys::result<std::uint64_t> check_all(const state_source& nodes, const hash256& root, std::size_t most) {
  std::uint64_t seen = 0;
  for (std::optional<bytes> at = bytes{}; at;) {
    auto done = check_state_part(nodes, root, *at, most);
    if (!done) return done.error();
    CHECK(done->nodes <= most);
    CHECK((done->nodes == most || !done->next));
    seen += done->nodes;
    at = std::move(done->next);
  }
  return seen;
}

} // namespace

TEST_CASE("a check sees each node once however large its parts are") {
  const state_in_memory state{300};
  for (const std::size_t most : std::vector<std::size_t>{1, 2, 7, 64, 1'000'000}) {
    INFO(most);
    CHECK(check_all(state.nodes, state.root, most).value() == state.written.size());
  }
}

TEST_CASE("a check of nothing and of one account ends") {
  const state_in_memory nobody{0};
  CHECK(check_all(nobody.nodes, empty_trie_root, 1).value() == 0);
  const state_in_memory one{1};
  CHECK(check_all(one.nodes, one.root, 1).value() == 1);
}

TEST_CASE("a part reads little more than its own nodes") {
  const state_in_memory state{2'000};
  auto first = check_state_part(state.nodes, state.root, {}, 1'000).value();
  REQUIRE(first.next);
  const auto before = state.nodes.reads();
  const auto second = check_state_part(state.nodes, state.root, *first.next, 10).value();
  CHECK(second.nodes == 10);
  CHECK(state.nodes.reads() - before <= 10 + 8);
}

TEST_CASE("every node that is missing is found") {
  state_in_memory state{100};
  for (const hash256& gone : state.written) {
    const auto rlp = state.nodes.node(gone).value().value();
    state.nodes.remove(gone);
    const auto checked = check_all(state.nodes, state.root, 5);
    CHECK(checked == trie_error::missing_node);
    CHECK(checked.error().text() == to_hex(gone));
    state.nodes.add({{gone, rlp}});
  }
}

TEST_CASE("every node with a wrong bit is found") {
  state_in_memory state{100};
  for (const hash256& hit : state.written) {
    const auto rlp = state.nodes.node(hit).value().value();
    auto flipped = rlp;
    flipped[flipped.size() / 2] ^= 4U;
    state.nodes.damage(hit, flipped);
    const auto checked = check_all(state.nodes, state.root, 5);
    CHECK(checked == trie_error::damaged_node);
    CHECK(checked.error().category() == alys::category::corruption);
    CHECK(checked.error().text().starts_with(to_hex(hit)));
    state.nodes.damage(hit, rlp);
  }
}

TEST_CASE("a trie of something else than accounts is no state") {
  memory_source nodes;
  const auto root_of = [&](bytes_view key, bytes_view value) {
    trie other;
    REQUIRE(other.put(key, value));
    const auto committed = other.commit();
    nodes.add(committed.nodes);
    return committed.root;
  };
  const hash256 key = keccak256(bytes_of("somebody"));
  CHECK(check_all(nodes, root_of(key.view(), bytes_of("not an account")), 5) == trie_error::damaged_node);
  CHECK(check_all(nodes, root_of(key.view().first(31), encode_account({.nonce = 1})), 5) == trie_error::damaged_node);
  CHECK(check_all(nodes, root_of(key.view(), encode_account({.nonce = 1})), 5).value() == 1);
}

TEST_CASE("a part finds what is missing among its own nodes and above them and nowhere else") {
  state_in_memory state{100};
  const auto part = check_state_part(state.nodes, state.root, {}, 40).value();
  REQUIRE(part.next);
  std::size_t first = 0;
  std::size_t both = 0;
  for (const hash256& gone : state.written) {
    const auto rlp = state.nodes.node(gone).value().value();
    state.nodes.remove(gone);
    const bool in_first = !check_state_part(state.nodes, state.root, {}, 40);
    const bool in_rest = !check_state_part(state.nodes, state.root, *part.next, 1'000);
    CHECK((in_first || in_rest));
    first += in_first ? 1 : 0;
    both += in_first && in_rest ? 1 : 0;
    state.nodes.add({{gone, rlp}});
  }
  CHECK(first == 40);
  CHECK(both >= 1); // the root
  CHECK(both <= 4);
}

TEST_CASE("a check goes on in a later state when the one before is not kept any more") {
  state_in_memory before{300};
  const auto part = check_state_part(before.nodes, before.root, {}, 100).value();
  REQUIRE(part.next);
  // The same with changes, and nothing of what they replaced.
  state_in_memory after{100};
  after.pay(100, 150, 2);
  after.pay(150, 200, 1);
  CHECK(check_state_part(after.nodes, before.root, *part.next, 100) == trie_error::missing_node);
  std::uint64_t rest = 0;
  for (std::optional<bytes> at = part.next; at;) {
    auto next = check_state_part(after.nodes, after.root, *at, 100);
    REQUIRE(next);
    rest += next->nodes;
    at = std::move(next->next);
  }
  CHECK(rest > 0);
  CHECK(rest < check_all(after.nodes, after.root, 100).value());
}
