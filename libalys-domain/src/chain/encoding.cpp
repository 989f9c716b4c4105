// SPDX-License-Identifier: Apache-2.0
//
// Blocks to canonical bytes and back. Writing and reading stand side by side: the order of fields is the format.
#include <alys/domain/chain/encoding.hpp>

#include <alys/domain/chain/limits.hpp>

namespace alys::domain {
namespace {

constexpr std::size_t encoded_withdrawal_bytes = 8 + 8 + 20 + 8;
constexpr std::size_t encoded_approval_bytes = 2 + 64;
constexpr std::size_t least_transaction_bytes = 4; // its length

void write(canonical_writer& out, const block_header& h) {
  out.u64(h.chain_id).u32(h.fork).u64(h.height.value()).u64(h.slot.value()).u64(h.time.value());
  out.raw(h.parent.view()).u16(h.author.value).raw(h.payload.view());
}

[[nodiscard]] block_header read_header(canonical_reader& in) {
  block_header h;
  h.chain_id = in.u64();
  h.fork = in.u32();
  h.height = block_height{in.u64()};
  h.slot = slot{in.u64()};
  h.time = unix_milliseconds{in.u64()};
  h.parent = in.fixed<block_id>();
  h.author = authority_index{in.u16()};
  h.payload = in.fixed<hash256>();
  return h;
}

void write(canonical_writer& out, const withdrawal& w) {
  out.u64(w.index).u64(w.validator_index).raw(w.recipient.view()).u64(w.amount.value());
}

[[nodiscard]] withdrawal read_withdrawal(canonical_reader& in) {
  withdrawal w;
  w.index = in.u64();
  w.validator_index = in.u64();
  w.recipient = in.fixed<address>();
  w.amount = gwei{in.u64()};
  return w;
}

void write(canonical_writer& out, const execution_payload& p) {
  out.raw(p.parent_hash.view()).raw(p.fee_recipient.view()).raw(p.state_root.view()).raw(p.receipts_root.view());
  out.raw(p.logs_bloom.view()).raw(p.prev_randao.view());
  out.u64(p.block_number.value()).u64(p.gas_limit.value()).u64(p.gas_used.value()).u64(p.timestamp.value());
  out.sized(p.extra_data).word(p.base_fee_per_gas).raw(p.block_hash.view());
  out.count(p.transactions.size());
  for (const bytes& transaction : p.transactions) out.sized(transaction);
  out.count(p.withdrawals.size());
  for (const withdrawal& w : p.withdrawals) write(out, w);
  if (p.fork != execution_fork::shanghai) out.u8(static_cast<std::uint8_t>(p.fork));
}

[[nodiscard]] execution_fork read_later_fork(canonical_reader& in) {
  const std::uint8_t fork = in.u8();
  if (fork > static_cast<std::uint8_t>(execution_fork::shanghai) && fork <= static_cast<std::uint8_t>(newest_execution_fork))
    return static_cast<execution_fork>(fork);
  in.refuse(encoding_error::unknown_version);
  return {};
}

[[nodiscard]] execution_payload read_payload(canonical_reader& in, bool of_later_fork) {
  execution_payload p;
  p.parent_hash = in.fixed<hash256>();
  p.fee_recipient = in.fixed<address>();
  p.state_root = in.fixed<hash256>();
  p.receipts_root = in.fixed<hash256>();
  p.logs_bloom = in.fixed<bloom>();
  p.prev_randao = in.fixed<hash256>();
  p.block_number = block_height{in.u64()};
  p.gas_limit = gas{in.u64()};
  p.gas_used = gas{in.u64()};
  p.timestamp = unix_seconds{in.u64()};
  p.extra_data = in.sized(block_limits::extra_data_bytes);
  p.base_fee_per_gas = in.word();
  p.block_hash = in.fixed<hash256>();
  p.transactions.resize(in.count(block_limits::transactions, least_transaction_bytes));
  for (bytes& transaction : p.transactions) transaction = in.sized(block_limits::transaction_bytes);
  p.withdrawals.resize(in.count(block_limits::withdrawals, encoded_withdrawal_bytes));
  for (withdrawal& w : p.withdrawals) w = read_withdrawal(in);
  if (of_later_fork) p.fork = read_later_fork(in);
  return p;
}

[[nodiscard]] approval read_approval(canonical_reader& in) {
  approval a;
  a.authority = authority_index{in.u16()};
  a.signature = in.fixed<schnorr_signature>();
  return a;
}

} // namespace

bytes encode_header(const block_header& header) {
  canonical_writer out;
  write(out, header);
  return std::move(out).take();
}

bytes encode_payload(const execution_payload& payload) {
  canonical_writer out;
  write(out, payload);
  return std::move(out).take();
}

bytes encode_block(const block& one) {
  canonical_writer out;
  out.u8(one.payload.fork == execution_fork::shanghai ? block_encoding_version : later_block_encoding_version);
  write(out, one.header);
  write(out, one.payload);
  out.raw(one.seal.view());
  out.count(one.approvals.size());
  for (const approval& a : one.approvals) out.u16(a.authority.value).raw(a.signature.view());
  return std::move(out).take();
}

alys::result<block> decode_block(bytes_view data) {
  if (data.size() > block_limits::encoded_bytes) return alys::refuse(encoding_error::over_limit);
  canonical_reader in{data};
  const std::uint8_t version = in.u8();
  if (version != block_encoding_version && version != later_block_encoding_version) in.refuse(encoding_error::unknown_version);
  block one;
  one.header = read_header(in);
  one.payload = read_payload(in, version == later_block_encoding_version);
  one.seal = in.fixed<schnorr_signature>();
  one.approvals.resize(in.count(block_limits::approvals, encoded_approval_bytes));
  for (approval& a : one.approvals) a = read_approval(in);
  if (auto done = in.finish(); !done) return done.error();
  return one;
}

} // namespace alys::domain
