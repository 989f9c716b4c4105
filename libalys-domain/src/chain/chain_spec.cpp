// SPDX-License-Identifier: Apache-2.0
//
// Which specs a chain can run by.
#include <alys/domain/chain/chain_spec.hpp>

#include <alys/domain/chain/limits.hpp>

#include <algorithm>
#include <functional>
#include <limits>
#include <map>
#include <set>
#include <stdexcept>

namespace alys::domain {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t most_chain_id = std::numeric_limits<std::uint64_t>::max() / 2 - 36; // EIP-2294
constexpr std::uint64_t end_of_years = 253'402'300'799'999;                                 // the last millisecond of the year 9999
constexpr std::uint64_t least_gas_limit = 5'000;
constexpr std::uint64_t most_gas_limit = std::numeric_limits<std::int64_t>::max();
constexpr std::uint64_t most_bitcoin_height = 499'999'999;
constexpr std::uint64_t most_confirmations = 10'000;
constexpr std::uint64_t most_blocks = 1'000'000'000; // of a timespan

// The same bounds as the embedded ledger has, so that no spec passes here and fails there.
[[nodiscard]] wei supply_limit() { return wei{1} << 255U; }
[[nodiscard]] wei base_fee_limit() { return wei{1} << 128U; }

[[nodiscard]] std::string item(std::string_view list, std::size_t i) { return std::string{list} + '[' + std::to_string(i) + ']'; }

// Collects what is wrong, field by field.
class examination {
public:
  explicit examination(const chain_spec& spec) : spec_(spec) {}

  [[nodiscard]] std::vector<spec_problem> take() && {
    scalars();
    execution();
    activations();
    authorities();
    federation();
    bitcoin();
    proof_of_work();
    accounts();
    return std::move(found_);
  }

private:
  void add(spec_error code, std::string field, std::string text) { found_.push_back({code, std::move(field), std::move(text)}); }

  void range(spec_error code, const char* field, std::uint64_t value, std::uint64_t least, std::uint64_t most) {
    if (value < least || value > most) add(code, field, "must be from " + std::to_string(least) + " to " + std::to_string(most));
  }

  void scalars() {
    range(spec_error::bad_chain_id, "chain_id", spec_.chain_id, 1, most_chain_id);
    if (spec_.slot_duration < 100ms || spec_.slot_duration > 1h)
      add(spec_error::bad_slot_duration, "slot_duration", "must be from 100ms to 1h");
    if (spec_.max_drift < 0ms || spec_.max_drift > 1min) add(spec_error::bad_drift, "max_drift", "must be from 0ms to 1m");
    range(spec_error::bad_genesis_time, "genesis_time", spec_.genesis_time.value(), 0, end_of_years);
    range(spec_error::bad_gas_limit, "gas_limit", spec_.gas_limit.value(), least_gas_limit, most_gas_limit);
    if (spec_.base_fee == 0 || spec_.base_fee >= base_fee_limit())
      add(spec_error::bad_base_fee, "base_fee", "must be at least 1 and less than 2^128");
  }

  void execution() {
    const execution_forks& forks = spec_.execution;
    const auto time = [this](const char* field, const std::optional<unix_seconds>& at) {
      if (at) range(spec_error::bad_execution, field, at->value(), 0, end_of_years / 1'000);
    };
    time("execution.cancun_time", forks.cancun);
    time("execution.prague_time", forks.prague);
    if (forks.prague && (!forks.cancun || *forks.prague < *forks.cancun))
      add(spec_error::bad_execution, "execution.prague_time", "must not be before cancun_time, which it needs");
  }

  void activations() {
    const auto& rows = spec_.activations;
    if (rows.empty()) add(spec_error::bad_activations, "activations", "must have a row, from height 0");
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const auto refuse = [&](const char* part, const char* text) {
        add(spec_error::bad_activations, item("activations", i) + part, text);
      };
      if (i == 0 && rows[i].from != block_height{0}) refuse(".from", "must be 0 in the first row");
      if (i > 0 && rows[i].from <= rows[i - 1].from) refuse(".from", "must be above that of the row before");
      if (i > 0 && rows[i].fork <= rows[i - 1].fork) refuse(".rules", "must be newer than those of the row before");
      if (std::ranges::find(known_forks, rows[i].fork, &known_fork::fork) == std::end(known_forks))
        refuse(".rules", "must be rules that this program knows");
    }
  }

  // `part`: of an item, after its place in the list.
  template <class Item, class Key>
  void different_points(spec_error code, std::string_view list, const std::vector<Item>& items, Key key_of, const char* part) {
    std::map<schnorr_public_key, std::size_t> seen;
    for (std::size_t i = 0; i < items.size(); ++i) {
      const schnorr_public_key& key = std::invoke(key_of, items[i]);
      const auto [first, is_new] = seen.emplace(key, i);
      if (!is_new) add(code, item(list, i) + part, "must be another key than " + item(list, first->second) + part);
      else if (!is_point(key)) add(code, item(list, i) + part, "must be a public key: the x coordinate of a point on secp256k1");
    }
  }

  void authorities() {
    if (spec_.authorities.empty() || spec_.authorities.size() > max_authorities) {
      return add(spec_error::bad_authorities, "authorities",
                 "must be from 1 to " + std::to_string(max_authorities) + " keys, not " + std::to_string(spec_.authorities.size()));
    }
    different_points(spec_error::bad_authorities, "authorities", spec_.authorities, std::identity{}, "");
  }

  void federation() {
    const auto& members = spec_.federation;
    if (!members.empty() && members.size() != spec_.authorities.size()) {
      return add(spec_error::bad_federation, "federation",
                 "must have one member for each of the " + std::to_string(spec_.authorities.size()) + " authorities, or none, not " +
                     std::to_string(members.size()));
    }
    different_points(spec_error::bad_federation, "federation", members, &federation_member::bitcoin_key, ".bitcoin_key");
    std::set<address> paid;
    for (std::size_t i = 0; i < members.size(); ++i) {
      if (paid.insert(members[i].fee_recipient).second && paid.size() == block_limits::withdrawals)
        add(spec_error::bad_federation, item("federation", i) + ".fee_recipient",
            "must be an address of the rows before: 15 different ones and the miner's are all that a payload can pay");
      if (members[i].fee_recipient.is_zero())
        add(spec_error::bad_federation, item("federation", i) + ".fee_recipient",
            "must not be the zero address, which nobody can spend from");
    }
  }

  void bitcoin() {
    range(spec_error::bad_bitcoin, "bitcoin.start_height", spec_.bitcoin.start_height.value(), 0, most_bitcoin_height);
    range(spec_error::bad_bitcoin, "bitcoin.required_confirmations", spec_.bitcoin.required_confirmations.value(), 1, most_confirmations);
  }

  // The target of a field, if it has one.
  [[nodiscard]] std::optional<uint256> target(const char* field, compact_target bits) {
    auto found = target_of(bits);
    if (!found)
      add(spec_error::bad_proof_of_work, field, "must be a target as in Bitcoin's headers: above 0, below 2^256, in the shortest form");
    return found;
  }

  void proof_of_work() {
    const proof_of_work_rules& pow = spec_.proof_of_work;
    constexpr auto code = spec_error::bad_proof_of_work;
    const auto bits = target("proof_of_work.bits", pow.bits);
    const auto easiest = target("proof_of_work.easiest_bits", pow.easiest_bits);
    const auto hardest = target("proof_of_work.hardest_bits", pow.hardest_bits);
    if (bits && easiest && *bits > *easiest) add(code, "proof_of_work.bits", "must not be easier than easiest_bits");
    if (bits && hardest && *bits < *hardest) add(code, "proof_of_work.bits", "must not be harder than hardest_bits");
    if (easiest && hardest && *easiest < *hardest) add(code, "proof_of_work.easiest_bits", "must not be harder than hardest_bits");
    range(code, "proof_of_work.target_timespan", pow.target_timespan.value(), 1, most_blocks);
    range(code, "proof_of_work.target_spacing", pow.target_spacing.value(), 1, most_blocks);
    if (pow.target_spacing.value() > 0 && pow.target_timespan.value() % pow.target_spacing.value() != 0)
      add(code, "proof_of_work.target_timespan", "must be a multiple of target_spacing");
    range(code, "proof_of_work.max_adjustment", pow.max_adjustment.value(), 1, 100);
    range(code, "proof_of_work.max_blocks_without", pow.max_blocks_without.value(), 1, std::numeric_limits<std::uint64_t>::max());
  }

  void accounts() {
    const auto& all = spec_.accounts;
    wei left = supply_limit() - 1;
    for (std::size_t i = 0; i < all.size(); ++i) {
      const auto refuse = [&](const char* part, const char* text) { add(spec_error::bad_accounts, item("accounts", i) + part, text); };
      if (i > 0 && all[i].address <= all[i - 1].address) refuse(".address", "must be above that of the account before");
      if (all[i].balance == 0) refuse(".balance", "must be at least 1");
      if (all[i].balance > left) return refuse(".balance", "must leave the sum of all balances below 2^255");
      left -= all[i].balance;
    }
  }

  const chain_spec& spec_;
  std::vector<spec_problem> found_;
};

} // namespace

std::vector<spec_problem> problems_of(const chain_spec& spec) { return examination{spec}.take(); }

alys::result<void> check(const chain_spec& spec) {
  const auto found = problems_of(spec);
  if (found.empty()) return {};
  return alys::refuse(found.front().code, found.front().field + ": " + found.front().text);
}

fork_id fork_at(const chain_spec& spec, block_height height) {
  const auto next = std::ranges::upper_bound(spec.activations, height, {}, &fork_activation::from);
  if (next == spec.activations.begin()) throw std::invalid_argument("a chain spec without a fork at height 0");
  return std::prev(next)->fork;
}

} // namespace alys::domain
