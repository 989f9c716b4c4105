// SPDX-License-Identifier: Apache-2.0
#include <alys/domain/api/rpc_query.hpp>

namespace alys::domain {

included_transaction transaction_in(const stored_block& block, std::size_t index) {
  const execution_payload& payload = block.block.payload;
  std::uint64_t logs_before = 0;
  for (std::size_t i = 0; i < index; ++i) logs_before += block.receipts.at(i).logs.size();
  return {payload.transactions.at(index), block.receipts.at(index), payload.block_hash, payload.block_number, index, logs_before};
}

} // namespace alys::domain
