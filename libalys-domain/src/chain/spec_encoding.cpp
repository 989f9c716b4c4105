// SPDX-License-Identifier: Apache-2.0
//
// The bytes that the genesis block commits to.
#include <alys/domain/chain/canonical.hpp>
#include <alys/domain/chain/chain_spec.hpp>
#include <alys/domain/primitives/digest.hpp>

namespace alys::domain {
namespace {

void write(canonical_writer& out, const bitcoin_rules& rules) {
  out.u64(rules.start_height.value()).u64(rules.required_confirmations.value());
}

void write(canonical_writer& out, const proof_of_work_rules& rules) {
  out.u32(rules.bits.bits).u32(rules.easiest_bits.bits).u32(rules.hardest_bits.bits);
  out.u64(rules.target_timespan.value()).u64(rules.target_spacing.value()).u64(rules.max_adjustment.value());
  out.u8(rules.no_retargeting ? 1 : 0).u64(rules.max_blocks_without.value());
}

// Chains that began before there was anything to say here keep their ids.
void write(canonical_writer& out, const execution_forks& forks) {
  for (const auto& time : {forks.cancun, forks.prague}) {
    if (time) out.u64(time->value());
  }
}

} // namespace

bytes encode_spec(const chain_spec& spec) {
  canonical_writer out;
  out.u64(spec.chain_id);
  out.u64(static_cast<std::uint64_t>(spec.slot_duration.count())).u64(static_cast<std::uint64_t>(spec.max_drift.count()));
  out.u64(spec.genesis_time.value()).u64(spec.gas_limit.value()).word(spec.base_fee);
  out.count(spec.activations.size());
  for (const fork_activation& f : spec.activations) out.u64(f.from.value()).u32(f.fork);
  out.count(spec.authorities.size());
  for (const schnorr_public_key& key : spec.authorities) out.raw(key.view());
  out.count(spec.federation.size());
  for (const federation_member& m : spec.federation) out.raw(m.bitcoin_key.view()).raw(m.fee_recipient.view());
  write(out, spec.bitcoin);
  write(out, spec.proof_of_work);
  out.count(spec.accounts.size());
  for (const genesis_account& a : spec.accounts) out.raw(a.address.view()).word(a.balance);
  write(out, spec.execution);
  return std::move(out).take();
}

hash256 commitment_of(const chain_spec& spec) { return tagged_hash("alys/chain-spec/v2", encode_spec(spec)); }

} // namespace alys::domain
