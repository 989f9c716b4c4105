// SPDX-License-Identifier: Apache-2.0
//
// An execution block's header, its encoding and its hash.
#include <alys/domain/engine/engine_error.hpp>
#include <alys/domain/engine/execution_header.hpp>
#include <alys/domain/engine/ordered_root.hpp>
#include <alys/domain/engine/rlp.hpp>
#include <alys/domain/primitives/digest.hpp>

namespace alys::domain {

namespace {

// What EIP-3675 fixes: no ommers (the hash of an empty list), no difficulty, no nonce.
constexpr auto no_ommers = hash256::literal("0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347");
using header_nonce = fixed_bytes<struct header_nonce_tag, 8>;

[[nodiscard]] hash256 withdrawals_root(const std::vector<withdrawal>& withdrawals) {
  std::vector<bytes> encoded;
  encoded.reserve(withdrawals.size());
  for (const auto& w : withdrawals) encoded.push_back(encode_withdrawal(w));
  return ordered_root(encoded);
}

// What forks after Shanghai add, from which follows the fork; false if it is not what every block of Alys has there.
[[nodiscard]] bool read_later_fields(rlp_reader& fields, execution_header& h) {
  if (fields.at_end()) return true;
  h.fork = execution_fork::cancun;
  const std::uint64_t blob_gas = fields.integer();
  const std::uint64_t excess = fields.integer();
  const bool constant = fields.fixed<hash256>() == h.prev_randao && blob_gas == 0 && excess == 0;
  if (fields.at_end()) return constant;
  h.fork = execution_fork::prague;
  return fields.fixed<hash256>() == no_requests && constant;
}

} // namespace

bytes encode_header(const execution_header& h) {
  rlp_list fields;
  fields.fixed(h.parent_hash)
      .fixed(no_ommers)
      .fixed(h.fee_recipient)
      .fixed(h.state_root)
      .fixed(h.transactions_root)
      .fixed(h.receipts_root)
      .fixed(h.logs_bloom)
      .integer(0)
      .integer(h.number.value())
      .integer(h.gas_limit.value())
      .integer(h.gas_used.value())
      .integer(h.timestamp.value())
      .string(h.extra_data)
      .fixed(h.prev_randao)
      .fixed(header_nonce{})
      .amount(h.base_fee_per_gas)
      .fixed(h.withdrawals_root);
  if (h.fork >= execution_fork::cancun) fields.integer(0).integer(0).fixed(h.prev_randao);
  if (h.fork >= execution_fork::prague) fields.fixed(no_requests);
  return fields.encode();
}

alys::result<execution_header> decode_header(bytes_view data) {
  auto fields = rlp_reader::whole_list(data);
  execution_header h;
  h.parent_hash = fields.fixed<hash256>();
  const bool ommers = fields.fixed<hash256>() != no_ommers;
  h.fee_recipient = fields.fixed<address>();
  h.state_root = fields.fixed<hash256>();
  h.transactions_root = fields.fixed<hash256>();
  h.receipts_root = fields.fixed<hash256>();
  h.logs_bloom = fields.fixed<bloom>();
  const bool difficulty = fields.integer() != 0;
  h.number = block_height{fields.integer()};
  h.gas_limit = gas{fields.integer()};
  h.gas_used = gas{fields.integer()};
  h.timestamp = unix_seconds{fields.integer()};
  h.extra_data = to_bytes(fields.string());
  h.prev_randao = fields.fixed<hash256>();
  const bool nonce = !fields.fixed<header_nonce>().is_zero();
  h.base_fee_per_gas = fields.amount();
  h.withdrawals_root = fields.fixed<hash256>();
  const bool constant = read_later_fields(fields, h);
  if (auto done = fields.finish(); !done) return alys::fail(engine_error::damaged_header, done.error().text());
  if (ommers || difficulty || nonce) return alys::fail(engine_error::damaged_header, "not of a block after the merge");
  if (!constant) return alys::fail(engine_error::damaged_header, "with blobs, requests or a beacon root that no block of Alys has");
  return h;
}

hash256 hash_of(const execution_header& h) { return keccak256(encode_header(h)); }

execution_header header_of(const execution_payload& p) {
  return {
      .fork = p.fork,
      .parent_hash = p.parent_hash,
      .fee_recipient = p.fee_recipient,
      .state_root = p.state_root,
      .transactions_root = ordered_root(p.transactions),
      .receipts_root = p.receipts_root,
      .logs_bloom = p.logs_bloom,
      .number = p.block_number,
      .gas_limit = p.gas_limit,
      .gas_used = p.gas_used,
      .timestamp = p.timestamp,
      .extra_data = p.extra_data,
      .prev_randao = p.prev_randao,
      .base_fee_per_gas = p.base_fee_per_gas,
      .withdrawals_root = withdrawals_root(p.withdrawals),
  };
}

bytes encode_withdrawal(const withdrawal& w) {
  return rlp_list{}.integer(w.index).integer(w.validator_index).fixed(w.recipient).integer(w.amount.value()).encode();
}

} // namespace alys::domain
