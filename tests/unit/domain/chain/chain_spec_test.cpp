// SPDX-License-Identifier: Apache-2.0
//
// Chain specs: which are allowed, and that the commitment covers all of one.
#include <alys/domain/chain/chain_spec.hpp>
#include <alys/domain/chain/dev_spec.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <limits>
#include <set>

using namespace alys::domain;
using namespace std::chrono_literals;

namespace {

[[nodiscard]] chain_spec changed(void (*change)(chain_spec&)) {
  chain_spec spec = dev_spec(2s, 3);
  change(spec);
  return spec;
}

} // namespace

TEST_CASE("the development spec is allowed with any number of authorities and slots down to 100 ms") {
  CHECK(check(dev_spec()));
  CHECK(check(dev_spec(100ms, 3)));
  CHECK(check(dev_spec(2s, max_authorities)));
  CHECK(dev_spec().authorities == std::vector{dev_authority_key(authority_index{0}).public_key()});
}

TEST_CASE("slots outside 100 ms to 1 h are refused") {
  CHECK(check(changed([](chain_spec& s) { s.slot_duration = 99ms; })) == spec_error::bad_slot_duration);
  CHECK(check(changed([](chain_spec& s) { s.slot_duration = 1h; })));
  CHECK(check(changed([](chain_spec& s) { s.slot_duration = 1h + 1ms; })) == spec_error::bad_slot_duration);
  CHECK(check(changed([](chain_spec& s) { s.slot_duration = -1ms; })) == spec_error::bad_slot_duration);
}

TEST_CASE("other values outside their range are refused") {
  CHECK(check(changed([](chain_spec& s) { s.chain_id = 0; })) == spec_error::bad_chain_id);
  CHECK(check(changed([](chain_spec& s) { s.max_drift = -1ms; })) == spec_error::bad_drift);
  CHECK(check(changed([](chain_spec& s) { s.max_drift = 60'001ms; })) == spec_error::bad_drift);
  CHECK(check(changed([](chain_spec& s) { s.gas_limit = gas{4'999}; })) == spec_error::bad_gas_limit);
  CHECK(check(changed([](chain_spec& s) { s.base_fee = 0; })) == spec_error::bad_base_fee);
}

TEST_CASE("authorities are different points and at least one") {
  CHECK(check(changed([](chain_spec& s) { s.authorities.clear(); })) == spec_error::bad_authorities);
  CHECK(check(changed([](chain_spec& s) { s.authorities[1] = s.authorities[0]; })) == spec_error::bad_authorities);
  CHECK(check(changed([](chain_spec& s) { s.authorities[1] = {}; })) == spec_error::bad_authorities);
  CHECK(check(dev_spec(2s, max_authorities + 1)) == spec_error::bad_authorities);
}

TEST_CASE("the federation is empty or has a member for each authority and no key twice and none that is no point") {
  CHECK(check(changed([](chain_spec& s) { s.federation.clear(); })));
  CHECK(check(changed([](chain_spec& s) { s.federation.pop_back(); })) == spec_error::bad_federation);
  CHECK(check(changed([](chain_spec& s) { s.federation.push_back(s.federation[0]); })) == spec_error::bad_federation);
  CHECK(check(changed([](chain_spec& s) { s.federation[1].bitcoin_key = s.federation[0].bitcoin_key; })) == spec_error::bad_federation);
  CHECK(check(changed([](chain_spec& s) { s.federation[1].bitcoin_key = {}; })) == spec_error::bad_federation);
  CHECK(check(changed([](chain_spec& s) { s.federation[1].fee_recipient = {}; })) == spec_error::bad_federation);
}

TEST_CASE("a payload has room for the fees of the whole federation and its miner") {
  const auto with_recipients = [](std::size_t different) {
    chain_spec spec = dev_spec(2s, 20);
    for (std::size_t i = 0; i < spec.federation.size(); ++i)
      spec.federation[i].fee_recipient = address{{static_cast<std::uint8_t>(1 + i % different)}};
    return spec;
  };
  CHECK(check(with_recipients(15)));
  const auto found = problems_of(with_recipients(16));
  REQUIRE(found.size() == 1);
  CHECK(found.front().field == "federation[15].fee_recipient");
}

TEST_CASE("activations start at height 0 and ascend and name rules that the program knows") {
  CHECK(check(changed([](chain_spec& s) { s.activations.clear(); })) == spec_error::bad_activations);
  CHECK(check(changed([](chain_spec& s) { s.activations = {{block_height{1}, 1}}; })) == spec_error::bad_activations);
  const auto fields = [](std::vector<fork_activation> rows) {
    chain_spec spec = dev_spec(2s, 3);
    spec.activations = std::move(rows);
    std::vector<std::string> found;
    for (const spec_problem& each : problems_of(spec)) found.push_back(each.field + ' ' + each.text);
    return found;
  };
  using list = std::vector<std::string>;
  CHECK(fields({{block_height{0}, 1}, {block_height{0}, 1}}) == list{"activations[1].from must be above that of the row before",
                                                                     "activations[1].rules must be newer than those of the row before"});
  CHECK(fields({{block_height{0}, 1}, {block_height{5}, 2}}) == list{"activations[1].rules must be rules that this program knows"});
}

TEST_CASE("what the chain demands of Bitcoin lies in its range") {
  CHECK(check(changed([](chain_spec& s) { s.bitcoin.start_height = bitcoin_height{499'999'999}; })));
  CHECK(check(changed([](chain_spec& s) { s.bitcoin.start_height = bitcoin_height{500'000'000}; })) == spec_error::bad_bitcoin);
  CHECK(check(changed([](chain_spec& s) { s.bitcoin.required_confirmations = block_count{0}; })) == spec_error::bad_bitcoin);
  CHECK(check(changed([](chain_spec& s) { s.bitcoin.required_confirmations = block_count{10'001}; })) == spec_error::bad_bitcoin);
}

TEST_CASE("targets lie between their limits and spacing divides the timespan") {
  const auto bad = [](void (*change)(proof_of_work_rules&)) {
    chain_spec spec = dev_spec();
    change(spec.proof_of_work);
    return check(spec) == spec_error::bad_proof_of_work;
  };
  CHECK_FALSE(bad([](proof_of_work_rules& p) { p.bits = p.hardest_bits; }));
  CHECK(bad([](proof_of_work_rules& p) { p.bits = {p.hardest_bits.bits - 1}; }));
  CHECK(bad([](proof_of_work_rules& p) { p.bits = {0x2100ffff}; }));
  CHECK(bad([](proof_of_work_rules& p) { p.bits = {}; }));
  CHECK(bad([](proof_of_work_rules& p) { std::swap(p.easiest_bits, p.hardest_bits); }));
  CHECK(bad([](proof_of_work_rules& p) { p.target_spacing = block_count{0}; }));
  CHECK(bad([](proof_of_work_rules& p) { p.target_spacing = block_count{7}; }));
  CHECK(bad([](proof_of_work_rules& p) { p.target_timespan = block_count{0}; }));
  CHECK(bad([](proof_of_work_rules& p) { p.max_adjustment = percent{0}; }));
  CHECK(bad([](proof_of_work_rules& p) { p.max_adjustment = percent{101}; }));
  CHECK(bad([](proof_of_work_rules& p) { p.max_blocks_without = block_count{0}; }));
}

TEST_CASE("times and chain ids end where other programs end them") {
  CHECK(check(changed([](chain_spec& s) { s.chain_id = (std::uint64_t{1} << 63U) - 37; })));
  CHECK(check(changed([](chain_spec& s) { s.chain_id = (std::uint64_t{1} << 63U) - 36; })) == spec_error::bad_chain_id);
  CHECK(check(changed([](chain_spec& s) { s.genesis_time = unix_milliseconds{253'402'300'799'999}; })));
  CHECK(check(changed([](chain_spec& s) { s.genesis_time = unix_milliseconds{253'402'300'800'000}; })) == spec_error::bad_genesis_time);
  CHECK(check(changed([](chain_spec& s) { s.gas_limit = gas{std::uint64_t{1} << 63U}; })) == spec_error::bad_gas_limit);
}

TEST_CASE("a base fee is below 2^128") {
  CHECK(check(changed([](chain_spec& s) { s.base_fee = (wei{1} << 128U) - 1; })));
  CHECK(check(changed([](chain_spec& s) { s.base_fee = wei{1} << 128U; })) == spec_error::bad_base_fee);
}

TEST_CASE("accounts ascend and hold something and less than 2^255 wei together") {
  static constexpr auto low = address::literal("0x0000000000000000000000000000000000000001");
  static constexpr auto high = address::literal("0x0000000000000000000000000000000000000002");
  CHECK(check(changed([](chain_spec& s) { s.accounts = {{low, 1}, {high, 1}}; })));
  CHECK(check(changed([](chain_spec& s) { s.accounts.clear(); })));
  CHECK(check(changed([](chain_spec& s) { s.accounts = {{high, 1}, {low, 1}}; })) == spec_error::bad_accounts);
  CHECK(check(changed([](chain_spec& s) { s.accounts = {{low, 1}, {low, 1}}; })) == spec_error::bad_accounts);
  CHECK(check(changed([](chain_spec& s) { s.accounts = {{low, (wei{1} << 255U) - 2}, {high, 1}}; })));
  CHECK(check(changed([](chain_spec& s) { s.accounts = {{low, (wei{1} << 255U) - 1}, {high, 1}}; })) == spec_error::bad_accounts);
  CHECK(check(changed([](chain_spec& s) { s.accounts = {{low, std::numeric_limits<wei>::max()}}; })) == spec_error::bad_accounts);
  CHECK(check(changed([](chain_spec& s) { s.accounts = {{low, 0}}; })) == spec_error::bad_accounts);
}

TEST_CASE("a fork is in force from its height on") {
  const auto spec = changed([](chain_spec& s) { s.activations = {{block_height{0}, 1}, {block_height{10}, 2}, {block_height{20}, 7}}; });
  CHECK(fork_at(spec, block_height{0}) == 1);
  CHECK(fork_at(spec, block_height{9}) == 1);
  CHECK(fork_at(spec, block_height{10}) == 2);
  CHECK(fork_at(spec, block_height{20}) == 7);
  CHECK(fork_at(spec, block_height::max()) == 7);
}

TEST_CASE("the commitment changes with every part of a spec") {
  std::set<hash256> commitments;
  const std::vector<void (*)(chain_spec&)> changes{
      [](chain_spec&) {},
      [](chain_spec& s) { s.chain_id += 1; },
      [](chain_spec& s) { s.slot_duration += 1ms; },
      [](chain_spec& s) { s.max_drift += 1ms; },
      [](chain_spec& s) { s.genesis_time = unix_milliseconds{1}; },
      [](chain_spec& s) { s.gas_limit = s.gas_limit + 1; },
      [](chain_spec& s) { s.base_fee += 1; },
      [](chain_spec& s) { s.execution.cancun = unix_seconds{1}; },
      [](chain_spec& s) {
        s.execution = {unix_seconds{1}, unix_seconds{2}};
      },
      [](chain_spec& s) { s.activations.front().fork += 1; },
      [](chain_spec& s) {
        s.activations.push_back({block_height{1}, 2});
      },
      [](chain_spec& s) { std::swap(s.authorities[0], s.authorities[1]); },
      [](chain_spec& s) { s.authorities.pop_back(); },
      [](chain_spec& s) { s.federation.clear(); },
      [](chain_spec& s) { s.federation.push_back(s.federation[1]); },
      [](chain_spec& s) { s.federation[0].bitcoin_key = s.authorities[1]; },
      [](chain_spec& s) { s.federation[0].fee_recipient = {}; },
      [](chain_spec& s) { s.bitcoin.start_height = bitcoin_height{1}; },
      [](chain_spec& s) { s.bitcoin.required_confirmations = block_count{7}; },
      [](chain_spec& s) { s.proof_of_work.bits = {1}; },
      [](chain_spec& s) { s.proof_of_work.easiest_bits = {1}; },
      [](chain_spec& s) { s.proof_of_work.hardest_bits = {1}; },
      [](chain_spec& s) { s.proof_of_work.target_timespan = block_count{1}; },
      [](chain_spec& s) { s.proof_of_work.target_spacing = block_count{1}; },
      [](chain_spec& s) { s.proof_of_work.max_adjustment = percent{1}; },
      [](chain_spec& s) { s.proof_of_work.no_retargeting = false; },
      [](chain_spec& s) { s.proof_of_work.max_blocks_without = block_count{1}; },
      [](chain_spec& s) { s.accounts.front().balance += 1; },
      [](chain_spec& s) { s.accounts.front().address = {}; },
  };
  for (const auto change : changes) commitments.insert(commitment_of(changed(change)));
  CHECK(commitments.size() == changes.size());
}

TEST_CASE("moving a key from one set to the other changes the commitment") {
  const auto one = changed([](chain_spec& s) { s.federation.clear(); });
  const auto other = changed([](chain_spec& s) {
    s.federation = {{s.authorities.back(), {}}};
    s.authorities.pop_back();
  });
  CHECK(commitment_of(one) != commitment_of(other));
}
