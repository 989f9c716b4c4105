// SPDX-License-Identifier: Apache-2.0
//
// Accounts that have coins from the first block on, each with transfers that were signed before anything is measured.
#pragma once

#include <alys/domain/primitives/bytes.hpp>
#include <alys/domain/primitives/hash.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace bench {

struct signed_transfer {
  alys::domain::bytes raw;
  alys::domain::hash256 hash;
};

struct wallet {
  alys::domain::address address;
  std::vector<signed_transfer> transfers; // by nonce, from 0
};

// `count` wallets; the same ones for the same `purpose`.
[[nodiscard]] std::vector<wallet> make_wallets(const char* purpose, std::size_t count, std::size_t transfers_each);

} // namespace bench
