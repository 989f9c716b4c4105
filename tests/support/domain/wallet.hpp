// SPDX-License-Identifier: Apache-2.0
//
// Signs transfers for tests.
#pragma once

#include <alys/domain/engine/transaction_signing.hpp>

#include <cstdint>

namespace alys::domain::test {

inline constexpr std::uint64_t test_chain_id = 1337;
inline constexpr auto somebody = address::literal("0x00000000000000000000000000000000000000aa");

// What a test wants of a transfer; the rest is ordinary.
struct transfer {
  address to = somebody;
  domain::wei value = 1;
  domain::wei tip = wei_per_gwei;
  domain::wei fee_cap = domain::wei{100} * wei_per_gwei;
  std::uint64_t gas_limit = 21'000;
  bytes data{};
};

class wallet {
public:
  explicit wallet(std::uint8_t number) { key_.data()[hash256::size() - 1] = number; }

  [[nodiscard]] address who() const { return address_of(key_).value(); }

  [[nodiscard]] transaction_ptr sign(transaction tx) const { return sign_transaction(std::move(tx), key_).value(); }

  [[nodiscard]] transaction_ptr send(std::uint64_t nonce, const transfer& t = {}) const { return sign(unsigned_transfer(nonce, t)); }

  [[nodiscard]] static transaction unsigned_transfer(std::uint64_t nonce, const transfer& t = {}) {
    transaction tx;
    tx.type = transaction_type::fee_market;
    tx.chain_id = test_chain_id;
    tx.nonce = nonce;
    tx.max_priority_fee_per_gas = t.tip;
    tx.max_fee_per_gas = t.fee_cap;
    tx.gas_limit = gas{t.gas_limit};
    tx.to = t.to;
    tx.value = t.value;
    tx.data = t.data;
    return tx;
  }

private:
  hash256 key_;
};

} // namespace alys::domain::test
