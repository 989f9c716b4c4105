// SPDX-License-Identifier: Apache-2.0
//
// What the nodes of one chain agree on before its first block: who its authorities and federation are, how long a slot lasts, what Bitcoin's
// chain must have done before it counts, which accounts start with coins. The genesis block commits to all of it, so that two nodes with different specs never take each other's blocks.
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
#include <alys/domain/chain/compact_target.hpp>
#include <alys/domain/engine/execution_fork.hpp>
#include <alys/domain/primitives/bytes.hpp>
#include <alys/domain/primitives/hash.hpp>
#include <alys/domain/primitives/units.hpp>
#include <alys/domain/primitives/wei.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace alys::domain {

// From this height on, blocks carry this fork's number and obey its rules. What blocks of old were allowed stands in this table, not in code.
struct fork_activation {
  block_height from;
  fork_id fork = 0;

  friend bool operator==(const fork_activation&, const fork_activation&) = default;
};

// The sets of rules that this program knows, by the names that chain specs use. A node cannot follow a chain by rules that it does not know.
struct known_fork {
  fork_id fork;
  std::string_view name;
};
inline constexpr known_fork known_forks[] = {{1, "launch"}};

// Who holds a share of the bitcoin behind the chain.
struct federation_member {
  schnorr_public_key bitcoin_key; // of the federation's Taproot output (BIP-341, BIP-342)
  address fee_recipient;          // gets the member's share of the fees; not zero; at most 15 different ones

  friend bool operator==(const federation_member&, const federation_member&) = default;
};

// What the chain demands of Bitcoin's.
struct bitcoin_rules {
  bitcoin_height start_height;        // where deposits are looked for first; at most 499 999 999, as Bitcoin's lock times count heights
  block_count required_confirmations; // of a deposit; 1 to 10 000

  friend bool operator==(const bitcoin_rules&, const bitcoin_rules&) = default;
};

// How hard merged mining is, in targets of Bitcoin's headers and in blocks of this chain. No rule of the fork `launch` asks for it.
struct proof_of_work_rules {
  compact_target bits;            // of the first work; between the two limits
  compact_target easiest_bits;    // the largest target that an adjustment may reach
  compact_target hardest_bits;    // the smallest
  block_count target_timespan;    // blocks between two adjustments; a multiple of target_spacing, to 10^9
  block_count target_spacing;     // blocks that one proof of work is to cover; 1 to 10^9
  percent max_adjustment;         // of the target, by one adjustment; 1 to 100
  bool no_retargeting = false;    // the target stays what it is
  block_count max_blocks_without; // a proof of work; at least 1

  friend bool operator==(const proof_of_work_rules&, const proof_of_work_rules&) = default;
};

// An account that has coins before the first block.
struct genesis_account {
  domain::address address;
  wei balance;

  friend bool operator==(const genesis_account&, const genesis_account&) = default;
};

struct chain_spec {
  std::uint64_t chain_id = 0;                  // EIP-155; 1 to 2^63 - 37 (EIP-2294)
  std::chrono::milliseconds slot_duration{0};  // 100 ms to 1 h
  std::chrono::milliseconds max_drift{0};      // how far a block's time may lie ahead of the local clock; 0 to 1 min
  unix_milliseconds genesis_time;              // before the year 10 000
  gas gas_limit;                               // of every payload; 5000, as Ethereum has it, to 2^63 - 1
  wei base_fee;                                // of the genesis payload, per gas; at least 1, below 2^128
  execution_forks execution;                   // of its payloads; each before the year 10 000
  std::vector<fork_activation> activations;    // the first from height 0, then ascending in both numbers; known_forks
  std::vector<schnorr_public_key> authorities; // 1 to max_authorities, none twice; their order is the order of turns
  std::vector<federation_member> federation;   // none: a chain without a peg; else one for each authority, in their order; no key twice
  bitcoin_rules bitcoin;
  proof_of_work_rules proof_of_work;
  std::vector<genesis_account> accounts; // ascending by address, none empty; less than 2^255 wei in all

  friend bool operator==(const chain_spec&, const chain_spec&) = default;
};

// Why a chain cannot run by a spec.
enum class spec_error : std::uint8_t {
  none,
  bad_chain_id,
  bad_slot_duration,
  bad_drift,
  bad_genesis_time,
  bad_gas_limit,
  bad_base_fee,
  bad_execution,
  bad_activations,
  bad_authorities,
  bad_federation,
  bad_bitcoin,
  bad_proof_of_work,
  bad_accounts,
};
constexpr alys::classification alys_classify(spec_error) noexcept { return {alys::category::configuration, std::nullopt}; }
ALYS_ERRORS(spec_error, bad_chain_id, bad_slot_duration, bad_drift, bad_genesis_time, bad_gas_limit, bad_base_fee, bad_execution,
            bad_activations, bad_authorities, bad_federation, bad_bitcoin, bad_proof_of_work, bad_accounts)

// One thing that is wrong with a spec.
struct spec_problem {
  spec_error code;
  std::string field; // "authorities[2]", "proof_of_work.bits"
  std::string text;  // what is allowed

  friend bool operator==(const spec_problem&, const spec_problem&) = default;
};

// All that is wrong with a spec: every range and order named above, and that every key is a point. In the order of the fields.
[[nodiscard]] std::vector<spec_problem> problems_of(const chain_spec&);

// Refuses with the first of these problems, as a spec_error that says what is allowed. All functions that take a spec expect one that passed.
[[nodiscard]] alys::result<void> check(const chain_spec&);

// The fork whose rules a block at this height obeys.
[[nodiscard]] fork_id fork_at(const chain_spec&, block_height);

[[nodiscard]] inline slot_clock clock_of(const chain_spec& spec) { return slot_clock{spec.slot_duration}; }

// The canonical encoding (docs/reference/wire.md), and its tagged hash: the parent of the genesis block.
[[nodiscard]] bytes encode_spec(const chain_spec&);
[[nodiscard]] hash256 commitment_of(const chain_spec&);

} // namespace alys::domain
