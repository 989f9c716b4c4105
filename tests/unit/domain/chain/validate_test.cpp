// SPDX-License-Identifier: Apache-2.0
//
// The rules of a block, each broken by a block that is good otherwise and sealed by its author.
#include <alys/domain/chain/validate.hpp>

#include <alys/domain/chain/limits.hpp>

#include "support/domain/test_chain.hpp"

#include <catch2/catch.hpp>

#include <functional>

using namespace alys::domain;
using alys::test::test_chain;

namespace {

struct fixture {
  test_chain chain{3};
  block parent = chain.certified(chain.genesis, slot{850'000'000});
  parent_block below = parent_of(parent, true);
  slot next{850'000'004};
  unix_milliseconds now{clock_of(chain.spec).start_of(next)};
  std::vector<withdrawal> granted;

  [[nodiscard]] validation_context context() const { return {chain.spec, &below, granted, now}; }

  // The verdict on a good block that was changed, then sealed and approved again.
  [[nodiscard]] alys::result<void> verdict(const std::function<void(block&)>& change) const {
    block one = chain.proposal(parent, next);
    change(one);
    if (one.header.author.value < chain.keys.size()) chain.seal(one);
    chain.approve(one, 3);
    return check_block(one, context());
  }

  // The same for a change of the payload, to which the header commits again.
  [[nodiscard]] alys::result<void> payload_verdict(const std::function<void(execution_payload&)>& change) const {
    return verdict([&](block& one) {
      change(one.payload);
      one.header.payload = commitment_of(one.payload);
    });
  }
};

} // namespace

TEST_CASE_METHOD(fixture, "a good block passes") {
  CHECK(verdict([](block&) {}));
  CHECK(check_block(chain.certified(parent, slot{850'000'001}), context()));
}

TEST_CASE_METHOD(fixture, "a proposal needs no approvals and a block does") {
  const block one = chain.proposal(parent, next);
  CHECK(check_proposal(one, context()));
  CHECK(check_block(one, context()) == certificate_error::no_quorum);
}

TEST_CASE_METHOD(fixture, "a block of another chain is refused") {
  CHECK(verdict([](block& b) { b.header.chain_id += 1; }) == block_error::wrong_chain);
}

TEST_CASE_METHOD(fixture, "a block without its parent is refused") {
  CHECK(verdict([](block& b) { b.header.parent = {}; }) == block_error::unknown_parent);
  const block one = chain.certified(parent, next);
  CHECK(check_block(one, {chain.spec, nullptr, granted, now}) == block_error::unknown_parent);
}

TEST_CASE_METHOD(fixture, "a block on an uncertified parent is refused") {
  below.certified = false;
  CHECK(verdict([](block&) {}) == block_error::parent_not_certified);
}

TEST_CASE_METHOD(fixture, "a block that skips or repeats a height is refused") {
  CHECK(verdict([](block& b) { b.header.height = block_height{1}; }) == block_error::wrong_height);
  CHECK(verdict([](block& b) { b.header.height = block_height{3}; }) == block_error::wrong_height);
  below.ref.height = block_height::max();
  CHECK(verdict([](block& b) { b.header.height = block_height{0}; }) == block_error::wrong_height);
}

TEST_CASE_METHOD(fixture, "a block of a fork that is not in force is refused") {
  CHECK(verdict([](block& b) { b.header.fork += 1; }) == block_error::wrong_fork);
  chain.spec.activations.push_back({block_height{2}, 5});
  block late = chain.proposal(parent, next);
  CHECK(late.header.fork == 5);
  late.header.fork = 1;
  chain.seal(late);
  CHECK(check_proposal(late, context()) == block_error::wrong_fork);
}

TEST_CASE_METHOD(fixture, "a block in its parent's slot or before is refused") {
  for (const slot s : {slot{850'000'000}, slot{849'999'999}}) {
    const block one = chain.certified(parent, s);
    CHECK(check_block(one, context()) == block_error::slot_not_after_parent);
  }
}

TEST_CASE_METHOD(fixture, "a time outside the slot is refused") {
  CHECK(verdict([](block& b) { b.header.time = b.header.time + 1'999; }) == block_error::too_early);
  now = now + 1'999;
  CHECK(verdict([](block& b) { b.header.time = b.header.time + 1'999; }));
  CHECK(verdict([](block& b) { b.header.time = b.header.time + 2'000; }) == block_error::time_outside_slot);
  CHECK(verdict([](block& b) { b.header.time = unix_milliseconds{b.header.time.value() - 1}; }) == block_error::time_outside_slot);
}

TEST_CASE_METHOD(fixture, "a block may be ahead of the local clock by the drift and no more") {
  now = unix_milliseconds{now.value() - 500};
  CHECK(verdict([](block&) {}));
  now = unix_milliseconds{now.value() - 1};
  CHECK(verdict([](block&) {}) == block_error::too_early);
  now = unix_milliseconds::max();
  CHECK(verdict([](block&) {}));
}

TEST_CASE_METHOD(fixture, "only the authority whose turn it is may seal") {
  CHECK(verdict([](block& b) { b.header.author = authority_index{static_cast<std::uint16_t>((b.header.author.value + 1) % 3)}; }) ==
        block_error::wrong_author);
  CHECK(verdict([](block& b) { b.header.author = authority_index{7}; }) == block_error::wrong_author);
  block one = chain.proposal(parent, next);
  one.seal = seal_of(one.header, chain.keys.at((one.header.author.value + 1U) % 3));
  CHECK(check_proposal(one, context()) == block_error::bad_seal);
}

TEST_CASE_METHOD(fixture, "a block above the limits is refused") {
  CHECK(payload_verdict([](execution_payload& p) { p.extra_data.assign(block_limits::extra_data_bytes + 1, 0); }) ==
        block_error::over_limit);
}

TEST_CASE_METHOD(fixture, "a payload other than the header's is refused") {
  CHECK(verdict([](block& b) { b.header.payload = {}; }) == block_error::wrong_payload);
  CHECK(verdict([](block& b) { b.payload.transactions.emplace_back(); }) == block_error::wrong_payload);
}

TEST_CASE_METHOD(fixture, "a payload must belong to its place") {
  CHECK(payload_verdict([](execution_payload& p) { p.parent_hash = p.block_hash; }) == block_error::wrong_payload_parent);
  CHECK(payload_verdict([](execution_payload& p) { p.block_number = p.block_number + 1; }) == block_error::wrong_payload_number);
  CHECK(payload_verdict([](execution_payload& p) { p.timestamp = p.timestamp + 1; }) == block_error::wrong_payload_time);
  CHECK(payload_verdict([](execution_payload& p) { p.fork = execution_fork::cancun; }) == block_error::wrong_payload_fork);
  CHECK(payload_verdict([](execution_payload& p) { p.prev_randao = {}; }) == block_error::wrong_prev_randao);
  CHECK(payload_verdict([](execution_payload& p) { p.gas_limit = p.gas_limit + 1; }) == block_error::wrong_gas_limit);
}

TEST_CASE_METHOD(fixture, "withdrawals are exactly those that the rules grant") {
  const withdrawal one{1, 0, dev_account, gwei{5}};
  const withdrawal other{2, 0, gathered_fees, gwei{5}};
  CHECK(payload_verdict([&](execution_payload& p) { p.withdrawals = {one}; }) == mint_error::not_granted);
  granted = {one, other};
  CHECK(payload_verdict([&](execution_payload& p) { p.withdrawals = {one, other}; }));
  CHECK(payload_verdict([&](execution_payload& p) { p.withdrawals = {other, one}; }) == mint_error::out_of_order);
  CHECK(payload_verdict([&](execution_payload& p) { p.withdrawals = {one}; }) == mint_error::missing);
  CHECK(payload_verdict([](execution_payload&) {}) == mint_error::missing);
}

TEST_CASE("payloads of slots of a second or longer never share a second") {
  chain_spec spec = dev_spec();
  for (const auto duration : {1'000, 1'001, 1'500, 2'000, 3'600'000}) {
    spec.slot_duration = std::chrono::milliseconds{duration};
    for (std::uint64_t s = 1'000; s < 1'200; ++s) REQUIRE(payload_time(spec, slot{s}) < payload_time(spec, slot{s + 1}));
  }
}
