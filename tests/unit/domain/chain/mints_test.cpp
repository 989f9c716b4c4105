// SPDX-License-Identifier: Apache-2.0
//
// What a block mints, and each way in which a payload can hold something else.
#include <alys/domain/chain/mints.hpp>

#include <alys/domain/chain/limits.hpp>

#include <catch2/catch.hpp>

#include <algorithm>

using namespace alys::domain;

namespace {

[[nodiscard]] address account(std::uint8_t n) {
  address who;
  who.data()[19] = n;
  return who;
}
[[nodiscard]] mint coins(std::uint8_t who, std::uint64_t amount) { return {account(who), gwei{amount}}; }

// Of three accounts in this order, numbered from 7.
const std::vector<withdrawal> three{{7, 0, account(3), gwei{30}}, {8, 0, account(1), gwei{10}}, {9, 0, account(2), gwei{20}}};

[[nodiscard]] alys::result<void> verdict(void (*change)(std::vector<withdrawal>&)) {
  auto found = three;
  change(found);
  return check_withdrawals(found, three);
}

} // namespace

TEST_CASE("fees come first then deposits in their order and indices run on") {
  const std::vector<mint> fees{coins(3, 30), coins(1, 10)};
  const std::vector<mint> deposits{coins(2, 20)};
  const auto granted = grant_mints({.fees = fees, .deposits = deposits, .next_index = 7}).value();
  CHECK(granted.withdrawals == three);
  CHECK(granted.deposits == 1);
  CHECK(granted.next_index == 10);
}

TEST_CASE("a block without claims mints nothing") {
  const auto granted = grant_mints({.fees = {}, .deposits = {}, .next_index = 7}).value();
  CHECK(granted.withdrawals.empty());
  CHECK(granted.next_index == 7);
}

TEST_CASE("whoever gets coins twice has one withdrawal at the first of its places") {
  const std::vector<mint> fees{coins(1, 80), coins(2, 10), coins(1, 10)};
  const std::vector<mint> deposits{coins(3, 5), coins(2, 7), coins(3, 6)};
  const auto granted = grant_mints({.fees = fees, .deposits = deposits}).value();
  CHECK(granted.withdrawals ==
        std::vector<withdrawal>{{0, 0, account(1), gwei{90}}, {1, 0, account(2), gwei{17}}, {2, 0, account(3), gwei{11}}});
  CHECK(granted.deposits == 3);
}

TEST_CASE("there is no withdrawal of nothing") {
  const std::vector<mint> fees{coins(1, 0)};
  const std::vector<mint> deposits{coins(2, 0), coins(3, 1)};
  const auto granted = grant_mints({.fees = fees, .deposits = deposits}).value();
  CHECK(granted.withdrawals == std::vector<withdrawal>{{0, 0, account(3), gwei{1}}});
  CHECK(granted.deposits == 2);
}

TEST_CASE("deposits that find no room beside the fees wait and none overtakes another") {
  const std::vector<mint> fees{coins(100, 1), coins(101, 1)};
  std::vector<mint> deposits;
  for (std::uint8_t n = 0; n < 20; ++n) deposits.push_back(coins(n, 1));
  deposits.push_back(coins(100, 5)); // would have room
  const auto granted = grant_mints({.fees = fees, .deposits = deposits}).value();
  CHECK(granted.withdrawals.size() == block_limits::withdrawals);
  CHECK(granted.deposits == block_limits::withdrawals - 2);
  CHECK(granted.withdrawals.front().amount == gwei{1});
}

TEST_CASE("a deposit that one account cannot hold waits") {
  const std::vector<mint> deposits{{account(1), gwei::max()}, coins(1, 1), coins(2, 1)};
  const auto granted = grant_mints({.fees = {}, .deposits = deposits}).value();
  CHECK(granted.deposits == 1);
  CHECK(granted.withdrawals == std::vector<withdrawal>{{0, 0, account(1), gwei::max()}});
}

TEST_CASE("fees that a payload cannot hold are refused") {
  std::vector<mint> fees;
  for (std::uint8_t n = 0; n <= block_limits::withdrawals; ++n) fees.push_back(coins(n, 1));
  CHECK(grant_mints({.fees = fees, .deposits = {}}) == mint_error::too_many_recipients);
  const std::vector<mint> much{{account(1), gwei::max()}, coins(1, 1)};
  CHECK(grant_mints({.fees = much, .deposits = {}}) == mint_error::too_much);
  const std::vector<mint> one{coins(1, 1)};
  CHECK(grant_mints({.fees = one, .deposits = {}, .next_index = std::uint64_t(-1)}) == mint_error::too_much);
}

TEST_CASE("withdrawals that are the granted ones pass") {
  CHECK(check_withdrawals(three, three));
  CHECK(check_withdrawals({}, {}));
}

TEST_CASE("an extra withdrawal is refused as not granted") {
  CHECK(verdict([](auto& all) { all.push_back({10, 0, account(4), gwei{1}}); }) == mint_error::not_granted);
  CHECK(verdict([](auto& all) { all.push_back(all.front()); }) == mint_error::not_granted); // the same account again
  CHECK(verdict([](auto& all) { all[1].recipient = account(4); }) == mint_error::not_granted);
  CHECK(check_withdrawals(three, {}) == mint_error::not_granted);
}

TEST_CASE("a withdrawal that is missing is refused as that") {
  CHECK(verdict([](auto& all) { all.pop_back(); }) == mint_error::missing);
  CHECK(verdict([](auto& all) { all.clear(); }) == mint_error::missing);
}

TEST_CASE("a withdrawal of another amount is refused as that") {
  CHECK(verdict([](auto& all) { all[2].amount = gwei{21}; }) == mint_error::wrong_amount);
  CHECK(verdict([](auto& all) { all[0].amount = gwei{29}; }) == mint_error::wrong_amount);
}

TEST_CASE("withdrawals in another order are refused as that") {
  CHECK(verdict([](auto& all) { std::swap(all[0], all[1]); }) == mint_error::out_of_order);
  CHECK(verdict([](auto& all) { std::swap(all[0].recipient, all[1].recipient), std::swap(all[0].amount, all[1].amount); }) ==
        mint_error::out_of_order);
}

TEST_CASE("withdrawals with another number are refused as that") {
  CHECK(verdict([](auto& all) { all[0].index = 0; }) == mint_error::wrong_index);
  CHECK(verdict([](auto& all) { all[2].validator_index = 1; }) == mint_error::wrong_validator);
}
