// SPDX-License-Identifier: Apache-2.0
//
// The development chain.
#include <alys/domain/chain/canonical.hpp>
#include <alys/domain/chain/dev_spec.hpp>
#include <alys/domain/primitives/digest.hpp>

namespace alys::domain {

secret_key dev_authority_key(authority_index index) {
  canonical_writer message;
  message.u16(index.value);
  return secret_key::from(tagged_hash("alys/dev-authority/v1", message.content()).view()).value();
}

chain_spec dev_spec(std::chrono::milliseconds slot_duration, std::size_t authorities) {
  using namespace std::chrono_literals;
  const wei coin = to_wei(gwei{1'000'000'000});
  chain_spec spec;
  spec.chain_id = dev_chain_id;
  spec.slot_duration = slot_duration;
  spec.max_drift = 500ms;
  spec.gas_limit = gas{30'000'000};
  spec.base_fee = to_wei(gwei{1});
  spec.activations = {{block_height{0}, 1}};
  for (std::size_t i = 0; i < authorities; ++i) {
    const auto key = dev_authority_key(authority_index{static_cast<std::uint16_t>(i)}).public_key();
    spec.authorities.push_back(key);
    spec.federation.push_back({key, dev_account});
  }
  spec.bitcoin = {.start_height = bitcoin_height{0}, .required_confirmations = block_count{1}};
  spec.proof_of_work = {.bits = {0x207fffff}, // that of Bitcoin's regression test mode: every second hash will do
                        .easiest_bits = {0x207fffff},
                        .hardest_bits = {0x1d00ffff},
                        .target_timespan = block_count{60},
                        .target_spacing = block_count{5},
                        .max_adjustment = percent{20},
                        .no_retargeting = true,
                        .max_blocks_without = block_count{50'000}};
  spec.accounts = {{dev_account, coin * 1'000'000}};
  return spec;
}

} // namespace alys::domain
