// SPDX-License-Identifier: Apache-2.0
//
// What an operator is told of a chain that belongs to another spec.
#include "support/domain/test_chain.hpp"

#include <alys/domain/chain/spec_difference.hpp>

#include <catch2/catch.hpp>

using namespace alys::domain;
using namespace std::chrono_literals;
using alys::test::test_chain;

namespace {

constexpr slot somewhen{850'000'000};

} // namespace

TEST_CASE("every value that blocks show is named if it differs") {
  const test_chain there;
  const block head = there.certified(there.genesis, somewhen);
  const auto said = [&](auto change) {
    chain_spec here = there.spec;
    change(here);
    return differences(here, there.genesis, head);
  };
  CHECK(said([](chain_spec& s) { s.slot_duration = 500ms; }) == "slots of 2000 ms there, 500 ms here");
  CHECK(said([](chain_spec& s) { s.chain_id = 5; }) == "chain id 121212 there, 5 here");
  CHECK(said([](chain_spec& s) { s.gas_limit = gas{5'000}; }) == "gas limit 30000000 there, 5000 here");
  CHECK(said([](chain_spec& s) { s.base_fee = 7; }) == "base fee 1000000000 wei there, 7 wei here");
  CHECK(said([](chain_spec& s) { s.genesis_time = unix_milliseconds{9}; }) == "genesis at 0 ms there, 9 ms here");
  CHECK(said([](chain_spec& s) { s.authorities = {dev_authority_key(authority_index{1}).public_key()}; }) == "other authorities");
  CHECK(said([](chain_spec& s) { s.chain_id = 5, s.slot_duration = 1s; }) ==
        "chain id 121212 there, 5 here; slots of 2000 ms there, 1000 ms here");
}

TEST_CASE("a difference that no block shows is told in general terms") {
  const test_chain there;
  chain_spec here = there.spec;
  here.accounts.clear();
  const std::string general =
      "other accounts, authorities, federation, execution, activations, bitcoin or proof_of_work rules, or another slot duration";
  CHECK(differences(here, there.genesis, there.certified(there.genesis, somewhen)) == general);
  here = there.spec;
  here.slot_duration = 500ms;
  CHECK(differences(here, there.genesis, there.genesis) == general); // genesis is in slot 0 whatever a slot lasts
}
