// SPDX-License-Identifier: Apache-2.0
//
// Safety of finality: while fewer than n/3 authorities are faulty, no two honest ones ever hold conflicting final blocks, whatever the network
// does. With n/3 faulty they can, and the same network finds it, so the search is not blind.
#include "streamlet.hpp"

#include <rapidcheck.h>

#include <catch2/catch.hpp>

#include <map>
#include <random>
#include <set>
#include <vector>

using namespace alys::domain;
using alys::test::streamlet;

namespace {

[[nodiscard]] streamlet::options honest(std::size_t authorities) {
  return {authorities,
          {},
          [](const streamlet::letter&) { return true; },
          [](std::size_t) {
            return std::pair<std::uint64_t, streamlet::base>{0, streamlet::base::head};
          }};
}

// A network whose messages are late by chance, which falls into halves now and then, and whose faulty authorities feed each half its own chain.
class storm {
public:
  storm(std::size_t authorities, std::size_t faulty, std::uint64_t seed) : authorities_(authorities), random_(seed), side_(authorities) {
    // Neighbours have turns in a row, which is the worst that they can have.
    const std::size_t first = below(authorities);
    const bool neighbours = percent(70);
    while (faulty_.size() < faulty) faulty_.insert(neighbours ? (first + faulty_.size()) % authorities : below(authorities));
    regroup();
  }

  [[nodiscard]] streamlet::options options() {
    return {authorities_, faulty_, [this](const streamlet::letter& l) { return arrives(l); }, [this](std::size_t to) { return lie(to); }};
  }

  // Before each slot.
  void blow() {
    ++now_;
    if (percent(10)) regroup();
    if (percent(20)) secrets_[now_] = {below(authorities_), now_ + 1 + below(8)};
  }

private:
  [[nodiscard]] std::size_t below(std::size_t n) { return std::uniform_int_distribution<std::size_t>{0, n - 1}(random_); }
  [[nodiscard]] bool percent(int p) { return below(100) < static_cast<std::size_t>(p); }

  void regroup() {
    split_ = percent(50);
    lateness_ = percent(50) ? 0 : static_cast<int>(below(60));
    withheld_ = percent(50) ? 0 : static_cast<int>(below(100));
    for (std::size_t n = 0; n < authorities_; ++n) side_[n] = percent(50);
  }

  [[nodiscard]] bool arrives(const streamlet::letter& l) {
    if (const auto kept = secrets_.find(l.about);
        l.approves && kept != secrets_.end() && now_ < kept->second.until && l.to != kept->second.known_to) {
      return false;
    }
    if (faulty_.contains(l.from) || faulty_.contains(l.to)) return !percent(withheld_);
    return (!split_ || side_[l.from] == side_[l.to]) && !percent(lateness_);
  }

  [[nodiscard]] std::pair<std::uint64_t, streamlet::base> lie(std::size_t to) {
    using enum streamlet::base;
    const std::uint64_t chain = percent(80) ? (side_[to] ? 1U : 0U) : below(2);
    return {chain, percent(50) ? own_last : percent(50) ? head : below_head};
  }

  // One authority learns that a slot's block is certified long before the others.
  struct secret {
    std::size_t known_to;
    slot until;
  };

  std::size_t authorities_;
  std::mt19937_64 random_;
  std::set<std::size_t> faulty_;
  bool split_ = false;
  int lateness_ = 0; // percent of the messages between honest authorities that do not arrive at once
  int withheld_ = 0; // the same of those from and to faulty ones
  std::vector<bool> side_;
  std::map<slot, secret> secrets_;
  slot now_{0};
};

} // namespace

TEST_CASE("final blocks never conflict with fewer than a third faulty") {
  std::uint64_t finals = 0;
  CHECK(rc::check([&finals] {
    const auto authorities =
        *rc::gen::weightedOneOf<std::size_t>({{3, rc::gen::element<std::size_t>(4, 7, 10)}, {1, rc::gen::inRange<std::size_t>(1, 11)}});
    const std::size_t most_faulty = (authorities - 1) / 3;
    const auto faulty =
        *rc::gen::weightedOneOf<std::size_t>({{3, rc::gen::just(most_faulty)}, {1, rc::gen::inRange<std::size_t>(0, most_faulty + 1)}});
    storm weather{authorities, faulty, *rc::gen::arbitrary<std::uint64_t>()};
    streamlet network{weather.options()};
    for (int i = 0; i < 50; ++i) {
      weather.blow();
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
  const auto side = [](std::size_t who) -> std::uint64_t { return who < 2 ? 1 : who < 4 ? 0 : 2; };
  options.arrives = [side](const streamlet::letter& l) { return side(l.from) + side(l.to) != 3; };
  options.lie = [side](std::size_t to) { return std::pair<std::uint64_t, streamlet::base>{side(to), streamlet::base::head}; };
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
  options.arrives = [](const streamlet::letter& l) { return l.from != 1; };
  streamlet network{options};
  for (int i = 0; i < 30; ++i) network.run_slot();
  CHECK(network.highest_final() == block_height{0});
  CHECK(network.longest() >= block_height{19});
}

TEST_CASE("one silent authority of four does not stop finality") {
  streamlet::options options = honest(4);
  options.arrives = [](const streamlet::letter& l) { return l.from != 1; };
  streamlet network{options};
  for (int i = 0; i < 40; ++i) network.run_slot();
  CHECK(network.highest_final() > block_height{20});
}
