// SPDX-License-Identifier: Apache-2.0
//
// Encodings of the records.
#include <alys/domain/chain/canonical.hpp>
#include <alys/domain/engine/transaction.hpp>
#include <alys/domain/primitives/digest.hpp>
#include <alys/domain/storage/records.hpp>

#include <algorithm>

namespace alys::domain {

namespace {

constexpr std::size_t checksum_bytes = 8;
constexpr std::size_t most_receipts = 1'000'000; // far more than a block's gas allows
constexpr std::size_t least_receipt_bytes = 1 + 1 + 8 + 32 + 20 + 1 + 8 + 32;
constexpr std::size_t most_logs = 1'000'000; // likewise, of one transaction
constexpr std::size_t least_log_bytes = 20 + 1 + 4;
constexpr std::size_t most_log_data = 64'000'000; // likewise
constexpr std::size_t most_dropped = 100'000'000; // likewise

[[nodiscard]] hash256 checksum_of(bytes_view key, bytes_view content) {
  bytes all;
  all.reserve(key.size() + content.size());
  append(all, key);
  append(all, content);
  return sha256(all);
}

[[nodiscard]] error damaged(const error& why) { return fail(store_error::damaged, "a stored record does not decode: " + why.message()); }

// What was read, if the reader liked all of it.
template <class T>
[[nodiscard]] result<T> if_whole(const canonical_reader& in, T&& value) {
  if (const auto end = in.finish(); !end) return damaged(end.error());
  return std::forward<T>(value);
}

void write(canonical_writer& out, const block_ref& ref) { out.raw(ref.id.view()).u64(ref.height.value()).u64(ref.slot.value()); }

[[nodiscard]] block_ref read_ref(canonical_reader& in) {
  block_ref ref;
  ref.id = in.fixed<block_id>();
  ref.height = block_height{in.u64()};
  ref.slot = slot{in.u64()};
  return ref;
}

[[nodiscard]] bool read_flag(canonical_reader& in) {
  const std::uint8_t flag = in.u8();
  if (flag > 1) in.refuse(encoding_error::malformed);
  return flag == 1;
}

[[nodiscard]] receipt read_receipt(canonical_reader& in) {
  receipt r;
  const std::uint8_t type = in.u8();
  if (type != static_cast<std::uint8_t>(transaction_type::legacy) && type != static_cast<std::uint8_t>(transaction_type::fee_market))
    in.refuse(encoding_error::malformed);
  r.type = static_cast<transaction_type>(type);
  r.succeeded = read_flag(in);
  r.cumulative_gas_used = gas{in.u64()};
  r.transaction_hash = in.fixed<hash256>();
  r.sender = in.fixed<address>();
  if (read_flag(in)) r.to = in.fixed<address>();
  r.gas_used = gas{in.u64()};
  r.effective_gas_price = in.word();
  return r;
}

// Behind the receipts, and only if there are any: logs were not known at first, and most blocks have none.
void write_logs(canonical_writer& out, const std::vector<log_entry>& logs) {
  out.count(logs.size());
  for (const log_entry& log : logs) {
    out.raw(log.account.view()).u8(static_cast<std::uint8_t>(log.topics.size()));
    for (const hash256& topic : log.topics) out.raw(topic.view());
    out.sized(log.data);
  }
}

[[nodiscard]] std::vector<log_entry> read_logs(canonical_reader& in) {
  const std::size_t count = in.count(most_logs, least_log_bytes);
  std::vector<log_entry> logs;
  logs.reserve(count);
  for (std::size_t i = 0; i < count && in.ok(); ++i) {
    log_entry& log = logs.emplace_back();
    log.account = in.fixed<address>();
    const std::uint8_t topics = in.u8();
    if (topics > log_entry::most_topics) in.refuse(encoding_error::malformed);
    for (std::uint8_t t = 0; t < topics && in.ok(); ++t) log.topics.push_back(in.fixed<hash256>());
    log.data = in.sized(most_log_data);
  }
  return logs;
}

} // namespace

bytes seal_record(bytes_view key, bytes_view content) {
  const hash256 sum = checksum_of(key, content);
  bytes record(sum.begin(), sum.begin() + checksum_bytes);
  append(record, content);
  return record;
}

result<bytes_view> open_record(bytes_view key, bytes_view record) {
  if (record.size() >= checksum_bytes) {
    const bytes_view content = record.subspan(checksum_bytes);
    if (equal(checksum_of(key, content).view().first(checksum_bytes), record.first(checksum_bytes))) return content;
  }
  return fail(store_error::damaged, "a record of table '" + std::string{text_of(key.first(1))} + "' fails its checksum");
}

bytes encode_number(std::uint64_t number) {
  canonical_writer out;
  out.u64(number);
  return std::move(out).take();
}

result<std::uint64_t> decode_number(bytes_view data) {
  canonical_reader in{data};
  std::uint64_t number = in.u64();
  return if_whole(in, std::move(number));
}

result<block_id> decode_block_id(bytes_view data) {
  canonical_reader in{data};
  auto id = in.fixed<block_id>();
  return if_whole(in, std::move(id));
}

bytes encode_progress(const chain_progress& p) {
  canonical_writer out;
  out.raw(p.genesis.view());
  write(out, p.head);
  write(out, p.last_final);
  out.u8(p.vote ? 1 : 0);
  if (p.vote) out.u64(p.vote->slot.value()).raw(p.vote->block.view());
  return std::move(out).take();
}

result<chain_progress> decode_progress(bytes_view data) {
  canonical_reader in{data};
  chain_progress p;
  p.genesis = in.fixed<block_id>();
  p.head = read_ref(in);
  p.last_final = read_ref(in);
  if (read_flag(in)) {
    vote_lock vote;
    vote.slot = slot{in.u64()};
    vote.block = in.fixed<block_id>();
    p.vote = vote;
  }
  return if_whole(in, std::move(p));
}

bytes encode_receipts(const std::vector<receipt>& receipts) {
  canonical_writer out;
  out.count(receipts.size());
  for (const receipt& r : receipts) {
    out.u8(static_cast<std::uint8_t>(r.type))
        .u8(r.succeeded ? 1 : 0)
        .u64(r.cumulative_gas_used.value())
        .raw(r.transaction_hash.view())
        .raw(r.sender.view());
    out.u8(r.to ? 1 : 0);
    if (r.to) out.raw(r.to->view());
    out.u64(r.gas_used.value()).word(r.effective_gas_price);
  }
  const bool some_log = std::ranges::any_of(receipts, [](const receipt& r) { return !r.logs.empty(); });
  if (some_log) {
    for (const receipt& r : receipts) write_logs(out, r.logs);
  }
  return std::move(out).take();
}

result<std::vector<receipt>> decode_receipts(bytes_view data) {
  canonical_reader in{data};
  const std::size_t count = in.count(most_receipts, least_receipt_bytes);
  std::vector<receipt> receipts;
  receipts.reserve(count);
  for (std::size_t i = 0; i < count && in.ok(); ++i) receipts.push_back(read_receipt(in));
  if (!in.at_end()) {
    for (receipt& r : receipts) r.logs = read_logs(in);
    const bool some_log = std::ranges::any_of(receipts, [](const receipt& r) { return !r.logs.empty(); });
    if (!some_log) in.refuse(encoding_error::malformed);
  }
  return if_whole(in, std::move(receipts));
}

bytes encode_place(const transaction_place& place) {
  canonical_writer out;
  write(out, place.block);
  out.u32(place.index);
  return std::move(out).take();
}

result<transaction_place> decode_place(bytes_view data) {
  canonical_reader in{data};
  transaction_place place;
  place.block = read_ref(in);
  place.index = in.u32();
  return if_whole(in, std::move(place));
}

bytes encode_journaled(const journaled_transaction& t) {
  canonical_writer out;
  out.raw(t.hash.view()).sized(t.raw);
  return std::move(out).take();
}

result<journaled_transaction> decode_journaled(bytes_view data) {
  canonical_reader in{data};
  journaled_transaction t;
  t.hash = in.fixed<hash256>();
  t.raw = in.sized(largest_transaction);
  return if_whole(in, std::move(t));
}

bytes encode_dropped(const dropped_state& dropped) {
  canonical_writer out;
  out.u64(dropped.import).count(dropped.nodes.size());
  for (const hash256& node : dropped.nodes) out.raw(node.view());
  return std::move(out).take();
}

result<dropped_state> decode_dropped(bytes_view data) {
  canonical_reader in{data};
  dropped_state dropped;
  dropped.import = in.u64();
  const std::size_t count = in.count(most_dropped, hash256::size());
  dropped.nodes.reserve(count);
  for (std::size_t i = 0; i < count && in.ok(); ++i) dropped.nodes.push_back(in.fixed<hash256>());
  return if_whole(in, std::move(dropped));
}

result<std::pair<block_height, block_id>> decode_dropped_key(bytes_view key) {
  canonical_reader in{key};
  (void)in.u8(); // the table
  std::pair<block_height, block_id> place;
  place.first = block_height{in.u64()};
  place.second = in.fixed<block_id>();
  return if_whole(in, std::move(place));
}

bytes encode_pruning(const pruning_progress& p) {
  canonical_writer out;
  out.u64(p.imports).u64(p.first_kept.value());
  return std::move(out).take();
}

result<pruning_progress> decode_pruning(bytes_view data) {
  canonical_reader in{data};
  pruning_progress p;
  p.imports = in.u64();
  p.first_kept = block_height{in.u64()};
  return if_whole(in, std::move(p));
}

} // namespace alys::domain
