// SPDX-License-Identifier: Apache-2.0
//
// What blocks tell of their spec.
#include <alys/domain/chain/spec_difference.hpp>

#include <alys/domain/chain/seal.hpp>

#include <vector>

namespace alys::domain {
namespace {

// The one duration that puts the block's time into its slot; 0 if none does, as for a block in slot 0.
[[nodiscard]] std::uint64_t slot_duration_of(const block_header& header) {
  if (header.slot.value() == 0) return 0;
  const std::uint64_t duration = header.time.value() / header.slot.value();
  return duration > 0 && header.time.value() / duration == header.slot.value() ? duration : 0;
}

[[nodiscard]] bool sealed_by_its_author(const block& one, const chain_spec& spec) {
  const std::size_t author = one.header.author.value;
  return author < spec.authorities.size() && is_seal(one.header, spec.authorities[author], one.seal);
}

} // namespace

std::string differences(const chain_spec& spec, const block& genesis, const block& head) {
  std::vector<std::string> found;
  const auto compare = [&found](const std::string& what, const auto& there, const auto& here, const std::string& unit) {
    if (there != here) found.push_back(what + std::to_string(there) + unit + " there, " + std::to_string(here) + unit + " here");
  };
  compare("chain id ", genesis.header.chain_id, spec.chain_id, "");
  compare("genesis at ", genesis.header.time.value(), spec.genesis_time.value(), " ms");
  compare("gas limit ", genesis.payload.gas_limit.value(), spec.gas_limit.value(), "");
  if (genesis.payload.base_fee_per_gas != spec.base_fee)
    found.push_back("base fee " + genesis.payload.base_fee_per_gas.str() + " wei there, " + spec.base_fee.str() + " wei here");
  if (const auto there = slot_duration_of(head.header); there > 0)
    compare("slots of ", there, static_cast<std::uint64_t>(spec.slot_duration.count()), " ms");
  if (head.header.height.value() > 0 && !sealed_by_its_author(head, spec)) found.push_back("other authorities");
  if (found.empty())
    return "other accounts, authorities, federation, execution, activations, bitcoin or proof_of_work rules, or another slot duration";
  std::string text;
  for (const std::string& each : found) text += (text.empty() ? "" : "; ") + each;
  return text;
}

} // namespace alys::domain
