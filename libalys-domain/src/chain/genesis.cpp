// SPDX-License-Identifier: Apache-2.0
//
// Making the first block.
#include <alys/domain/chain/genesis.hpp>

#include <alys/domain/chain/identity.hpp>
#include <alys/domain/chain/validate.hpp>

#include <string>

namespace alys::domain {
namespace {

[[nodiscard]] alys::result<void> belongs_to(const chain_spec& spec, slot first, const execution_payload& payload) {
  if (!payload.parent_hash.is_zero()) return alys::refuse(genesis_error::has_parent);
  if (!payload.transactions.empty() || !payload.withdrawals.empty()) return alys::refuse(genesis_error::not_empty);
  if (payload.block_number != block_height{0}) return alys::refuse(genesis_error::wrong_number);
  if (payload.timestamp != payload_time(spec, first)) return alys::refuse(genesis_error::wrong_time);
  if (payload.gas_limit != spec.gas_limit) return alys::refuse(genesis_error::wrong_gas_limit);
  if (payload.base_fee_per_gas != spec.base_fee) return alys::refuse(genesis_error::wrong_base_fee);
  if (payload.fork != fork_at(spec.execution, payload.timestamp)) return alys::refuse(genesis_error::wrong_fork);
  return {};
}

} // namespace

alys::result<block> make_genesis(const chain_spec& spec, execution_payload payload) {
  const slot first = clock_of(spec).slot_at(spec.genesis_time);
  if (auto fits = belongs_to(spec, first, payload); !fits) return fits.error();
  block_header header;
  header.chain_id = spec.chain_id;
  header.fork = fork_at(spec, block_height{0});
  header.slot = first;
  header.time = spec.genesis_time;
  header.parent = block_id{commitment_of(spec).content()};
  header.payload = commitment_of(payload);
  return block{header, std::move(payload), {}, {}};
}

execution_genesis execution_genesis_of(const chain_spec& spec) {
  execution_genesis genesis;
  genesis.gas_limit = spec.gas_limit;
  genesis.base_fee = spec.base_fee;
  genesis.timestamp = to_seconds(spec.genesis_time);
  genesis.forks = spec.execution;
  for (const genesis_account& each : spec.accounts) genesis.accounts[each.address].balance = each.balance;
  return genesis;
}

} // namespace alys::domain
