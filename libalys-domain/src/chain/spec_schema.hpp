// SPDX-License-Identifier: Apache-2.0
//
// Chain specs as the TOML component takes them: the structs of a file, and the texts of keys, addresses, amounts and targets.
#pragma once

#include <alys/actors/toml.hpp>
#include <alys/domain/chain/chain_spec.hpp>

#include <algorithm>

namespace alys::domain {

// ---- texts ----

// "0x" and two digits a byte, as everywhere. A missing 0x is let pass nowhere: a value that was nearly right is usually another value.
[[nodiscard]] constexpr std::string_view alys_text_form(tag<schnorr_public_key>) {
  return "a public key (BIP-340), 0x and 64 hexadecimal digits";
}
[[nodiscard]] constexpr std::string_view alys_text_form(tag<address>) { return "an address, 0x and 40 hexadecimal digits"; }

template <class Tag, std::size_t N>
[[nodiscard]] std::string alys_text_of(const fixed_bytes<Tag, N>& value) {
  return to_hex(value);
}
template <class Tag, std::size_t N>
[[nodiscard]] std::optional<fixed_bytes<Tag, N>> alys_parse_text(std::string_view text, tag<fixed_bytes<Tag, N>>) {
  const auto read = fixed_bytes<Tag, N>::from_hex(text);
  return read ? std::optional{*read} : std::nullopt;
}

[[nodiscard]] constexpr std::string_view alys_text_form(tag<compact_target>) {
  return "a target as in Bitcoin's headers, 0x and 8 hexadecimal digits";
}
[[nodiscard]] inline std::string alys_text_of(compact_target value) { return to_text(value); }
[[nodiscard]] inline std::optional<compact_target> alys_parse_text(std::string_view text, tag<compact_target>) {
  return compact_target_of(text);
}

// An amount in wei.
struct wei_text {
  wei amount;
};
[[nodiscard]] constexpr std::string_view alys_text_form(tag<wei_text>) {
  return "a number of wei below 2^256, as text of digits without leading zeros";
}
[[nodiscard]] inline std::string alys_text_of(const wei_text& value) { return value.amount.str(); }
[[nodiscard]] std::optional<wei_text> alys_parse_text(std::string_view text, tag<wei_text>);

// A set of rules, by its name.
struct fork_name {
  fork_id fork = 0;
};
[[nodiscard]] std::string alys_text_form(tag<fork_name>);
[[nodiscard]] std::string alys_text_of(fork_name value);
[[nodiscard]] std::optional<fork_name> alys_parse_text(std::string_view text, tag<fork_name>);

// ---- the file ----

struct activation_entry {
  static constexpr bool complete = true;
  fork_name rules;
  block_height from;
};
ALYS_CONFIG(activation_entry, rules, from)

// Left out: never.
struct execution_entry {
  std::optional<unix_seconds> cancun_time;
  std::optional<unix_seconds> prague_time;
};
ALYS_CONFIG(execution_entry, cancun_time, prague_time)

struct member_entry {
  static constexpr bool complete = true;
  schnorr_public_key bitcoin_key;
  address fee_recipient;
};
ALYS_CONFIG(member_entry, bitcoin_key, fee_recipient)

struct bitcoin_entry {
  static constexpr bool complete = true;
  bitcoin_height start_height;
  block_count required_confirmations;
};
ALYS_CONFIG(bitcoin_entry, start_height, required_confirmations)

struct proof_of_work_entry {
  static constexpr bool complete = true;
  compact_target bits;
  compact_target easiest_bits;
  compact_target hardest_bits;
  block_count target_timespan;
  block_count target_spacing;
  percent max_adjustment;
  bool no_retargeting = false;
  block_count max_blocks_without;
};
ALYS_CONFIG(proof_of_work_entry, bits, easiest_bits, hardest_bits, target_timespan, target_spacing, max_adjustment, no_retargeting,
            max_blocks_without)

struct account_entry {
  static constexpr bool complete = true;
  domain::address address;
  wei_text balance;
};
ALYS_CONFIG(account_entry, address, balance)

struct spec_entries {
  static constexpr bool complete = true;
  std::uint64_t chain_id = 0;
  std::chrono::milliseconds slot_duration{};
  std::chrono::milliseconds max_drift{};
  unix_milliseconds genesis_time;
  gas gas_limit;
  wei_text base_fee;
  std::vector<schnorr_public_key> authorities;
  std::optional<execution_entry> execution; // older files have none
  std::vector<activation_entry> activations;
  std::vector<member_entry> federation;
  bitcoin_entry bitcoin;
  proof_of_work_entry proof_of_work;
  std::vector<account_entry> accounts;
  void validate(problem_list& problems) const;
};
ALYS_CONFIG(spec_entries, chain_id, slot_duration, max_drift, genesis_time, gas_limit, base_fee, authorities, execution, activations,
            federation, bitcoin, proof_of_work, accounts)

[[nodiscard]] chain_spec spec_of(const spec_entries& entries);
[[nodiscard]] spec_entries entries_of(const chain_spec& spec);
[[nodiscard]] std::vector<genesis_account> accounts_of(const std::vector<account_entry>& entries);

} // namespace alys::domain
