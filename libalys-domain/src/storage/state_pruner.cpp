// SPDX-License-Identifier: Apache-2.0
//
// Noting and removing.
#include "state_pruner.hpp"

#include "record_writes.hpp"

#include <alys/domain/storage/keys.hpp>

namespace alys::domain {
namespace {

// Of one commit, so that none takes long after fewer states are to be kept than before. A height is pruned as a whole.
constexpr std::size_t most_heights = 32;
constexpr std::size_t most_nodes = 20'000;

} // namespace

// A node that is new to the store needs no number: had a block that is not pruned yet dropped it, it would still be there.
result<void> state_pruner::add(const import_batch& import, bool stored) {
  const std::uint64_t number = ++progress_.imports;
  if (stored) return {};
  for (const state_change& node : import.state_changes) {
    const auto known = is_known(node.hash);
    if (!known) return known.error();
    if (!*known) continue;
    put_record(batch_, key_of(store_table::rewritten, node.hash.view()), encode_number(number));
    rewritten_.insert_or_assign(node.hash, number);
  }
  if (import.dropped_nodes.empty() || import.ref.height <= progress_.first_kept) return {};
  dropped_state dropped{number, import.dropped_nodes};
  put_record(batch_, key_of(store_table::dropped, import.ref.height.value(), import.ref.id.view()), encode_dropped(dropped));
  dropped_[import.ref.height.value()].emplace_back(import.ref.id, std::move(dropped));
  return {};
}

result<void> state_pruner::prune(const block_ref& last_final, const chain_index& chain) {
  if (keep_states_ == 0 || last_final.height.value() < keep_states_) return {};
  const block_height until{last_final.height.value() - keep_states_ + 1};
  if (until <= progress_.first_kept) return {};
  const auto final_one = chain(last_final.height);
  if (!final_one) return final_one.error();
  if (*final_one != last_final.id) return fail(store_error::not_consistent, "the last final block is not on the chain of the head");
  const auto due = find_due(until);
  if (!due) return due.error();
  for (const auto& [height, blocks] : *due) {
    const auto on_chain = chain(block_height{height});
    if (!on_chain) return on_chain.error();
    for (const auto& [id, dropped] : blocks) {
      remove_record(batch_, key_of(store_table::dropped, height, id.view()));
      if (id != *on_chain) continue; // of a branch that lost: its state is no kept one's ancestor
      if (auto removed = remove_dropped(dropped); !removed) return removed;
    }
    progress_.first_kept = block_height{height};
  }
  return {};
}

// From the lowest height on.
result<std::map<std::uint64_t, state_pruner::branches>> state_pruner::find_due(block_height until) const {
  std::map<std::uint64_t, branches> due;
  std::uint64_t last = until.value();
  std::size_t nodes = 0;
  const bytes table = key_of(store_table::dropped);
  const bytes from = key_of(store_table::dropped, progress_.first_kept.value() + 1);
  auto read = reader_.each_from(from, table, [&](bytes_view key, bytes_view content) -> result<bool> {
    const auto place = decode_dropped_key(key);
    if (!place) return place.error();
    const auto& [height, id] = *place;
    if (height.value() > last) return false;
    if (!due.contains(height.value()) && (due.size() == most_heights || nodes >= most_nodes)) {
      last = height.value() - 1;
      return false;
    }
    auto dropped = decode_dropped(content);
    if (!dropped) return dropped.error();
    nodes += dropped->nodes.size();
    due[height.value()].emplace_back(id, *std::move(dropped));
    return true;
  });
  if (!read) return read.error();
  for (const auto& [height, blocks] : dropped_) {
    if (height <= last) due[height].insert(due[height].end(), blocks.begin(), blocks.end());
  }
  return due;
}

result<void> state_pruner::remove_dropped(const dropped_state& dropped) {
  for (const hash256& node : dropped.nodes) {
    const auto again = last_rewritten(node);
    if (!again) return again.error();
    if (*again && **again > dropped.import) continue; // it came back: a state above has it
    remove_record(batch_, key_of(store_table::node, node.view()));
    if (*again) remove_record(batch_, key_of(store_table::rewritten, node.view()));
  }
  return {};
}

// In the store, or written by this commit.
result<bool> state_pruner::is_known(const hash256& node) {
  if (!written_.insert(node).second) return true;
  return reader_.contains(key_of(store_table::node, node.view()));
}

result<std::optional<std::uint64_t>> state_pruner::last_rewritten(const hash256& node) const {
  if (const auto now = rewritten_.find(node); now != rewritten_.end()) return std::optional{now->second};
  return reader_.read(key_of(store_table::rewritten, node.view()), decode_number);
}

} // namespace alys::domain
