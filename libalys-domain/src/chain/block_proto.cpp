// SPDX-License-Identifier: Apache-2.0
//
// Blocks to protobuf and back. A message is scanned before it is parsed, because a list item of two bytes becomes an object of dozens.
#include <alys/domain/chain/block_proto.hpp>

#include <alys/domain/chain/limits.hpp>

#include <alys/chain/v1/block.pb.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>

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

struct known_field {
  std::string_view name;
  WireFormatLite::WireType type = WireFormatLite::WIRETYPE_LENGTH_DELIMITED;
  std::uint64_t largest = 0;                 // of a number
  std::size_t most = 1;                      // how often it may stand in its message
  std::span<const known_field> message = {}; // its own fields, if it is a message
};

constexpr known_field string(std::string_view name) { return {.name = name}; }
constexpr known_field number(std::string_view name, std::uint64_t largest = std::numeric_limits<std::uint64_t>::max()) {
  return {.name = name, .type = WireFormatLite::WIRETYPE_VARINT, .largest = largest};
}
constexpr std::uint64_t largest_index = std::numeric_limits<decltype(authority_index::value)>::max();
constexpr std::uint64_t largest_u32 = std::numeric_limits<std::uint32_t>::max();
constexpr auto largest_fork = static_cast<std::uint64_t>(newest_execution_fork);

// The fields of each message in block.proto, by number from 1.
constexpr std::array withdrawal_fields{number("index"), number("validator_index"), string("recipient"), number("amount")};
constexpr std::array approval_fields{number("authority", largest_index), string("signature")};
constexpr std::array header_fields{number("chain_id"), number("fork", largest_u32),     number("height"), number("slot"), number("time"),
                                   string("parent"),   number("author", largest_index), string("payload")};
constexpr std::array payload_fields{string("parent_hash"),
                                    string("fee_recipient"),
                                    string("state_root"),
                                    string("receipts_root"),
                                    string("logs_bloom"),
                                    string("prev_randao"),
                                    number("block_number"),
                                    number("gas_limit"),
                                    number("gas_used"),
                                    number("timestamp"),
                                    string("extra_data"),
                                    string("base_fee_per_gas"),
                                    string("block_hash"),
                                    known_field{.name = "transactions", .most = block_limits::transactions},
                                    known_field{.name = "withdrawals", .most = block_limits::withdrawals, .message = withdrawal_fields},
                                    number("fork", largest_fork)};
constexpr std::array block_fields{known_field{.name = "header", .message = header_fields},
                                  known_field{.name = "payload", .message = payload_fields}, string("seal"),
                                  known_field{.name = "approvals", .most = block_limits::approvals, .message = approval_fields}};

// Reads a message without keeping any of it, and finds the first thing that protobuf would take and no block has.
class scan {
public:
  explicit scan(bytes_view data) : in_(data.data(), static_cast<int>(data.size())) {}

  [[nodiscard]] alys::result<void> whole_block() {
    if (message(block_fields)) return {};
    return alys::refuse(code_, path_.empty() ? what_ : path_ + ": " + what_);
  }

private:
  [[nodiscard]] bool message(std::span<const known_field> fields) {
    std::array<std::size_t, std::max(block_fields.size(), payload_fields.size())> seen{};
    while (const std::uint32_t tag = in_.ReadTag()) {
      const auto number = static_cast<std::size_t>(WireFormatLite::GetTagFieldNumber(tag));
      if (number == 0 || number > fields.size()) return refuse("has an unknown field, number " + std::to_string(number));
      const known_field& field = fields[number - 1];
      if (!one(field, WireFormatLite::GetTagWireType(tag), ++seen[number - 1])) return within(field, seen[number - 1] - 1);
    }
    return in_.ConsumedEntireMessage() || refuse("is cut off or no message");
  }

  [[nodiscard]] bool one(const known_field& field, WireFormatLite::WireType type, std::size_t count) {
    if (type != field.type) return refuse("has another type");
    if (count > field.most && field.most == 1) return refuse("stands twice");
    if (count > field.most) return refuse("more than " + std::to_string(field.most) + " of them", encoding_error::over_limit);
    if (type == WireFormatLite::WIRETYPE_VARINT) return number(field);
    int length = 0;
    if (!in_.ReadVarintSizeAsInt(&length)) return refuse("has no length");
    if (field.message.empty()) return in_.Skip(length) || refuse("is cut off");
    const auto outer = in_.PushLimit(length);
    if (in_.BytesUntilLimit() < length) return refuse("is cut off"); // PushLimit goes no further than the limit outside
    if (!message(field.message)) return false;
    in_.PopLimit(outer);
    return true;
  }

  [[nodiscard]] bool number(const known_field& field) {
    std::uint64_t value = 0;
    if (!in_.ReadVarint64(&value)) return refuse("is cut off or longer than 64 bits");
    return value <= field.largest || refuse(std::to_string(value) + " is above " + std::to_string(field.largest));
  }

  [[nodiscard]] bool refuse(std::string what, encoding_error code = encoding_error::malformed) {
    what_ = std::move(what);
    code_ = code;
    return false;
  }
  [[nodiscard]] bool within(const known_field& field, std::size_t index) {
    std::string name{field.name};
    if (field.most > 1 && index < field.most) name += "[" + std::to_string(index) + "]";
    if (!path_.empty()) name.append(".").append(path_);
    path_ = std::move(name);
    return false;
  }

  CodedInputStream in_;
  std::string path_;
  std::string what_;
  encoding_error code_ = encoding_error::malformed;
};

// ---- from protobuf

// Reads fields of fixed width; remembers the first that has another.
class field_reader {
public:
  template <class Fixed>
  [[nodiscard]] Fixed fixed(std::string_view name, const std::string& field) {
    auto value = Fixed::from(bytes_of(field));
    if (!value) note(name, field.size(), Fixed{}.view().size());
    return value.value_or(Fixed{});
  }

  [[nodiscard]] wei word(std::string_view name, const std::string& field) {
    return from_big_endian(fixed<hash256>(name, field).view()).value_or(wei{0});
  }

  [[nodiscard]] const std::string& problem() const noexcept { return problem_; }

private:
  void note(std::string_view name, std::size_t has, std::size_t wanted) {
    if (!problem_.empty()) return;
    problem_.append(name).append(": ").append(std::to_string(has)).append(" bytes, not ").append(std::to_string(wanted));
  }

  std::string problem_;
};

// The scan has held it against what a u16 can hold.
[[nodiscard]] authority_index index(std::uint32_t field) { return authority_index{static_cast<std::uint16_t>(field)}; }

[[nodiscard]] block_header read(field_reader& in, const carrier::BlockHeader& from) {
  block_header h;
  h.chain_id = from.chain_id();
  h.fork = from.fork();
  h.height = block_height{from.height()};
  h.slot = slot{from.slot()};
  h.time = unix_milliseconds{from.time()};
  h.parent = in.fixed<block_id>("header.parent", from.parent());
  h.author = index(from.author());
  h.payload = in.fixed<hash256>("header.payload", from.payload());
  return h;
}

[[nodiscard]] std::string item(std::string_view list, std::size_t at, std::string_view name) {
  return std::string{list} + "[" + std::to_string(at) + "]." + std::string{name};
}

[[nodiscard]] withdrawal read(field_reader& in, std::size_t at, const carrier::Withdrawal& from) {
  return {from.index(), from.validator_index(), in.fixed<address>(item("payload.withdrawals", at, "recipient"), from.recipient()),
          gwei{from.amount()}};
}

[[nodiscard]] approval read(field_reader& in, std::size_t at, const carrier::Approval& from) {
  return {index(from.authority()), in.fixed<schnorr_signature>(item("approvals", at, "signature"), from.signature())};
}

[[nodiscard]] execution_payload read(field_reader& in, const carrier::ExecutionPayload& from) {
  execution_payload p;
  p.parent_hash = in.fixed<hash256>("payload.parent_hash", from.parent_hash());
  p.fee_recipient = in.fixed<address>("payload.fee_recipient", from.fee_recipient());
  p.state_root = in.fixed<hash256>("payload.state_root", from.state_root());
  p.receipts_root = in.fixed<hash256>("payload.receipts_root", from.receipts_root());
  p.logs_bloom = in.fixed<bloom>("payload.logs_bloom", from.logs_bloom());
  p.prev_randao = in.fixed<hash256>("payload.prev_randao", from.prev_randao());
  p.block_number = block_height{from.block_number()};
  p.gas_limit = gas{from.gas_limit()};
  p.gas_used = gas{from.gas_used()};
  p.timestamp = unix_seconds{from.timestamp()};
  p.extra_data = to_bytes(bytes_of(from.extra_data()));
  p.base_fee_per_gas = in.word("payload.base_fee_per_gas", from.base_fee_per_gas());
  p.block_hash = in.fixed<hash256>("payload.block_hash", from.block_hash());
  for (const std::string& transaction : from.transactions()) p.transactions.push_back(to_bytes(bytes_of(transaction)));
  for (const carrier::Withdrawal& w : from.withdrawals()) p.withdrawals.push_back(read(in, p.withdrawals.size(), w));
  p.fork = static_cast<execution_fork>(from.fork());
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
  if (auto scanned = scan{data}.whole_block(); !scanned) return scanned.error();

  carrier::Block message;
  if (!message.ParseFromArray(data.data(), static_cast<int>(data.size())))
    return alys::refuse(encoding_error::malformed, "no block message");
  field_reader in;
  block one;
  one.header = read(in, message.header());
  one.payload = read(in, message.payload());
  one.seal = in.fixed<schnorr_signature>("seal", message.seal());
  for (const carrier::Approval& a : message.approvals()) one.approvals.push_back(read(in, one.approvals.size(), a));
  if (!in.problem().empty()) return alys::refuse(encoding_error::malformed, in.problem());
  if (auto fits = within_limits(one); !fits) return fits.error();
  return one;
}

} // namespace alys::domain
