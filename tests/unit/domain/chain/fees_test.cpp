// SPDX-License-Identifier: Apache-2.0
//
// Tips of a block, and how they are split.
#include <alys/domain/chain/fees.hpp>

#include <alys/domain/primitives/digest.hpp>

#include <catch2/catch.hpp>

#include <limits>

using namespace alys::domain;

namespace {

constexpr auto miner = address::literal("0x00000000000000000000000000000000000000a1");
constexpr auto first = address::literal("0x00000000000000000000000000000000000000f1");
constexpr auto second = address::literal("0x00000000000000000000000000000000000000f2");
constexpr auto third = address::literal("0x00000000000000000000000000000000000000f3");

// A payload of two transactions at a base fee of 100 wei: one leaves a tip of 7 wei for each gas, the other none.
struct two_transactions {
  two_transactions() {
    payload.base_fee_per_gas = 100;
    payload.gas_used = gas{52'000};
    payload.transactions = {{0x02, 0x01}, {0x02, 0x02}};
    for (const bytes& raw : payload.transactions) {
      receipt r;
      r.transaction_hash = keccak256(raw);
      receipts.push_back(r);
    }
    receipts[0].gas_used = receipts[0].cumulative_gas_used = gas{21'000};
    receipts[0].effective_gas_price = 107;
    receipts[1].gas_used = gas{31'000};
    receipts[1].cumulative_gas_used = gas{52'000};
    receipts[1].effective_gas_price = 100;
  }

  [[nodiscard]] alys::result<wei> tips() const { return tips_of(payload, receipts); }

  execution_payload payload;
  std::vector<receipt> receipts;
};

} // namespace

TEST_CASE_METHOD(two_transactions, "tips are gas times what is paid above the base fee") { CHECK(tips() == wei{147'000}); }

TEST_CASE("a block without transactions has no tips") { CHECK(tips_of({}, {}) == wei{0}); }

TEST_CASE_METHOD(two_transactions, "tips are known from all receipts or not at all") {
  SECTION("one is missing") {
    receipts.pop_back();
    CHECK(tips().error() == fee_error::receipts_incomplete);
  }
  SECTION("one is too many") {
    receipts.push_back(receipts.back());
    CHECK(tips().error() == fee_error::receipts_incomplete);
  }
  SECTION("they are in another order") {
    std::swap(receipts[0], receipts[1]);
    CHECK(tips().error() == fee_error::wrong_receipt);
  }
  SECTION("their gas does not add up") {
    receipts[1].cumulative_gas_used = gas{51'999};
    CHECK(tips().error() == fee_error::wrong_gas);
  }
  SECTION("their gas is not the payload's") {
    payload.gas_used = gas{52'001};
    CHECK(tips().error() == fee_error::wrong_gas);
  }
  SECTION("their gas does not fit 64 bits") {
    receipts[1].gas_used = gas::max();
    CHECK(tips().error() == fee_error::wrong_gas);
  }
  SECTION("one paid less than the base fee") {
    receipts[1].effective_gas_price = 99;
    CHECK(tips().error() == fee_error::below_base_fee);
  }
  SECTION("the sum does not fit 256 bits") {
    receipts[0].effective_gas_price = std::numeric_limits<wei>::max();
    CHECK(tips().error() == fee_error::too_much);
  }
}

TEST_CASE("four fifths of the fees are the miner's and the federation shares the rest") {
  const std::vector<address> federation{first, second};
  const auto split = split_fees(to_wei(gwei{1'000}), miner, federation);
  CHECK(split.shares == std::vector<mint>{{miner, gwei{800}}, {first, gwei{100}}, {second, gwei{100}}});
  CHECK(split.left == 0);
}

TEST_CASE("what does not divide or is below a gwei is not lost but gathered further") {
  const std::vector<address> federation{first, second, third};
  const wei fees = to_wei(gwei{1'001}) + 5;
  const auto split = split_fees(fees, miner, federation);
  // 80 percent are 800.8 gwei, a third of the rest 66.7.
  CHECK(split.shares == std::vector<mint>{{miner, gwei{800}}, {first, gwei{66}}, {second, gwei{66}}, {third, gwei{66}}});
  CHECK(split.left == to_wei(gwei{3}) + 5);
  const wei gathered = gathered_after(split, 40);
  CHECK(gathered == to_wei(gwei{3}) + 45);
  CHECK(gathered_after(gathered, wei{2}) == to_wei(gwei{3}) + 47);
}

TEST_CASE("fees below a gwei pay nobody and are all left") {
  const std::vector<address> federation{first};
  const auto split = split_fees(wei{999'999'999}, miner, federation);
  CHECK(split.shares.empty());
  CHECK(split.left == 999'999'999);
}

TEST_CASE("without a federation the miner gets all fees") {
  const auto split = split_fees(to_wei(gwei{7}) + 1, miner, {});
  CHECK(split.shares == std::vector<mint>{{miner, gwei{7}}});
  CHECK(split.left == 1);
}

TEST_CASE("more than withdrawals can name in all is paid as far as they can") {
  const std::vector<address> federation{first};
  const auto split = split_fees(std::numeric_limits<wei>::max(), miner, federation);
  REQUIRE(split.shares.size() == 2);
  CHECK(checked_add(split.shares[0].amount, split.shares[1].amount).has_value());
  CHECK(split.left + to_wei(split.shares[0].amount) + to_wei(split.shares[1].amount) == std::numeric_limits<wei>::max());
}
