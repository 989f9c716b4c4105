// SPDX-License-Identifier: Apache-2.0
//
// Blocks at hand: what stays, and what goes.
#include <alys/domain/chain/limits.hpp>
#include <alys/domain/storage/block_cache.hpp>

#include <catch2/catch.hpp>

using namespace alys::domain;

namespace {

[[nodiscard]] block_id id_of(std::uint8_t n) {
  block_id id;
  id.data()[0] = n;
  return id;
}

[[nodiscard]] stored_block_ptr some_block() { return std::make_shared<const stored_block>(); }

} // namespace

TEST_CASE("a block that was put is found and an unknown one is not") {
  block_cache cache{1'000};
  const auto one = some_block();
  cache.put(id_of(1), one);
  CHECK(cache.find(id_of(1)) == one);
  CHECK(cache.find(id_of(2)) == nullptr);
}

TEST_CASE("a block takes the place of the one with its id") {
  block_cache cache{1'000};
  cache.put(id_of(1), some_block());
  const auto newer = some_block();
  cache.put(id_of(1), newer);
  CHECK(cache.find(id_of(1)) == newer);
}

TEST_CASE("what is used stays and what is not goes after two generations") {
  block_cache cache{2 * encoded_size(block{})}; // two blocks a generation
  cache.put(id_of(0), some_block());
  cache.put(id_of(1), some_block());
  for (std::uint8_t n = 2; n < 20; ++n) {
    CHECK(cache.find(id_of(0)) != nullptr);
    cache.put(id_of(n), some_block());
  }
  CHECK(cache.find(id_of(0)) != nullptr);
  CHECK(cache.find(id_of(1)) == nullptr);
  CHECK(cache.find(id_of(19)) != nullptr);
}
