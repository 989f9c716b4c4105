// SPDX-License-Identifier: Apache-2.0
//
// Reads the recorded chain in shanghai_chain.txt, whose head comments say what it holds and how it was made.
#pragma once

#include <alys/domain/engine/execution_payload.hpp>
#include <alys/domain/engine/ledger.hpp>

#include <string>
#include <vector>

namespace alys::domain::test {

struct recorded_transaction {
  hash256 hash;
  address sender;
  gas gas_used;
  wei effective_gas_price;
};

struct recorded_block {
  execution_payload payload;
  std::vector<recorded_transaction> transactions;
};

struct recorded_account {
  address who;
  account state;
};

struct recorded_chain {
  hash256 genesis_hash;
  hash256 genesis_state_root;
  bytes genesis_header;
  execution_genesis genesis;
  std::vector<recorded_block> blocks;
  std::vector<recorded_account> accounts;
};

inline constexpr std::uint64_t recorded_chain_id = 1337;

// Throws std::runtime_error if the file cannot be read as described.
[[nodiscard]] recorded_chain read_recorded_chain(const std::string& path);

} // namespace alys::domain::test
