// SPDX-License-Identifier: Apache-2.0
//
// Block sizes.
#include <alys/domain/chain/limits.hpp>

#include <alys/domain/chain/encoding.hpp>

#include <string>

namespace alys::domain {
namespace {

// Version, header, the payload's fields of fixed width, three list counts, seal, and the count of approvals.
constexpr std::size_t fixed_part = 1 + encoded_header_bytes + (32 + 20 + 32 + 32 + 256 + 32 + 4 * 8 + 32 + 32) + 3 * 4 + 64 + 4;

[[nodiscard]] alys::result<void> at_most(std::size_t limit, std::size_t found, const char* what) {
  if (found <= limit) return {};
  return alys::refuse(encoding_error::over_limit,
                      std::to_string(found) + " " + what + ", at most " + std::to_string(limit) + " are allowed");
}

} // namespace

std::size_t encoded_size(const block& one) noexcept {
  std::size_t total = fixed_part + one.payload.extra_data.size() + 44 * one.payload.withdrawals.size() + 66 * one.approvals.size();
  if (one.payload.fork != execution_fork::shanghai) total += 1;
  for (const bytes& transaction : one.payload.transactions) total += 4 + transaction.size();
  return total;
}

alys::result<void> within_limits(const block& one) {
  const execution_payload& payload = one.payload;
  if (auto ok = at_most(block_limits::extra_data_bytes, payload.extra_data.size(), "bytes of extra data"); !ok) return ok;
  if (auto ok = at_most(block_limits::transactions, payload.transactions.size(), "transactions"); !ok) return ok;
  for (const bytes& transaction : payload.transactions) {
    if (auto ok = at_most(block_limits::transaction_bytes, transaction.size(), "bytes in a transaction"); !ok) return ok;
  }
  if (auto ok = at_most(block_limits::withdrawals, payload.withdrawals.size(), "withdrawals"); !ok) return ok;
  if (auto ok = at_most(block_limits::approvals, one.approvals.size(), "approvals"); !ok) return ok;
  return at_most(block_limits::encoded_bytes, encoded_size(one), "bytes");
}

} // namespace alys::domain
