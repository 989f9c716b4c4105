// SPDX-License-Identifier: Apache-2.0
//
// A chain for tests: the development spec with any number of authorities, and blocks that meet every rule unless a test breaks one.
#pragma once

#include <alys/domain/aura/schedule.hpp>
#include <alys/domain/chain/certificate.hpp>
#include <alys/domain/chain/dev_spec.hpp>
#include <alys/domain/chain/genesis.hpp>
#include <alys/domain/chain/identity.hpp>
#include <alys/domain/chain/seal.hpp>
#include <alys/domain/chain/validate.hpp>
#include <alys/domain/primitives/digest.hpp>

#include <string>
#include <utility>
#include <vector>

namespace alys::test {

namespace dom = alys::domain;

class test_chain {
public:
  explicit test_chain(std::size_t authorities = 1) : spec(dom::dev_spec(std::chrono::seconds{2}, authorities)) {
    for (std::size_t i = 0; i < authorities; ++i) keys.push_back(dom::dev_authority_key(index(i)));
    dom::execution_payload first;
    first.gas_limit = spec.gas_limit;
    first.base_fee_per_gas = spec.base_fee;
    first.state_root = dom::keccak256(dom::bytes_of("genesis state"));
    first.block_hash = dom::keccak256(dom::bytes_of("genesis payload"));
    genesis = dom::make_genesis(spec, first).value();
  }

  [[nodiscard]] static dom::authority_index index(std::size_t i) { return dom::authority_index{static_cast<std::uint16_t>(i)}; }

  // A payload that belongs on top of `parent` in this slot.
  [[nodiscard]] dom::execution_payload payload(const dom::block& parent, dom::slot s) const {
    dom::execution_payload p;
    p.parent_hash = parent.payload.block_hash;
    p.block_number = parent.header.height + 1;
    p.timestamp = dom::payload_time(spec, s);
    p.prev_randao = dom::prev_randao_after(dom::id_of(parent.header));
    p.gas_limit = spec.gas_limit;
    p.base_fee_per_gas = spec.base_fee;
    p.block_hash = dom::keccak256(dom::bytes_of("payload of slot " + std::to_string(s.value())));
    return p;
  }

  // The sealed block with this payload.
  [[nodiscard]] dom::block proposal(const dom::block& parent, dom::slot s, dom::execution_payload with) const {
    dom::block one;
    one.payload = std::move(with);
    one.header = {.chain_id = spec.chain_id,
                  .fork = dom::fork_at(spec, parent.header.height + 1),
                  .height = parent.header.height + 1,
                  .slot = s,
                  .time = dom::clock_of(spec).start_of(s),
                  .parent = dom::id_of(parent.header),
                  .author = dom::author_of(s, keys.size()),
                  .payload = dom::commitment_of(one.payload)};
    seal(one);
    return one;
  }
  [[nodiscard]] dom::block proposal(const dom::block& parent, dom::slot s) const { return proposal(parent, s, payload(parent, s)); }

  // The same with the approvals of all authorities.
  [[nodiscard]] dom::block certified(const dom::block& parent, dom::slot s) const {
    dom::block one = proposal(parent, s);
    approve(one, keys.size());
    return one;
  }

  // Seals a changed block again, as its author.
  void seal(dom::block& one) const { one.seal = dom::seal_of(one.header, keys.at(one.header.author.value)); }

  // Approves it in the name of the first `count` authorities.
  void approve(dom::block& one, std::size_t count) const {
    one.approvals.clear();
    for (std::size_t i = 0; i < count; ++i) one.approvals.push_back(dom::approve(one.header, index(i), keys.at(i)));
  }

  dom::chain_spec spec;
  std::vector<dom::secret_key> keys;
  dom::block genesis;
};

} // namespace alys::test
