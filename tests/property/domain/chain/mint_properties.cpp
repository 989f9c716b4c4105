// SPDX-License-Identifier: Apache-2.0
//
// Over any sequence of blocks: fees are neither lost nor made, and every change of what a block mints is noticed.
#include <alys/domain/chain/limits.hpp>
#include <alys/domain/chain/mints.hpp>

#include <rapidcheck.h>
#include <catch2/catch.hpp>

#include <algorithm>
#include <set>

using namespace alys::domain;

namespace {

[[nodiscard]] address account(std::uint8_t n) {
  address who;
  who.data()[19] = n;
  return who;
}

[[nodiscard]] std::vector<mint> any_mints(std::uint8_t accounts) {
  const auto count = *rc::gen::inRange<std::size_t>(0, 30);
  std::vector<mint> all;
  for (std::size_t i = 0; i < count; ++i)
    all.push_back({account(*rc::gen::inRange<std::uint8_t>(0, accounts)), gwei{*rc::gen::inRange<std::uint64_t>(0, 1'000)}});
  return all;
}

[[nodiscard]] wei sum_of(const std::vector<mint>& all) {
  wei sum = 0;
  for (const mint& each : all) sum += to_wei(each.amount);
  return sum;
}

} // namespace

TEST_CASE("over any blocks what was paid and what is gathered are the tips of all blocks") {
  CHECK(rc::check([] {
    wei tips_of_all = 0;
    wei paid = 0;
    wei gathered = 0;
    const auto blocks = *rc::gen::inRange(1, 50);
    for (int i = 0; i < blocks; ++i) {
      const wei tips = wei{*rc::gen::arbitrary<std::uint64_t>()} * *rc::gen::inRange<std::uint32_t>(0, 1'000);
      tips_of_all += tips;
      if (*rc::gen::inRange(0, 4) > 0) {
        gathered = gathered_after(gathered, tips);
        continue;
      }
      std::vector<address> federation(*rc::gen::inRange<std::size_t>(0, 15));
      for (std::size_t m = 0; m < federation.size(); ++m) federation[m] = account(static_cast<std::uint8_t>(m % 7));
      const fee_split split = split_fees(gathered, account(3), federation);
      paid += sum_of(split.shares);
      // Never as much as a gwei for each who is paid.
      RC_ASSERT(split.left < wei{wei_per_gwei} * (federation.size() + 2));
      const auto granted = grant_mints({.fees = split.shares, .deposits = {}});
      RC_ASSERT(granted.has_value());
      wei minted = 0;
      for (const withdrawal& w : granted->withdrawals) minted += to_wei(w.amount);
      RC_ASSERT(minted == sum_of(split.shares));
      gathered = gathered_after(split, tips);
    }
    RC_ASSERT(paid + gathered == tips_of_all);
  }));
}

TEST_CASE("what is granted is all fees and the deposits that came in with each account once") {
  CHECK(rc::check([] {
    const auto fees = any_mints(8);
    const auto deposits = any_mints(60);
    const auto first = *rc::gen::inRange<std::uint64_t>(0, 1'000'000);
    const auto granted = grant_mints({.fees = fees, .deposits = deposits, .next_index = first}).value();
    RC_ASSERT(granted.withdrawals.size() <= block_limits::withdrawals);
    RC_ASSERT(granted.next_index == first + granted.withdrawals.size());
    std::set<address> seen;
    wei minted = 0;
    for (std::size_t i = 0; i < granted.withdrawals.size(); ++i) {
      const withdrawal& w = granted.withdrawals[i];
      RC_ASSERT(w.index == first + i);
      RC_ASSERT(w.validator_index == 0U);
      RC_ASSERT(w.amount > gwei{0});
      RC_ASSERT(seen.insert(w.recipient).second);
      minted += to_wei(w.amount);
    }
    const std::vector<mint> taken(deposits.begin(), deposits.begin() + static_cast<std::ptrdiff_t>(granted.deposits));
    RC_ASSERT(minted == sum_of(fees) + sum_of(taken));
    if (granted.deposits < deposits.size()) RC_ASSERT(granted.withdrawals.size() == block_limits::withdrawals);
  }));
}

TEST_CASE("withdrawals that differ from the granted ones in anything are refused") {
  CHECK(rc::check([] {
    const auto fees = any_mints(8);
    const auto deposits = any_mints(60);
    const auto granted = grant_mints({.fees = fees, .deposits = deposits, .next_index = 5}).value().withdrawals;
    auto found = granted;
    const auto at = *rc::gen::inRange<std::size_t>(0, found.size() + 1);
    switch (*rc::gen::inRange(0, 5)) {
      case 0: found.insert(found.begin() + static_cast<std::ptrdiff_t>(at), withdrawal{5 + at, 0, account(200), gwei{1}}); break;
      case 1:
        RC_PRE(at < found.size());
        found.erase(found.begin() + static_cast<std::ptrdiff_t>(at));
        break;
      case 2:
        RC_PRE(at < found.size());
        found[at].amount = gwei{found[at].amount.value() ^ *rc::gen::inRange<std::uint64_t>(1, 1'000)};
        break;
      case 3:
        RC_PRE(at < found.size());
        found[at].index ^= *rc::gen::inRange<std::uint64_t>(1, 1'000);
        break;
      default:
        RC_PRE(at + 1 < found.size());
        std::swap(found[at], found[at + 1]);
        break;
    }
    RC_ASSERT_FALSE(check_withdrawals(found, granted).has_value());
    RC_ASSERT(check_withdrawals(granted, granted).has_value());
  }));
}
