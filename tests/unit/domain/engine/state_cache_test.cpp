// SPDX-License-Identifier: Apache-2.0
//
// What is kept of the state in memory.
#include "support/domain/memory_source.hpp"

#include <alys/domain/engine/state_cache.hpp>
#include <alys/domain/primitives/digest.hpp>

#include <catch2/catch.hpp>

using namespace alys::domain;
using namespace alys::domain::test;

namespace {

[[nodiscard]] state_change change(std::uint8_t number, std::size_t size = 100) {
  bytes content(size, number);
  return {.hash = keccak256(content), .rlp = content};
}

constexpr auto first_block = hash256::literal("0x0000000000000000000000000000000000000000000000000000000000000001");
constexpr auto second_block = hash256::literal("0x0000000000000000000000000000000000000000000000000000000000000002");

class failing_source final : public state_source {
public:
  [[nodiscard]] alys::result<std::optional<bytes>> node(const hash256&) const override {
    return alys::fail(alys::category::database, "disk on fire");
  }
};

} // namespace

TEST_CASE("held changes are read before the store has them") {
  memory_source store;
  state_cache cache{store, 1'000};
  cache.hold(first_block, {change(1)});
  CHECK(cache.node(change(1).hash).value() == change(1).rlp);
  CHECK(cache.node(change(2).hash).value() == std::nullopt);
  CHECK(cache.held_blocks() == 1);
}

TEST_CASE("released changes come from the store once they are forgotten") {
  memory_source store;
  state_cache cache{store, 0};
  cache.hold(first_block, {change(1)});
  store.add({change(1), change(2), change(3)});
  cache.release(first_block);
  CHECK(cache.held_blocks() == 0);
  static_cast<void>(cache.node(change(2).hash));
  static_cast<void>(cache.node(change(3).hash));
  const auto reads = store.reads();
  CHECK(cache.node(change(1).hash).value() == change(1).rlp);
  CHECK(store.reads() == reads + 1);
}

TEST_CASE("a node that two blocks brought stays until both are released") {
  memory_source store;
  state_cache cache{store, 0};
  cache.hold(first_block, {change(1)});
  cache.hold(second_block, {change(1)});
  cache.hold(second_block, {change(1)}); // once is enough
  cache.release(first_block);
  CHECK(cache.node(change(1).hash).value() == change(1).rlp);
  CHECK(store.reads() == 0);
  cache.release(second_block);
  cache.release(second_block);
  CHECK(cache.held_blocks() == 0);
}

TEST_CASE("what is read is read from the store once") {
  memory_source store;
  store.add({change(1)});
  state_cache cache{store, 1'000};
  for (int i = 0; i < 5; ++i) CHECK(cache.node(change(1).hash).value() == change(1).rlp);
  CHECK(store.reads() == 1);
}

TEST_CASE("the cache forgets what is not used") {
  memory_source store;
  state_cache cache{store, 1'000};
  for (std::uint8_t i = 0; i < 100; ++i) store.add({change(i)});
  for (std::uint8_t i = 1; i < 100; ++i) {
    static_cast<void>(cache.node(change(0).hash)); // used all the time
    static_cast<void>(cache.node(change(i).hash));
  }
  CHECK(store.reads() == 100);
  static_cast<void>(cache.node(change(0).hash));
  CHECK(store.reads() == 100);
  static_cast<void>(cache.node(change(1).hash));
  CHECK(store.reads() == 101);
}

TEST_CASE("a store that fails is heard") {
  const failing_source store;
  const state_cache cache{store, 1'000};
  const auto e = cache.node(change(1).hash).error();
  CHECK(e.failed());
  CHECK(e.text() == "disk on fire");
}
