// SPDX-License-Identifier: Apache-2.0
//
// Spec files: between a spec and the TOML component's structs, and the words about every key.
#include <alys/domain/chain/spec_file.hpp>

#include "spec_schema.hpp"

#include <set>
#include <sstream>

namespace alys::domain {
namespace {

constexpr spec_field all_fields[] = {
    {"chain_id", "number", "1 to 9223372036854775771",
     "Binds transactions to this chain (EIP-155, EIP-2294). Wallets know the chain by it."},
    {"slot_duration", "duration", "100ms to 1h", "In each slot one authority may make one block."},
    {"max_drift", "duration", "0ms to 1m", "How far a block's time may lie ahead of a node's clock."},
    {"genesis_time", "number", "0 to 253402300799999", "When the chain begins, in milliseconds since 1970-01-01 UTC."},
    {"gas_limit", "number", "5000 to 9223372036854775807", "Of every block."},
    {"base_fee", "text", "1 to 2^128 - 1", "Of the first block, in wei per unit of gas (EIP-1559)."},
    {"authorities", "list of texts", "1 to 256, none twice",
     "Who makes blocks: public keys (BIP-340), 0x and 64 hexadecimal digits. Their order is the order of turns."},
    {"execution", "table", "may be left out", "Forks of Ethereum that blocks obey after Shanghai, each from a time on."},
    {"execution.cancun_time", "number", "0 to 253402300799, or left out: never", "When Cancun begins, in seconds since 1970-01-01 UTC."},
    {"execution.prague_time", "number", "from cancun_time to 253402300799, or left out: never",
     "When Prague begins; needs an execution client."},
    {"activations", "list of tables", "ascending, the first from height 0", "Which rules hold from which height on."},
    {"activations.rules", "text", "launch", "A set of rules by its name, each newer than that of the row before."},
    {"activations.from", "number", "0 in the first row", "The first height at which they hold."},
    {"federation", "list of tables", "none, or one for each authority, in their order",
     "Who holds the bitcoin behind the chain; none: no peg."},
    {"federation.bitcoin_key", "text", "none twice",
     "The member's key in the federation's Taproot output (BIP-341): 0x and 64 hexadecimal digits."},
    {"federation.fee_recipient", "text", "not the zero address; at most 15 different ones",
     "The address that gets the member's share of the fees."},
    {"bitcoin.start_height", "number", "0 to 499999999", "The height of Bitcoin's chain at which deposits are looked for first."},
    {"bitcoin.required_confirmations", "number", "1 to 10000", "Blocks, its own included, that a deposit on Bitcoin's chain needs."},
    {"proof_of_work.bits", "text", "between the two limits", "The first target, as in Bitcoin's headers: 0x and 8 hexadecimal digits."},
    {"proof_of_work.easiest_bits", "text", "not harder than hardest_bits", "The target that no adjustment goes above."},
    {"proof_of_work.hardest_bits", "text", "", "The target that no adjustment goes below."},
    {"proof_of_work.target_timespan", "number", "1 to 1000000000, a multiple of target_spacing", "Counted in blocks of this chain."},
    {"proof_of_work.target_spacing", "number", "1 to 1000000000", "Blocks of this chain that one proof of work is to cover."},
    {"proof_of_work.max_adjustment", "number", "1 to 100", "Of the target by one adjustment, in percent."},
    {"proof_of_work.no_retargeting", "flag", "", "The target stays what it is."},
    {"proof_of_work.max_blocks_without", "number", "from 1", "Blocks that may follow each other without a proof of work."},
    {"accounts", "list of tables", "ascending by address, less than 2^255 wei together", "Who has coins before the first block."},
    {"accounts.address", "text", "none twice", "0x and 40 hexadecimal digits."},
    {"accounts.balance", "text", "from 1", "In wei, 10^18 to a coin."},
};

// The comment of a key, at its first place in a file.
class commentator {
public:
  void before(const std::string& key, std::string& out) {
    const auto* field = std::ranges::find(all_fields, key, &spec_field::key);
    if (field == std::end(all_fields) || !said_.insert(key).second) return;
    if (!out.ends_with("\n\n") && !out.ends_with("]\n")) out += '\n';
    out += "# " + std::string{field->meaning} + (field->allowed.empty() ? "" : " Allowed: " + std::string{field->allowed} + ".") + "\n";
  }

private:
  std::set<std::string> said_;
};

// The key or table that a line of what to_toml wrote begins: of "[[federation]]" and of "federation = []" it is "federation".
[[nodiscard]] std::string begun_by(const std::string& line) {
  if (!line.starts_with('[')) return line.substr(0, line.find(' '));
  const auto first = line.find_first_not_of('[');
  return line.substr(first, line.find(']') - first);
}

[[nodiscard]] std::string commented(const std::string& toml) {
  std::string out = "# What all nodes of this chain agree on. A change of any value is another chain.\n";
  commentator comments;
  std::istringstream lines{toml};
  std::string table;
  for (std::string line; std::getline(lines, line);) {
    if (!line.empty()) {
      const std::string name = begun_by(line);
      const bool header = line.starts_with('[');
      if (header) table = name;
      comments.before(header || table.empty() ? name : table + '.' + name, out);
    }
    out += line + "\n";
  }
  return out;
}

} // namespace

// ---- texts ----

std::optional<wei_text> alys_parse_text(std::string_view text, tag<wei_text>) {
  constexpr std::size_t most_digits = 78; // of 2^256
  const bool digits = std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
  if (text.empty() || text.size() > most_digits || !digits || (text.size() > 1 && text.front() == '0')) return std::nullopt;
  wide_wei value = 0;
  for (const char c : text) value = value * 10 + (c - '0');
  if ((value >> 256U) != 0) return std::nullopt;
  return wei_text{static_cast<wei>(value)};
}

std::string alys_text_form(tag<fork_name>) {
  std::string names;
  for (const known_fork& each : known_forks) names += (names.empty() ? "" : ", ") + std::string{each.name};
  return "rules that this program knows: " + names;
}

std::string alys_text_of(fork_name value) {
  const auto* known = std::ranges::find(known_forks, value.fork, &known_fork::fork);
  return known == std::end(known_forks) ? "fork " + std::to_string(value.fork) : std::string{known->name};
}

std::optional<fork_name> alys_parse_text(std::string_view text, tag<fork_name>) {
  const auto* known = std::ranges::find(known_forks, text, &known_fork::name);
  return known == std::end(known_forks) ? std::nullopt : std::optional{fork_name{known->fork}};
}

// ---- the file ----

void spec_entries::validate(problem_list& problems) const {
  for (spec_problem& each : problems_of(spec_of(*this))) problems.push_back({std::move(each.field), std::move(each.text)});
}

std::vector<genesis_account> accounts_of(const std::vector<account_entry>& entries) {
  std::vector<genesis_account> accounts;
  for (const account_entry& each : entries) accounts.push_back({each.address, each.balance.amount});
  return accounts;
}

chain_spec spec_of(const spec_entries& e) {
  chain_spec spec;
  spec.chain_id = e.chain_id;
  spec.slot_duration = e.slot_duration;
  spec.max_drift = e.max_drift;
  spec.genesis_time = e.genesis_time;
  spec.gas_limit = e.gas_limit;
  spec.base_fee = e.base_fee.amount;
  if (e.execution) spec.execution = {e.execution->cancun_time, e.execution->prague_time};
  for (const activation_entry& each : e.activations) spec.activations.push_back({each.from, each.rules.fork});
  spec.authorities = e.authorities;
  for (const member_entry& each : e.federation) spec.federation.push_back({each.bitcoin_key, each.fee_recipient});
  spec.bitcoin = {e.bitcoin.start_height, e.bitcoin.required_confirmations};
  const proof_of_work_entry& pow = e.proof_of_work;
  spec.proof_of_work = {pow.bits,           pow.easiest_bits,   pow.hardest_bits,   pow.target_timespan,
                        pow.target_spacing, pow.max_adjustment, pow.no_retargeting, pow.max_blocks_without};
  spec.accounts = accounts_of(e.accounts);
  return spec;
}

spec_entries entries_of(const chain_spec& spec) {
  spec_entries e;
  e.chain_id = spec.chain_id;
  e.slot_duration = spec.slot_duration;
  e.max_drift = spec.max_drift;
  e.genesis_time = spec.genesis_time;
  e.gas_limit = spec.gas_limit;
  e.base_fee = {spec.base_fee};
  if (spec.execution != execution_forks{}) e.execution = {spec.execution.cancun, spec.execution.prague};
  for (const fork_activation& each : spec.activations) e.activations.push_back({{each.fork}, each.from});
  e.authorities = spec.authorities;
  for (const federation_member& each : spec.federation) e.federation.push_back({each.bitcoin_key, each.fee_recipient});
  e.bitcoin = {spec.bitcoin.start_height, spec.bitcoin.required_confirmations};
  const proof_of_work_rules& pow = spec.proof_of_work;
  e.proof_of_work = {pow.bits,           pow.easiest_bits,   pow.hardest_bits,   pow.target_timespan,
                     pow.target_spacing, pow.max_adjustment, pow.no_retargeting, pow.max_blocks_without};
  for (const genesis_account& each : spec.accounts) e.accounts.push_back({each.address, {each.balance}});
  return e;
}

std::span<const spec_field> spec_fields() noexcept { return all_fields; }

alys::result<chain_spec> spec_from_toml(std::string_view text, std::string_view name) {
  const auto entries = alys::from_toml<spec_entries>(text, name);
  if (!entries) return entries.error();
  return spec_of(*entries);
}

alys::result<chain_spec> load_spec(const std::filesystem::path& file) {
  const auto entries = alys::load_toml<spec_entries>(file);
  if (!entries) return entries.error();
  return spec_of(*entries);
}

std::string spec_to_toml(const chain_spec& spec) { return commented(alys::to_toml(entries_of(spec))); }

} // namespace alys::domain
