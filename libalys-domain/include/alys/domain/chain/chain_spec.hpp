// SPDX-License-Identifier: Apache-2.0
//
// What the nodes of one chain agree on before its first block: who its authorities and federation are, how long a slot lasts, which accounts
// start with coins. The genesis block commits to all of it, so that two nodes with different specs never take each other's blocks.
//
// ```cpp
// inline alys::domain::chain_spec slower(alys::domain::chain_spec spec) {
//   spec.slot_duration = 5s;
//   return spec;
// }
// inline bool another_chain(const alys::domain::chain_spec& spec) {
//   return alys::domain::commitment_of(spec) != alys::domain::commitment_of(slower(spec));
// }
// ```
#pragma once

#include <alys/actors/result.hpp>
#include <alys/domain/aura/signing.hpp>
#include <alys/domain/aura/slot_clock.hpp>
#include <alys/domain/chain/block.hpp>
#include <alys/domain/primitives/bytes.hpp>
#include <alys/domain/primitives/hash.hpp>
#include <alys/domain/primitives/units.hpp>
#include <alys/domain/primitives/wei.hpp>

#include <chrono>
#include <cstdint>
#include <vector>

namespace alys::domain {

// From this height on, blocks carry this fork's number and obey its rules.
struct fork_activation {
  block_height from;
  fork_id fork = 0;

  friend bool operator==(const fork_activation&, const fork_activation&) = default;
};

// An account that has coins before the first block.
struct genesis_account {
  domain::address address;
  wei balance;

  friend bool operator==(const genesis_account&, const genesis_account&) = default;
};

struct chain_spec {
  std::uint64_t chain_id = 0;                 // EIP-155; at least 1
  std::chrono::milliseconds slot_duration{0}; // 100 ms to 1 h
  std::chrono::milliseconds max_drift{0};     // how far a block's time may lie ahead of the local clock; 0 to 1 min
  unix_milliseconds genesis_time;
  gas gas_limit;                               // of every payload; at least 5000, as Ethereum has it
  wei base_fee;                                // of the genesis payload, per gas; at least 1, below 2^128
  std::vector<fork_activation> forks;          // the first from height 0, then ascending in both numbers
  std::vector<schnorr_public_key> authorities; // 1 to max_authorities, none twice; their order is the order of turns
  std::vector<schnorr_public_key> federation;  // none twice; may be empty: a chain without a peg
  std::vector<genesis_account> accounts;       // ascending by address, none empty; less than 2^255 wei in all

  friend bool operator==(const chain_spec&, const chain_spec&) = default;
};

// Why a chain cannot run by a spec.
enum class spec_error : std::uint8_t {
  none,
  bad_chain_id,
  bad_slot_duration,
  bad_drift,
  bad_gas_limit,
  bad_base_fee,
  bad_forks,
  bad_authorities,
  bad_federation,
  bad_accounts,
};
constexpr alys::classification alys_classify(spec_error) noexcept { return {alys::category::configuration, std::nullopt}; }
ALYS_ERRORS(spec_error, bad_chain_id, bad_slot_duration, bad_drift, bad_gas_limit, bad_base_fee, bad_forks, bad_authorities, bad_federation,
            bad_accounts)

// Checks every range and order named above, and that every key is a point. Refuses with a spec_error that says what is allowed. All functions
// that take a spec expect one that passed.
[[nodiscard]] alys::result<void> check(const chain_spec&);

// The fork whose rules a block at this height obeys.
[[nodiscard]] fork_id fork_at(const chain_spec&, block_height);

[[nodiscard]] inline slot_clock clock_of(const chain_spec& spec) { return slot_clock{spec.slot_duration}; }

// The canonical encoding (docs/reference/wire.md), and its tagged hash: the parent of the genesis block.
[[nodiscard]] bytes encode_spec(const chain_spec&);
[[nodiscard]] hash256 commitment_of(const chain_spec&);

} // namespace alys::domain
