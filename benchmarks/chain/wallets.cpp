// SPDX-License-Identifier: Apache-2.0
#include "wallets.hpp"

#include <alys/domain/chain/dev_spec.hpp>
#include <alys/domain/engine/transaction_signing.hpp>
#include <alys/domain/primitives/digest.hpp>

#include <chrono>
#include <string>

namespace bench {

using namespace alys::domain;

namespace {

[[nodiscard]] signed_transfer sign(const hash256& key, std::uint64_t chain_id, std::uint64_t nonce) {
  transaction t;
  t.type = transaction_type::fee_market;
  t.chain_id = chain_id;
  t.nonce = nonce;
  t.max_priority_fee_per_gas = wei_per_gwei;
  t.max_fee_per_gas = wei{100} * wei_per_gwei;
  t.gas_limit = gas{21'000};
  t.to = dev_account;
  t.value = 1;
  const transaction_ptr done = sign_transaction(std::move(t), key).value();
  return {done->raw, done->hash};
}

} // namespace

std::vector<wallet> make_wallets(const char* purpose, std::size_t count, std::size_t transfers_each) {
  const std::uint64_t chain_id = dev_spec(std::chrono::seconds{1}).chain_id;
  std::vector<wallet> all(count);
  for (std::size_t i = 0; i < count; ++i) {
    const hash256 key = sha256(bytes_of(purpose + std::to_string(i)));
    all[i].address = address_of(key).value();
    for (std::uint64_t nonce = 0; nonce < transfers_each; ++nonce) all[i].transfers.push_back(sign(key, chain_id, nonce));
  }
  return all;
}

} // namespace bench
