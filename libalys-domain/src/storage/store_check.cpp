// SPDX-License-Identifier: Apache-2.0
//
// Checks across tables.
#include "store_check.hpp"

#include <alys/domain/chain/identity.hpp>
#include <alys/domain/engine/execution_header.hpp>
#include <alys/domain/engine/state_check.hpp>
#include <alys/domain/engine/trie.hpp>
#include <alys/domain/primitives/digest.hpp>
#include <alys/domain/storage/keys.hpp>
#include <alys/domain/storage/records.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

namespace alys::domain {
namespace {

[[nodiscard]] error at_height(block_height height, const std::string& what) {
  return damaged("at height " + std::to_string(height.value()) + " " + what);
}

// The block at this height of the chain of the head.
[[nodiscard]] result<block> block_at(const record_reader& reader, block_height height) {
  const auto id = reader.read(key_of(store_table::height, height.value()), decode_block_id);
  if (!id) return id.error();
  if (!*id) return at_height(height, "no block is known");
  auto one = reader.read_block(**id);
  if (!one) return one.error();
  if (!*one) return at_height(height, "the block is missing");
  if (id_of((*one)->header) != **id || (*one)->header.height != height)
    return at_height(height, "there is another block than its key says");
  return **std::move(one);
}

[[nodiscard]] result<void> check_ref(const record_reader& reader, const block_ref& ref) {
  const auto one = block_at(reader, ref.height);
  if (!one) return one.error();
  if (ref_to(one->header) != ref) return at_height(ref.height, "there is another block than head or last final block say");
  return {};
}

// It is found by its payload, each of its transactions by its hash, and there are as many receipts as transactions.
[[nodiscard]] result<void> check_indexes(const record_reader& reader, const block& one, const block_ref& ref) {
  const auto by_payload = reader.read(key_of(store_table::payload, one.payload.block_hash.view()), decode_block_id);
  if (!by_payload) return by_payload.error();
  if (*by_payload != ref.id) return at_height(ref.height, "the block is not found by its payload");
  const auto receipts = reader.read(key_of(store_table::receipts, ref.id.view()), decode_receipts);
  if (!receipts) return receipts.error();
  if (!*receipts || (*receipts)->size() != one.payload.transactions.size()) return at_height(ref.height, "receipts are missing");
  std::uint32_t index = 0;
  for (const bytes& transaction : one.payload.transactions) {
    const auto place = reader.read(key_of(store_table::transaction, keccak256(transaction).view()), decode_place);
    if (!place) return place.error();
    if (*place != transaction_place{ref, index++}) return at_height(ref.height, "a transaction is not found by its hash");
  }
  return {};
}

// Downwards, so that each block says which one must be below it.
[[nodiscard]] result<void> check_chain(const record_reader& reader, const chain_progress& progress, const std::stop_token& stop) {
  block_id expected = progress.head.id;
  for (std::uint64_t height = progress.head.height.value();; --height) {
    if (stop.stop_requested()) return interrupted();
    const auto one = block_at(reader, block_height{height});
    if (!one) return one.error();
    const block_ref ref = ref_to(one->header);
    if (ref.id != expected) return at_height(ref.height, "the block is not its child's parent");
    if (auto done = check_indexes(reader, *one, ref); !done) return done;
    if (height == 0) break;
    expected = one->header.parent;
  }
  if (expected != progress.genesis) return damaged("the chain does not begin with its genesis block");
  return {};
}

[[nodiscard]] result<void> check_nothing_above(const record_reader& reader, block_height head) {
  const bytes highest = key_of(store_table::height, head.value());
  return reader.each(key_of(store_table::height), [&](bytes_view key, bytes_view) -> result<void> {
    if (std::ranges::lexicographical_compare(highest, key)) return at_height(head, "ends the chain, and there are blocks above");
    return {};
  });
}

class stored_nodes final : public state_source {
public:
  explicit stored_nodes(const record_reader& reader) : reader_(reader) {}
  [[nodiscard]] result<std::optional<bytes>> node(const hash256& hash) const override { return reader_.read_node(hash); }

private:
  const record_reader& reader_;
};

// That the whole state of this block is there, if its header is: an execution client keeps both to itself.
[[nodiscard]] result<void> check_state(const record_reader& reader, const block_ref& ref, const std::stop_token& stop) {
  constexpr std::size_t nodes_between_stops = 4'096;
  const auto one = block_at(reader, ref.height);
  if (!one) return one.error();
  const auto header = reader.read(key_of(store_table::node, one->payload.block_hash.view()), decode_header);
  if (!header) return header.error();
  if (!*header) return {};
  const stored_nodes nodes{reader};
  for (std::optional<bytes> next = bytes{}; next;) {
    if (stop.stop_requested()) return interrupted();
    auto part = check_state_part(nodes, (*header)->state_root, *next, nodes_between_stops);
    if (part == trie_error::missing_node) return at_height(ref.height, "the state lacks the node " + part.error().text());
    if (part == trie_error::damaged_node) return at_height(ref.height, "the state is damaged at the node " + part.error().text());
    if (!part) return part.error();
    next = std::move(part->next);
  }
  return {};
}

// Of a block that is stored, above what was pruned.
[[nodiscard]] result<void> check_dropped(const record_reader& reader, bytes_view key, bytes_view content, const pruning_progress& at) {
  const auto place = decode_dropped_key(key);
  if (!place) return place.error();
  const auto& [height, id] = *place;
  const auto dropped = decode_dropped(content);
  if (!dropped) return dropped.error();
  if (dropped->import == 0 || dropped->import > at.imports) return at_height(height, "a block dropped nodes with an import that never was");
  if (height <= at.first_kept) return at_height(height, "nodes were dropped that should be pruned by now");
  const auto one = reader.read_block(id);
  if (!one) return one.error();
  if (!*one || (*one)->header.height != height) return at_height(height, "a block dropped nodes, and is another or missing");
  return {};
}

[[nodiscard]] result<void> check_rewritten(const record_reader& reader, bytes_view key, bytes_view content, const pruning_progress& at) {
  const auto node = hash256::from(key.subspan(1));
  const auto import = decode_number(content);
  if (!import) return import.error();
  if (!node || *import == 0 || *import > at.imports) return damaged("a node was written again by an import that never was");
  const auto there = reader.contains(key_of(store_table::node, node->view()));
  if (!there) return there.error();
  if (!*there) return damaged("the node " + to_hex(*node) + " was written again and is missing");
  return {};
}

// What says which nodes may go, and when.
[[nodiscard]] result<void> check_pruning(const record_reader& reader, const std::optional<chain_progress>& progress,
                                         const std::stop_token& stop) {
  const auto at = reader.read(key_of(store_table::pruning), decode_pruning);
  if (!at) return at.error();
  if (!*at) return damaged("how far states were pruned is missing");
  if ((*at)->first_kept > (progress ? progress->last_final.height : block_height{0}))
    return at_height((*at)->first_kept, "states were pruned that are above the last final block");
  const auto each_with = [&](store_table table, const auto& check) {
    return reader.each(key_of(table), [&](bytes_view key, bytes_view content) -> result<void> {
      if (stop.stop_requested()) return interrupted();
      return check(reader, key, content, **at);
    });
  };
  if (auto done = each_with(store_table::dropped, check_dropped); !done) return done;
  return each_with(store_table::rewritten, check_rewritten);
}

// The chain of the head, with the newest states.
[[nodiscard]] result<void> check_whole_chain(const record_reader& reader, const chain_progress& progress, const std::stop_token& stop) {
  if (auto done = check_newest(reader); !done) return done;
  if (auto done = check_chain(reader, progress, stop); !done) return done;
  if (auto done = check_nothing_above(reader, progress.head.height); !done) return done;
  if (auto done = check_state(reader, progress.last_final, stop); !done) return done;
  if (progress.head == progress.last_final) return {};
  return check_state(reader, progress.head, stop);
}

// Reads every record there is.
[[nodiscard]] result<store_summary> count_records(const record_reader& reader, const std::stop_token& stop) {
  store_summary found;
  auto read = reader.each({}, [&](bytes_view key, bytes_view) -> result<void> {
    if (stop.stop_requested()) return interrupted();
    ++found.records;
    if (key[0] == static_cast<std::uint8_t>(store_table::block)) ++found.blocks;
    return {};
  });
  if (!read) return read.error();
  return found;
}

} // namespace

error interrupted() { return fail(store_error::interrupted, "told to stop"); }

result<void> check_newest(const record_reader& reader) {
  const auto progress = reader.read(key_of(store_table::progress), decode_progress);
  if (!progress) return progress.error();
  if (!*progress) return {};
  const auto genesis = block_at(reader, block_height{0});
  if (!genesis) return genesis.error();
  if (id_of(genesis->header) != (*progress)->genesis) return at_height(block_height{0}, "there is another block than genesis");
  if (auto done = check_ref(reader, (*progress)->last_final); !done) return done;
  return check_ref(reader, (*progress)->head);
}

result<store_summary> check_all(const record_reader& reader, const std::stop_token& stop) {
  auto found = count_records(reader, stop);
  if (!found) return found;
  const auto progress = reader.read(key_of(store_table::progress), decode_progress);
  if (!progress) return progress.error();
  if (!*progress && found->blocks > 0) return damaged("there are blocks and no head");
  if (*progress) {
    if (auto done = check_whole_chain(reader, **progress, stop); !done) return done.error();
  }
  if (auto done = check_pruning(reader, *progress, stop); !done) return done.error();
  return found;
}

} // namespace alys::domain
