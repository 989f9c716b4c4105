// SPDX-License-Identifier: Apache-2.0
//
// Logs with the place where they stand, as readers want them.
//
// ```cpp
// inline std::size_t count(const alys::domain::stored_block& block) { return alys::domain::find_logs(block, {}).size(); }
// ```
#pragma once

#include <alys/domain/engine/log_filter.hpp>
#include <alys/domain/storage/stored_block.hpp>

#include <cstdint>
#include <vector>

namespace alys::domain {

struct found_log {
  log_entry log;
  hash256 block_hash; // of the execution block
  block_height block_number;
  hash256 transaction_hash;
  std::uint64_t transaction_index = 0; // in the block
  std::uint64_t index = 0;             // likewise, among all logs of the block

  friend bool operator==(const found_log&, const found_log&) = default;
};

// Those that the filter lets through, in their order. Looks at no receipt where the block's bloom says that there are none.
[[nodiscard]] std::vector<found_log> find_logs(const stored_block&, const log_filter&);

} // namespace alys::domain
