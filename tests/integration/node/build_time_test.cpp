// SPDX-License-Identifier: Apache-2.0
//
// An engine that needs time to fill a payload gets it before the slot begins, so that the block leaves at its beginning.
#include "block_maker.hpp"
#include "virtual_node.hpp"

#include <alys/domain/chain/identity.hpp>

#include <catch2/catch.hpp>

using namespace alys::domain;
using namespace alys::test;

namespace {

// What the engine was asked, each step with how long the slots had lasted: "begin on <head>" or "finish".
struct build_steps {
  struct step {
    std::chrono::milliseconds at; // since the first slot began
    std::optional<hash256> head;  // nothing: it was to finish
  };

  explicit build_steps(virtual_node& from) : node(from) {
    node.engine().builds = [this](const std::optional<hash256>& head) {
      const auto since = node.wall_clock() - clock_of(dev_spec(2s)).start_of(virtual_node::first_slot);
      seen.push_back({std::chrono::milliseconds{static_cast<std::int64_t>(since)}, head});
    };
  }
  [[nodiscard]] std::vector<std::chrono::milliseconds> times() const {
    std::vector<std::chrono::milliseconds> all;
    for (const step& each : seen) all.push_back(each.at);
    return all;
  }

  virtual_node& node;
  std::vector<step> seen;
};

using times = std::vector<std::chrono::milliseconds>;

} // namespace

TEST_CASE("a payload is begun before its slot and the block leaves when the slot begins") {
  virtual_node node({.spec = dev_spec(2s), .build_time = 500ms});
  build_steps steps(node);
  node.pass(4s);
  CHECK(steps.times() == times{1'500ms, 2s, 3'500ms, 4s});
  CHECK(node.slots() == std::vector<std::uint64_t>{1, 2});
  const slot_clock clock{2s};
  const block second = node.store().block_by_height(block_height{2}).value()->block;
  CHECK(second.header.time == clock.start_of(second.header.slot));
  CHECK(steps.seen[2].head == node.store().block_by_height(block_height{1}).value()->block.payload.block_hash);
}

TEST_CASE("an engine that needs no time is asked when the slot begins") {
  virtual_node node({.spec = dev_spec(2s)});
  build_steps steps(node);
  node.pass(4s);
  CHECK(steps.times() == times{2s, 2s, 4s, 4s});
}

TEST_CASE("when the head moves before the slot begins its payload is begun anew on the new head") {
  const chain_spec spec = dev_spec(2s, 3);
  virtual_node node({.spec = spec, .build_time = 500ms}); // authority 0 of 3: slot 2 is its first one
  build_steps steps(node);
  block_maker maker(spec);
  const slot own = virtual_node::first_slot + 2;
  REQUIRE(author_of(own, 3) == authority_index{0});
  node.pass(3'700ms);
  const block other = maker.on(maker.genesis, virtual_node::first_slot + 1);
  REQUIRE(node.time().ask(node.chain(), import_block{other}) == ref_to(other.header));
  node.pass(1s);
  CHECK(steps.times() == times{3'500ms, 3'700ms, 4'200ms});
  REQUIRE(steps.seen.size() == 3);
  CHECK(steps.seen[0].head == maker.genesis.payload.block_hash);
  CHECK(steps.seen[1].head == other.payload.block_hash);
}

TEST_CASE("an engine that forgot the payload begins it anew and fills it for no more than half of what is left") {
  virtual_node node({.spec = dev_spec(2s), .build_time = 1'900ms});
  build_steps steps(node);
  auto& engine = node.engine();
  engine.finishing = mood::refuses; // with unknown_payload
  engine.builds = [&engine, count = engine.builds](const std::optional<hash256>& head) {
    count(head);
    if (!head) engine.finishing = mood::well;
  };
  node.pass(3'900ms);
  // The slot and the drift last until 4.5 s, half of that is 3.25 s. Slot 2 is begun ahead at 2.1 s, and when the head has moved.
  CHECK(steps.times() == times{100ms, 2s, 2s, 2'100ms, 3'250ms, 3'250ms});
  REQUIRE(steps.seen.size() == 6);
  CHECK_FALSE(steps.seen[1].head.has_value());
  CHECK(steps.seen[2].head.has_value());
  CHECK_FALSE(steps.seen[4].head.has_value());
  CHECK(node.slots() == std::vector<std::uint64_t>{1});
}

TEST_CASE("an engine that cannot begin ahead is asked again when the slot begins") {
  virtual_node node({.spec = dev_spec(2s), .build_time = 500ms});
  build_steps steps(node);
  node.engine().building = mood::refuses;
  node.pass(1'900ms);
  REQUIRE(steps.times() == times{1'500ms});
  node.engine().building = mood::well;
  node.pass(600ms + 100ms);
  CHECK(steps.times() == times{1'500ms, 2s, 2'500ms});
  CHECK(node.slots() == std::vector<std::uint64_t>{1});
}
