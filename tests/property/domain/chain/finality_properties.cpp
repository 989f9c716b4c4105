// SPDX-License-Identifier: Apache-2.0
//
// Safety of finality: while fewer than n/3 authorities are faulty, no two honest ones ever hold conflicting final blocks, whatever the network
// does. With n/3 faulty they can, and the same network finds it, so the search is not blind.
#include "streamlet.hpp"

#include <rapidcheck.h>

#include <catch2/catch.hpp>

#include <random>

using namespace alys::domain;
using alys::test::streamlet;

namespace {

[[nodiscard]] streamlet::options honest(std::size_t authorities) {
  return {authorities, {}, [](std::size_t, std::size_t) { return true; }, [] { return false; }};
}

} // namespace

TEST_CASE("final blocks never conflict with fewer than a third faulty") {
  std::uint64_t finals = 0;
  CHECK(rc::check([&finals] {
    const auto authorities = *rc::gen::inRange<std::size_t>(1, 11);
    const auto faulty = *rc::gen::inRange<std::size_t>(0, (authorities - 1) / 3 + 1);
    const auto arrival = *rc::gen::inRange(20, 101);     // percent of the waiting messages that arrive at a time
    const auto splitting = *rc::gen::inRange(0, 101);    // percent of the authorities that a faulty author gives a block of their own
    const auto partitions = *rc::gen::arbitrary<bool>(); // whether the network also falls into two halves now and then
    std::mt19937_64 random{*rc::gen::arbitrary<std::uint64_t>()};
    const auto percent = [&random](int p) { return std::uniform_int_distribution<int>{0, 99}(random) < p; };

    streamlet::options options{authorities, {}, {}, {}};
    while (options.faulty.size() < faulty) options.faulty.insert(std::uniform_int_distribution<std::size_t>{0, authorities - 1}(random));
    bool split = false;
    std::vector<bool> side(authorities);
    options.arrives = [&](std::size_t from, std::size_t to) { return (!split || side[from] == side[to]) && percent(arrival); };
    options.splits = [&] { return percent(splitting); };

    streamlet network{options};
    for (int i = 0; i < 60; ++i) {
      if (partitions && percent(20)) {
        split = !split;
        for (std::size_t n = 0; n < authorities; ++n) side[n] = percent(50);
      }
      network.run_slot();
      RC_ASSERT(network.consistent());
    }
    finals += network.highest_final().value();
    RC_CLASSIFY(network.highest_final() > block_height{0});
  }));
  CHECK(finals > 0);
}

TEST_CASE("a third faulty can finalize two chains") {
  // Two honest halves that do not hear each other, and two faulty authorities in between that work with both.
  streamlet::options options = honest(6);
  options.faulty = {2, 3};
  const auto side = [](std::size_t who) { return who < 2 ? 1 : who < 4 ? 0 : 2; };
  options.arrives = [side](std::size_t from, std::size_t to) { return side(from) + side(to) != 3; };
  streamlet network{options};
  int slots = 0;
  while (network.consistent() && slots < 60) {
    network.run_slot();
    ++slots;
  }
  CHECK_FALSE(network.consistent());
}

TEST_CASE("with everybody honest and in reach every block but the last becomes final") {
  for (std::size_t authorities = 1; authorities <= 10; ++authorities) {
    streamlet network{honest(authorities)};
    for (int i = 0; i < 20; ++i) network.run_slot();
    CHECK(network.longest() == block_height{20});
    CHECK(network.highest_final() == block_height{19});
  }
}

TEST_CASE("one silent authority of three stops finality and not blocks") {
  streamlet::options options = honest(3);
  options.arrives = [](std::size_t from, std::size_t) { return from != 1; };
  streamlet network{options};
  for (int i = 0; i < 30; ++i) network.run_slot();
  CHECK(network.highest_final() == block_height{0});
  CHECK(network.longest() >= block_height{19});
}

TEST_CASE("one silent authority of four does not stop finality") {
  streamlet::options options = honest(4);
  options.arrives = [](std::size_t from, std::size_t) { return from != 1; };
  streamlet network{options};
  for (int i = 0; i < 40; ++i) network.run_slot();
  CHECK(network.highest_final() > block_height{20});
}
