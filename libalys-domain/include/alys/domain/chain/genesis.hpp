// SPDX-License-Identifier: Apache-2.0
//
// The first block of a chain. Nobody seals it: every node makes it from the chain spec and from the payload that its execution engine starts
// with, and calls another chain whatever does not descend from it.
//
// ```cpp
// inline bool wrong_engine(const alys::domain::chain_spec& spec, alys::domain::execution_payload first) {
//   first.gas_limit = alys::domain::gas{1};
//   return alys::domain::make_genesis(spec, first) == alys::domain::genesis_error::wrong_gas_limit;
// }
// ```
#pragma once

#include <alys/actors/result.hpp>
#include <alys/domain/chain/block.hpp>
#include <alys/domain/chain/chain_spec.hpp>
#include <alys/domain/engine/ledger.hpp>

#include <cstdint>

namespace alys::domain {

// Why an engine's first payload does not belong to the spec: the engine was set up for another chain.
enum class genesis_error : std::uint8_t {
  none,
  has_parent,
  not_empty, // carries transactions or withdrawals
  wrong_number,
  wrong_time,
  wrong_gas_limit,
  wrong_base_fee,
  wrong_fork,
};
constexpr alys::classification alys_classify(genesis_error) noexcept { return {alys::category::configuration, std::nullopt}; }
ALYS_ERRORS(genesis_error, has_parent, not_empty, wrong_number, wrong_time, wrong_gas_limit, wrong_base_fee, wrong_fork)

// The genesis block: height 0, in the slot of the spec's genesis time, its parent the commitment to the spec, without seal and approvals;
// certified and final by definition. Refuses with a genesis_error. That the payload's state holds the spec's accounts is the engine's to see
// to, and follows from the id, which commits to both.
[[nodiscard]] alys::result<block> make_genesis(const chain_spec&, execution_payload);

// What an engine starts this chain with.
[[nodiscard]] execution_genesis execution_genesis_of(const chain_spec&);

} // namespace alys::domain
