// SPDX-License-Identifier: Apache-2.0
//
// When an authority may sign.
#include <alys/domain/chain/vote.hpp>

#include "support/domain/test_chain.hpp"

#include <catch2/catch.hpp>

using namespace alys::domain;
using alys::test::test_chain;

namespace {

[[nodiscard]] block_ref in_slot(std::uint64_t s, std::uint8_t name) {
  block_id::array_type id{};
  id[0] = name;
  return {block_id{id}, block_height{1}, slot{s}};
}

} // namespace

TEST_CASE("the first vote is free") {
  const auto one = in_slot(5, 1);
  CHECK(lock_vote(std::nullopt, one) == vote_lock{one.slot, one.id});
}

TEST_CASE("a second block in a slot is refused") {
  const auto lock = lock_vote(std::nullopt, in_slot(5, 1)).value();
  CHECK(lock_vote(lock, in_slot(5, 2)) == vote_error::already_voted);
}

TEST_CASE("the same vote can be given again") {
  const auto lock = lock_vote(std::nullopt, in_slot(5, 1)).value();
  CHECK(lock_vote(lock, in_slot(5, 1)) == lock);
}

TEST_CASE("votes only go forward") {
  const auto lock = lock_vote(std::nullopt, in_slot(5, 1)).value();
  CHECK(lock_vote(lock, in_slot(4, 1)) == vote_error::slot_passed);
  CHECK(lock_vote(lock, in_slot(4, 2)) == vote_error::slot_passed);
  CHECK(lock_vote(lock, in_slot(6, 2)) == vote_lock{slot{6}, in_slot(6, 2).id});
}

TEST_CASE("an approval is for the slot that is now give or take the drift") {
  const test_chain chain;
  const block one = chain.proposal(chain.genesis, slot{1'000});
  const std::uint64_t start = 2'000'000;
  const auto at = [&](std::uint64_t now) { return may_approve(one.header, chain.spec, block_height{0}, unix_milliseconds{now}); };
  CHECK(at(start));
  CHECK(at(start - 500));
  CHECK(at(start - 501) == vote_error::slot_not_now);
  CHECK(at(start + 2'499));
  CHECK(at(start + 2'500) == vote_error::slot_not_now);
  CHECK(at(0) == vote_error::slot_not_now);
  CHECK(at(unix_milliseconds::max().value()) == vote_error::slot_not_now);
}

TEST_CASE("an approval is for a block on a longest chain") {
  const test_chain chain;
  const block one = chain.proposal(chain.genesis, slot{1'000});
  const unix_milliseconds now{2'000'000};
  CHECK(may_approve(one.header, chain.spec, block_height{0}, now));
  CHECK(may_approve(one.header, chain.spec, block_height{1}, now) == vote_error::not_on_longest);
  CHECK(may_approve(one.header, chain.spec, block_height::max(), now) == vote_error::not_on_longest);
}
