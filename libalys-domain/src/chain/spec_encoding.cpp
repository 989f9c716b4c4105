// SPDX-License-Identifier: Apache-2.0
//
// The bytes that the genesis block commits to.
#include <alys/domain/chain/canonical.hpp>
#include <alys/domain/chain/chain_spec.hpp>
#include <alys/domain/primitives/digest.hpp>

namespace alys::domain {
namespace {

void write(canonical_writer& out, const std::vector<schnorr_public_key>& keys) {
  out.count(keys.size());
  for (const schnorr_public_key& key : keys) out.raw(key.view());
}

} // namespace

bytes encode_spec(const chain_spec& spec) {
  canonical_writer out;
  out.u64(spec.chain_id);
  out.u64(static_cast<std::uint64_t>(spec.slot_duration.count())).u64(static_cast<std::uint64_t>(spec.max_drift.count()));
  out.u64(spec.genesis_time.value()).u64(spec.gas_limit.value()).word(spec.base_fee);
  out.count(spec.forks.size());
  for (const fork_activation& f : spec.forks) out.u64(f.from.value()).u32(f.fork);
  write(out, spec.authorities);
  write(out, spec.federation);
  out.count(spec.accounts.size());
  for (const genesis_account& a : spec.accounts) out.raw(a.address.view()).word(a.balance);
  return std::move(out).take();
}

hash256 commitment_of(const chain_spec& spec) { return tagged_hash("alys/chain-spec/v1", encode_spec(spec)); }

} // namespace alys::domain
