// SPDX-License-Identifier: Apache-2.0
//
// How large a block may be. Decoders refuse what exceeds a limit before they allocate anything for it; validation refuses it in blocks that
// were never encoded, one's own included.
//
// ```cpp
// static_assert(alys::domain::block_limits::transactions * 21'000 > 300'000'000); // the count never binds before gas does
// ```
#pragma once

#include <alys/actors/result.hpp>
#include <alys/domain/aura/schedule.hpp>
#include <alys/domain/chain/block.hpp>

#include <cstddef>

namespace alys::domain {

struct block_limits {
  static constexpr std::size_t encoded_bytes = 8 * 1024 * 1024; // the whole block, in either encoding
  static constexpr std::size_t extra_data_bytes = 32;           // as in Ethereum's headers
  static constexpr std::size_t transactions = 16'384;
  static constexpr std::size_t transaction_bytes = 128 * 1024; // what Ethereum clients accept into their pools
  static constexpr std::size_t withdrawals = 16;               // MAX_WITHDRAWALS_PER_PAYLOAD of Ethereum's consensus specification
  static constexpr std::size_t approvals = max_authorities;
};

// The number of bytes that encode_block gives. Cost: one addition for each transaction.
[[nodiscard]] std::size_t encoded_size(const block&) noexcept;

// Refuses with encoding_error::over_limit, naming what is too large.
[[nodiscard]] alys::result<void> within_limits(const block&);

} // namespace alys::domain
