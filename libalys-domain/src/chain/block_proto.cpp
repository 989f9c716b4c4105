// SPDX-License-Identifier: Apache-2.0
//
// Blocks to protobuf and back. A message is scanned before it is parsed, because a list item of two bytes becomes an object of dozens.
#include <alys/domain/chain/block_proto.hpp>

#include <alys/domain/chain/limits.hpp>

#include <alys/chain/v1/block.pb.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

#include <array>
#include <limits>
#include <span>
#include <string>

namespace alys::domain {
namespace {

namespace carrier = alys::chain::v1;
using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedInputStream;

// ---- to protobuf

template <class Fixed>
[[nodiscard]] std::string text(const Fixed& value) {
  return std::string{text_of(value.view())};
}

void fill(carrier::BlockHeader& out, const block_header& h) {
  out.set_chain_id(h.chain_id);
  out.set_fork(h.fork);
  out.set_height(h.height.value());
  out.set_slot(h.slot.value());
  out.set_time(h.time.value());
  out.set_parent(text(h.parent));
  out.set_author(h.author.value);
  out.set_payload(text(h.payload));
}

void fill(carrier::Withdrawal& out, const withdrawal& w) {
  out.set_index(w.index);
  out.set_validator_index(w.validator_index);
  out.set_recipient(text(w.recipient));
  out.set_amount(w.amount.value());
}

void fill(carrier::ExecutionPayload& out, const execution_payload& p) {
  out.set_parent_hash(text(p.parent_hash));
  out.set_fee_recipient(text(p.fee_recipient));
  out.set_state_root(text(p.state_root));
  out.set_receipts_root(text(p.receipts_root));
  out.set_logs_bloom(text(p.logs_bloom));
  out.set_prev_randao(text(p.prev_randao));
  out.set_block_number(p.block_number.value());
  out.set_gas_limit(p.gas_limit.value());
  out.set_gas_used(p.gas_used.value());
  out.set_timestamp(p.timestamp.value());
  out.set_extra_data(std::string{text_of(p.extra_data)});
  out.set_base_fee_per_gas(text(to_word(p.base_fee_per_gas)));
  out.set_block_hash(text(p.block_hash));
  for (const bytes& transaction : p.transactions) out.add_transactions(std::string{text_of(transaction)});
  for (const withdrawal& w : p.withdrawals) fill(*out.add_withdrawals(), w);
  out.set_fork(static_cast<std::uint32_t>(p.fork));
}

// ---- what may be parsed

struct list_counts {
  std::size_t transactions = 0;
  std::size_t withdrawals = 0;
  std::size_t approvals = 0;

  [[nodiscard]] bool allowed() const {
    return transactions <= block_limits::transactions && withdrawals <= block_limits::withdrawals && approvals <= block_limits::approvals;
  }
};

struct known_field {
  WireFormatLite::WireType type = WireFormatLite::WIRETYPE_LENGTH_DELIMITED;
  std::size_t list_counts::*count = nullptr; // where its occurrences are counted
  std::span<const known_field> message = {}; // its own fields, if it is a message
};

// The fields of each message in block.proto, by number from 1.
constexpr known_field number{WireFormatLite::WIRETYPE_VARINT};
constexpr known_field string{};
constexpr std::array withdrawal_fields{number, number, string, number};
constexpr std::array approval_fields{number, string};
constexpr std::array header_fields{number, number, number, number, number, string, number, string};
constexpr std::array payload_fields{string,
                                    string,
                                    string,
                                    string,
                                    string,
                                    string,
                                    number,
                                    number,
                                    number,
                                    number,
                                    string,
                                    string,
                                    string,
                                    known_field{string.type, &list_counts::transactions},
                                    known_field{string.type, &list_counts::withdrawals, withdrawal_fields},
                                    number};
constexpr std::array block_fields{known_field{string.type, nullptr, header_fields}, known_field{string.type, nullptr, payload_fields},
                                  string, known_field{string.type, &list_counts::approvals, approval_fields}};

// Counts the items of all lists and allocates nothing. False for what is no message of these fields, unknown ones included. A message may hold
// a field twice; protobuf joins lists then, so they are counted together.
[[nodiscard]] bool scan(CodedInputStream& in, std::span<const known_field> fields, list_counts& counts) {
  while (const std::uint32_t tag = in.ReadTag()) {
    const auto index = static_cast<std::size_t>(WireFormatLite::GetTagFieldNumber(tag)) - 1;
    if (index >= fields.size() || fields[index].type != WireFormatLite::GetTagWireType(tag)) return false;
    const known_field& field = fields[index];
    if (field.count != nullptr) ++(counts.*field.count);
    if (field.message.empty()) {
      if (!WireFormatLite::SkipField(&in, tag)) return false;
    } else {
      const auto outer = in.ReadLengthAndPushLimit();
      if (!scan(in, field.message, counts) || !in.CheckEntireMessageConsumedAndPopLimit(outer)) return false;
    }
  }
  return in.ConsumedEntireMessage();
}

// ---- from protobuf

// Reads fields of fixed width and small range; `ok` says whether all were so.
class field_reader {
public:
  template <class Fixed>
  [[nodiscard]] Fixed fixed(const std::string& field) {
    auto value = Fixed::from(bytes_of(field));
    if (!value) ok_ = false;
    return value.value_or(Fixed{});
  }

  [[nodiscard]] wei word(const std::string& field) { return from_big_endian(fixed<hash256>(field).view()).value_or(wei{0}); }

  [[nodiscard]] authority_index index(std::uint32_t field) {
    if (field > std::numeric_limits<std::uint16_t>::max()) ok_ = false;
    return authority_index{static_cast<std::uint16_t>(field)};
  }

  [[nodiscard]] execution_fork fork(std::uint32_t field) {
    if (field <= static_cast<std::uint32_t>(newest_execution_fork)) return static_cast<execution_fork>(field);
    ok_ = false;
    return {};
  }

  [[nodiscard]] bool ok() const noexcept { return ok_; }

private:
  bool ok_ = true;
};

[[nodiscard]] block_header read(field_reader& in, const carrier::BlockHeader& from) {
  block_header h;
  h.chain_id = from.chain_id();
  h.fork = from.fork();
  h.height = block_height{from.height()};
  h.slot = slot{from.slot()};
  h.time = unix_milliseconds{from.time()};
  h.parent = in.fixed<block_id>(from.parent());
  h.author = in.index(from.author());
  h.payload = in.fixed<hash256>(from.payload());
  return h;
}

[[nodiscard]] withdrawal read(field_reader& in, const carrier::Withdrawal& from) {
  return {from.index(), from.validator_index(), in.fixed<address>(from.recipient()), gwei{from.amount()}};
}

[[nodiscard]] approval read(field_reader& in, const carrier::Approval& from) {
  return {in.index(from.authority()), in.fixed<schnorr_signature>(from.signature())};
}

[[nodiscard]] execution_payload read(field_reader& in, const carrier::ExecutionPayload& from) {
  execution_payload p;
  p.parent_hash = in.fixed<hash256>(from.parent_hash());
  p.fee_recipient = in.fixed<address>(from.fee_recipient());
  p.state_root = in.fixed<hash256>(from.state_root());
  p.receipts_root = in.fixed<hash256>(from.receipts_root());
  p.logs_bloom = in.fixed<bloom>(from.logs_bloom());
  p.prev_randao = in.fixed<hash256>(from.prev_randao());
  p.block_number = block_height{from.block_number()};
  p.gas_limit = gas{from.gas_limit()};
  p.gas_used = gas{from.gas_used()};
  p.timestamp = unix_seconds{from.timestamp()};
  p.extra_data = to_bytes(bytes_of(from.extra_data()));
  p.base_fee_per_gas = in.word(from.base_fee_per_gas());
  p.block_hash = in.fixed<hash256>(from.block_hash());
  for (const std::string& transaction : from.transactions()) p.transactions.push_back(to_bytes(bytes_of(transaction)));
  for (const carrier::Withdrawal& w : from.withdrawals()) p.withdrawals.push_back(read(in, w));
  p.fork = in.fork(from.fork());
  return p;
}

} // namespace

bytes block_to_protobuf(const block& one) {
  carrier::Block message;
  fill(*message.mutable_header(), one.header);
  fill(*message.mutable_payload(), one.payload);
  message.set_seal(text(one.seal));
  for (const approval& a : one.approvals) {
    carrier::Approval& out = *message.add_approvals();
    out.set_authority(a.authority.value);
    out.set_signature(text(a.signature));
  }
  bytes out(message.ByteSizeLong());
  (void)message.SerializeWithCachedSizesToArray(out.data());
  return out;
}

alys::result<block> block_from_protobuf(bytes_view data) {
  if (data.size() > block_limits::encoded_bytes) return alys::refuse(encoding_error::over_limit, std::to_string(data.size()) + " bytes");
  const int size = static_cast<int>(data.size());
  CodedInputStream stream{data.data(), size};
  list_counts counts;
  if (!scan(stream, block_fields, counts)) return alys::refuse(encoding_error::malformed, "no block message, or one with unknown fields");
  if (!counts.allowed()) return alys::refuse(encoding_error::over_limit, "too many transactions, withdrawals or approvals");

  carrier::Block message;
  if (!message.ParseFromArray(data.data(), size)) return alys::refuse(encoding_error::malformed, "no block message");
  field_reader in;
  block one;
  one.header = read(in, message.header());
  one.payload = read(in, message.payload());
  one.seal = in.fixed<schnorr_signature>(message.seal());
  for (const carrier::Approval& a : message.approvals()) one.approvals.push_back(read(in, a));
  if (!in.ok()) return alys::refuse(encoding_error::malformed, "a field has the wrong width or range");
  if (auto fits = within_limits(one); !fits) return fits.error();
  return one;
}

} // namespace alys::domain
