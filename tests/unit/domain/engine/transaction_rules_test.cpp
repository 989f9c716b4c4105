// SPDX-License-Identifier: Apache-2.0
//
// Validity of transactions, with the texts of geth, and what they cost.
#include "support/domain/wallet.hpp"

#include <alys/domain/engine/intrinsic_gas.hpp>
#include <alys/domain/engine/transaction_rules.hpp>

#include <catch2/catch.hpp>

#include <limits>

using namespace alys::domain;
using namespace alys::domain::test;

namespace {

const transaction_rules rules{.chain_id = test_chain_id, .gas_limit = gas{30'000'000}};

[[nodiscard]] alys::result<void> check(transaction tx) { return check_transaction(*wallet{1}.sign(std::move(tx)), rules); }

} // namespace

TEST_CASE("an ordinary transfer is valid") { CHECK(check(wallet::unsigned_transfer(0))); }

TEST_CASE("a transaction of another chain is refused") {
  auto tx = wallet::unsigned_transfer(0);
  tx.chain_id = 1;
  CHECK(check(tx) == transaction_error::invalid_sender);
  CHECK(check(tx).error().text() == "invalid sender: invalid chain id for signer: have 1 want 1337");
}

TEST_CASE("a transaction without a chain id is of every chain") {
  auto tx = wallet::unsigned_transfer(0);
  tx.type = transaction_type::legacy;
  tx.max_priority_fee_per_gas = tx.max_fee_per_gas;
  tx.chain_id.reset();
  CHECK(check(tx));
}

TEST_CASE("contracts are not created") {
  auto tx = wallet::unsigned_transfer(0);
  tx.to.reset();
  CHECK(check(tx) == transaction_error::creation_not_supported);
}

TEST_CASE("gas limits lie between what a transaction costs and what a block has") {
  auto tx = wallet::unsigned_transfer(0);
  tx.gas_limit = gas{20'999};
  CHECK(check(tx) == transaction_error::intrinsic_gas_too_low);
  CHECK(check(tx).error().text() == "intrinsic gas too low: gas 20999, minimum needed 21000");
  tx.gas_limit = gas{30'000'000};
  CHECK(check(tx));
  tx.gas_limit = gas{30'000'001};
  CHECK(check(tx) == transaction_error::exceeds_block_gas_limit);
  CHECK(check(tx).error().text() == "exceeds block gas limit");
}

TEST_CASE("the tip does not exceed the fee cap") {
  auto tx = wallet::unsigned_transfer(0);
  tx.max_priority_fee_per_gas = tx.max_fee_per_gas;
  CHECK(check(tx));
  tx.max_fee_per_gas -= 1;
  CHECK(check(tx) == transaction_error::tip_above_fee_cap);
  CHECK(check(tx).error().text() ==
        "max priority fee per gas higher than max fee per gas: maxPriorityFeePerGas: 100000000000, maxFeePerGas: "
        "99999999999");
}

TEST_CASE("the last nonce is never used") {
  auto tx = wallet::unsigned_transfer(std::numeric_limits<std::uint64_t>::max());
  CHECK(check(tx) == transaction_error::nonce_max);
  --tx.nonce;
  CHECK(check(tx));
}

TEST_CASE("funds cover value and the dearest gas") {
  auto tx = wallet::unsigned_transfer(0);
  const wei cost = wei{21'000} * 100 * wei_per_gwei + 1;
  CHECK(check_funds(tx, cost));
  CHECK(check_funds(tx, cost - 1) == transaction_error::insufficient_funds);
  CHECK(check_funds(tx, cost - 1).error().text() ==
        "insufficient funds for gas * price + value: balance 2100000000000000, tx cost 2100000000000001, overshot 1");
  tx.value = std::numeric_limits<wei>::max();
  CHECK(check_funds(tx, std::numeric_limits<wei>::max()) == transaction_error::insufficient_funds);
}

TEST_CASE("data and access lists cost gas") {
  transaction tx = wallet::unsigned_transfer(0);
  CHECK(intrinsic_gas(tx) == gas{21'000});
  tx.data = {0, 0, 1, 255};
  CHECK(intrinsic_gas(tx) == gas{21'000 + 2 * 4 + 2 * 16});
  tx.access_list = {{.account = somebody, .storage_keys = {hash256{}, hash256{}}}, {.account = somebody, .storage_keys = {}}};
  CHECK(intrinsic_gas(tx) == gas{21'000 + 2 * 4 + 2 * 16 + 2 * 2'400 + 2 * 1'900});
  tx.to.reset();
  CHECK(intrinsic_gas(tx) == gas{53'000 + 2 + 2 * 4 + 2 * 16 + 2 * 2'400 + 2 * 1'900});
  tx.data.resize(33);
  CHECK(intrinsic_gas(tx) == gas{53'000 + 2 * 2 + 31 * 4 + 2 * 16 + 2 * 2'400 + 2 * 1'900});
}
