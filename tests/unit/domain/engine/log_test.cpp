// SPDX-License-Identifier: Apache-2.0
//
// Logs: their bloom, their place in receipts, and who wants to see which. The values come from @ethereumjs/vm 10.
#include <alys/domain/engine/execution_payload.hpp>
#include <alys/domain/engine/log_filter.hpp>
#include <alys/domain/engine/receipt.hpp>

#include <catch2/catch.hpp>

#include <set>

using namespace alys::domain;

namespace {

template <class T>
T filled(std::uint8_t with) {
  T value;
  for (std::size_t i = 0; i < T::size(); ++i) value.data()[i] = with;
  return value;
}

const auto first = filled<address>(0xa1);
const auto second = filled<address>(0xa2);
const auto red = filled<hash256>(0xb1);
const auto blue = filled<hash256>(0xb2);

const log_entry with_topics{first, {red, blue}, {1, 2, 3, 4, 5}};
const log_entry without{second, {}, {}};

// The bits that are set, the first byte's highest as 0.
std::set<std::size_t> bits(const bloom& filter) {
  std::set<std::size_t> set;
  for (std::size_t bit = 0; bit < 8 * bloom::size(); ++bit)
    if ((filter.view()[bit / 8] >> (7 - bit % 8) & 1) != 0) set.insert(bit);
  return set;
}

} // namespace

TEST_CASE("a bloom has three bits of each account and topic") {
  CHECK(bits(bloom_of({})).empty());
  CHECK(bits(bloom_of(std::vector{with_topics, without})) ==
        std::set<std::size_t>{111, 127, 213, 497, 516, 610, 670, 807, 851, 1253, 1281, 1777});
}

TEST_CASE("a bloom never hides what is there and mostly says what is not") {
  const bloom filter = bloom_of(std::vector{with_topics});
  CHECK(may_have(filter, first.view()));
  CHECK(may_have(filter, red.view()));
  CHECK(may_have(filter, blue.view()));
  CHECK_FALSE(may_have(filter, second.view()));
  CHECK_FALSE(may_have(bloom{}, first.view()));
}

TEST_CASE("receipts with logs have the root that Ethereum computes") {
  receipt one{.succeeded = true, .cumulative_gas_used = gas{50'000}, .logs = {with_topics, without}};
  receipt two{.type = transaction_type::fee_market, .cumulative_gas_used = gas{80'000}};
  CHECK(receipts_root(std::vector{one, two}) == hash256::literal("0xb88bd9bb043783c6c32e9d4f0e4b29405797ce67ccf4fa5cceb488042736a0bc"));
  one.logs[0].data[4] = 6;
  CHECK(receipts_root(std::vector{one, two}) != hash256::literal("0xb88bd9bb043783c6c32e9d4f0e4b29405797ce67ccf4fa5cceb488042736a0bc"));
}

TEST_CASE("a filter lets through what has one of its accounts and one of its topics at each place") {
  CHECK(lets_through({}, with_topics));
  CHECK(lets_through({}, without));
  CHECK(lets_through({.accounts = {second, first}}, with_topics));
  CHECK_FALSE(lets_through({.accounts = {second}}, with_topics));
  CHECK(lets_through({.topics = {{red}}}, with_topics));
  CHECK(lets_through({.topics = {{blue, red}, {blue}}}, with_topics));
  CHECK(lets_through({.topics = {{}, {blue}}}, with_topics));
  CHECK_FALSE(lets_through({.topics = {{blue}}}, with_topics));
  CHECK_FALSE(lets_through({.topics = {{red}, {red}}}, with_topics));
  CHECK_FALSE(lets_through({.accounts = {second}, .topics = {{red}}}, with_topics));
}

TEST_CASE("a log with fewer topics than a filter has places is none of its") {
  CHECK(lets_through({.topics = {{}, {}}}, with_topics));
  CHECK_FALSE(lets_through({.topics = {{}, {}, {}}}, with_topics));
  CHECK_FALSE(lets_through({.topics = {{}}}, without));
}

TEST_CASE("a filter tells by the bloom which blocks need not be looked at") {
  const bloom logs = bloom_of(std::vector{with_topics});
  CHECK(may_let_through({}, logs));
  CHECK(may_let_through({}, bloom{}));
  CHECK(may_let_through({.accounts = {second, first}, .topics = {{}, {blue}}}, logs));
  CHECK_FALSE(may_let_through({.accounts = {second}}, logs));
  CHECK_FALSE(may_let_through({.accounts = {first}, .topics = {{filled<hash256>(0xb3)}}}, logs));
  CHECK(may_let_through({.topics = {{blue}}}, logs)); // at the wrong place, which a bloom cannot tell
}
