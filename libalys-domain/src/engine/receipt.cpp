// SPDX-License-Identifier: Apache-2.0
//
// A receipt's encoding.
#include <alys/domain/engine/ordered_root.hpp>
#include <alys/domain/engine/receipt.hpp>
#include <alys/domain/engine/rlp.hpp>

namespace alys::domain {

namespace {

[[nodiscard]] bytes encode_logs(std::span<const log_entry> logs) {
  rlp_list all;
  for (const log_entry& log : logs) {
    rlp_list topics;
    for (const hash256& topic : log.topics) topics.fixed(topic);
    all.encoded(rlp_list{}.fixed(log.account).encoded(topics.encode()).string(log.data).encode());
  }
  return all.encode();
}

} // namespace

bytes encode_receipt(const receipt& r) {
  bytes out;
  if (r.type != transaction_type::legacy) out.push_back(static_cast<std::uint8_t>(r.type));
  append(out, rlp_list{}
                  .integer(r.succeeded ? 1 : 0)
                  .integer(r.cumulative_gas_used.value())
                  .fixed(bloom_of(r.logs))
                  .encoded(encode_logs(r.logs))
                  .encode());
  return out;
}

hash256 receipts_root(std::span<const receipt> receipts) {
  std::vector<bytes> encoded;
  encoded.reserve(receipts.size());
  for (const auto& r : receipts) encoded.push_back(encode_receipt(r));
  return ordered_root(encoded);
}

} // namespace alys::domain
