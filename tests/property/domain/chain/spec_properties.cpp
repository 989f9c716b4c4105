// SPDX-License-Identifier: Apache-2.0
//
// Specs as files and as bytes: any spec survives its file, and specs that differ have different encodings.
#include <alys/domain/chain/dev_spec.hpp>
#include <alys/domain/chain/spec_file.hpp>

#include "support/domain/arbitrary_block.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <functional>

using namespace alys::domain;
using namespace alys::test;

namespace {

[[nodiscard]] std::uint64_t between(std::uint64_t least, std::uint64_t most) { return least + any<std::uint64_t>() % (most - least + 1); }
[[nodiscard]] wei some_wei(unsigned bits) { return 1 + from_big_endian(any<hash256>().view()).value() % ((wei{1} << bits) - 1); }
[[nodiscard]] address someone() {
  const auto any_one = any<address>();
  return any_one.is_zero() ? dev_account : any_one;
}

// A spec that a chain can run by.
[[nodiscard]] chain_spec any_spec() {
  chain_spec spec = dev_spec(std::chrono::milliseconds{between(100, 3'600'000)}, 1 + up_to(5));
  spec.chain_id = between(1, 9'223'372'036'854'775'771);
  spec.max_drift = std::chrono::milliseconds{between(0, 60'000)};
  spec.genesis_time = unix_milliseconds{between(0, 253'402'300'799'999)};
  spec.gas_limit = gas{between(5'000, 9'223'372'036'854'775'807)};
  spec.base_fee = some_wei(128);
  if (any<bool>()) spec.federation.clear();
  for (federation_member& each : spec.federation) each.fee_recipient = someone();
  spec.bitcoin = {bitcoin_height{between(0, 499'999'999)}, block_count{between(1, 10'000)}};
  proof_of_work_rules& pow = spec.proof_of_work;
  pow.bits = {static_cast<std::uint32_t>(between(0x1d00ffff, 0x1d7fffff))};
  pow.target_spacing = block_count{between(1, 30'000)};
  pow.target_timespan = block_count{pow.target_spacing.value() * between(1, 30'000)};
  pow.max_adjustment = percent{between(1, 100)};
  pow.no_retargeting = any<bool>();
  pow.max_blocks_without = block_count{between(1, any<bool>() ? 100 : 0xffff'ffff'ffff'fffe)};
  spec.accounts.clear();
  for (std::size_t i = up_to(4); i > 0; --i) spec.accounts.push_back({someone(), some_wei(200)});
  std::ranges::sort(spec.accounts, {}, &genesis_account::address);
  const auto same = [](const genesis_account& a, const genesis_account& b) { return a.address == b.address; };
  spec.accounts.erase(std::unique(spec.accounts.begin(), spec.accounts.end(), same), spec.accounts.end());
  return spec;
}

} // namespace

TEST_CASE("any spec survives its file") {
  CHECK(rc::check([] {
    const chain_spec spec = any_spec();
    RC_ASSERT(check(spec).has_value());
    RC_ASSERT(spec_from_toml(spec_to_toml(spec), "spec.toml") == spec);
  }));
}

TEST_CASE("two specs are the same if and only if their encodings are") {
  CHECK(rc::check([] {
    const chain_spec one = any_spec();
    const chain_spec donor = any_spec();
    // One or more parts of another spec: whatever moves between the lists, the bytes tell.
    const std::vector<std::function<void(chain_spec&)>> parts{
        [&](chain_spec& s) { s.chain_id = donor.chain_id; },       [&](chain_spec& s) { s.slot_duration = donor.slot_duration; },
        [&](chain_spec& s) { s.max_drift = donor.max_drift; },     [&](chain_spec& s) { s.genesis_time = donor.genesis_time; },
        [&](chain_spec& s) { s.gas_limit = donor.gas_limit; },     [&](chain_spec& s) { s.base_fee = donor.base_fee; },
        [&](chain_spec& s) { s.authorities = donor.authorities; }, [&](chain_spec& s) { s.federation = donor.federation; },
        [&](chain_spec& s) { s.bitcoin = donor.bitcoin; },         [&](chain_spec& s) { s.proof_of_work = donor.proof_of_work; },
        [&](chain_spec& s) { s.accounts = donor.accounts; },
    };
    chain_spec other = one;
    for (const auto& part : parts) {
      if (any<bool>()) part(other);
    }
    RC_ASSERT((one == other) == (encode_spec(one) == encode_spec(other)));
    RC_ASSERT((one == other) == (commitment_of(one) == commitment_of(other)));
  }));
}
