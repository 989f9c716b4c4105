// SPDX-License-Identifier: Apache-2.0
#include <alys/domain/api/found_log.hpp>

namespace alys::domain {

std::vector<found_log> find_logs(const stored_block& block, const log_filter& filter) {
  const execution_payload& payload = block.block.payload;
  if (!may_let_through(filter, payload.logs_bloom)) return {};
  std::vector<found_log> found;
  std::uint64_t index = 0;
  for (std::size_t i = 0; i < block.receipts.size(); ++i) {
    const receipt& outcome = block.receipts[i];
    for (const log_entry& log : outcome.logs) {
      const std::uint64_t place = index++;
      if (lets_through(filter, log)) found.push_back({log, payload.block_hash, payload.block_number, outcome.transaction_hash, i, place});
    }
  }
  return found;
}

} // namespace alys::domain
