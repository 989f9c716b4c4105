// SPDX-License-Identifier: Apache-2.0
//
// The fee market, with cases of EIP-1559's own tests in geth (consensus/misc/eip1559), and suggested tips.
#include <alys/domain/engine/fee_market.hpp>
#include <alys/domain/engine/tip_history.hpp>

#include <catch2/catch.hpp>

#include <limits>

using namespace alys::domain;

namespace {

[[nodiscard]] wei after(std::uint64_t limit, std::uint64_t used, const wei& base_fee) {
  return next_base_fee({.gas_limit = gas{limit}, .gas_used = gas{used}, .base_fee = base_fee});
}

[[nodiscard]] receipt paid(const wei& price) {
  receipt r;
  r.effective_gas_price = price;
  return r;
}

} // namespace

TEST_CASE("the base fee follows demand") {
  CHECK(after(20'000'000, 10'000'000, 1'000'000'000) == 1'000'000'000); // at the target
  CHECK(after(20'000'000, 9'000'000, 1'000'000'000) == 987'500'000);
  CHECK(after(20'000'000, 11'000'000, 1'000'000'000) == 1'012'500'000);
  CHECK(after(30'000'000, 0, 1'000'000'000) == 875'000'000);
  CHECK(after(30'000'000, 30'000'000, 1'000'000'000) == 1'125'000'000);
}

TEST_CASE("a rising base fee rises by at least one wei and a falling one can stand still") {
  CHECK(after(30'000'000, 30'000'000, 1) == 2);
  CHECK(after(30'000'000, 30'000'000, 0) == 1);
  CHECK(after(30'000'000, 0, 7) == 7);
  CHECK(after(30'000'000, 0, 8) == 7);
}

TEST_CASE("the base fee cannot overflow on its way") {
  const wei high = wei{1} << 250U;
  CHECK(after(30'000'000, 0, high) == high - high / 8);
  CHECK(after(1, 1, 5) == 5); // no target
}

TEST_CASE("a gas limit moves by less than a 1024th") {
  CHECK(gas_limit_allowed(gas{30'000'000}, gas{30'000'000}));
  CHECK(gas_limit_allowed(gas{1'024'000}, gas{1'024'999}));
  CHECK_FALSE(gas_limit_allowed(gas{1'024'000}, gas{1'025'000}));
  CHECK(gas_limit_allowed(gas{1'024'000}, gas{1'023'001}));
  CHECK_FALSE(gas_limit_allowed(gas{1'024'000}, gas{1'023'000}));
  CHECK_FALSE(gas_limit_allowed(gas{5'000}, gas{4'999}));
  CHECK(gas_limit_allowed(gas{5'000}, gas{5'000}));
}

TEST_CASE("the tip is what the fee cap leaves above the base fee") {
  transaction tx;
  tx.max_priority_fee_per_gas = 10;
  tx.max_fee_per_gas = 100;
  CHECK(effective_tip(tx, 50) == wei{10});
  CHECK(effective_tip(tx, 95) == wei{5});
  CHECK(effective_tip(tx, 100) == wei{0});
  CHECK(effective_tip(tx, 101) == std::nullopt);
}

TEST_CASE("the highest cost needs more than 256 bits and gets them") {
  transaction tx;
  tx.max_fee_per_gas = tx.value = std::numeric_limits<wei>::max();
  tx.gas_limit = gas::max();
  CHECK(highest_cost(tx) > std::numeric_limits<wei>::max());
  tx.max_fee_per_gas = 3;
  tx.gas_limit = gas{21'000};
  tx.value = 5;
  CHECK(highest_cost(tx) == 63'005);
}

TEST_CASE("without transactions the fallback is suggested") {
  tip_history tips;
  CHECK(tips.suggest(7) == 7);
  tips.record({}, 1);
  CHECK(tips.suggest(7) == 7);
}

TEST_CASE("the suggested tip is the 60th percentile of the lowest three of each block") {
  tip_history tips;
  const std::vector<receipt> block{paid(105), paid(101), paid(103), paid(102), paid(104)};
  tips.record(block, 100); // keeps 1 2 3
  CHECK(tips.suggest(0) == 2);
  const std::vector<receipt> dearer{paid(120), paid(110)};
  tips.record(dearer, 100); // 1 2 3 10 20
  CHECK(tips.suggest(0) == 3);
}

TEST_CASE("blocks that are long past are forgotten") {
  tip_history tips;
  const std::vector<receipt> dear{paid(1'000), paid(1'000), paid(1'000)};
  for (int i = 0; i < 20; ++i) tips.record(dear, 0);
  CHECK(tips.suggest(0) == 1'000);
  const std::vector<receipt> cheap{paid(1)};
  for (int i = 0; i < 20; ++i) tips.record(cheap, 0);
  CHECK(tips.suggest(0) == 1);
}
