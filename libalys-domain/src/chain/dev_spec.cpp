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
  spec.forks = {{block_height{0}, 1}};
  for (std::size_t i = 0; i < authorities; ++i) {
    spec.authorities.push_back(dev_authority_key(authority_index{static_cast<std::uint16_t>(i)}).public_key());
  }
  spec.federation = {spec.authorities.front()};
  spec.accounts = {{dev_account, coin * 1'000'000}};
  return spec;
}

} // namespace alys::domain
