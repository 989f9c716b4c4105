// SPDX-License-Identifier: Apache-2.0
//
// Reading records one by one, and following parents.
#include "salvaged_chain.hpp"

#include <alys/domain/chain/block_proto.hpp>
#include <alys/domain/chain/finality.hpp>
#include <alys/domain/chain/identity.hpp>
#include <alys/domain/primitives/digest.hpp>
#include <alys/domain/storage/keys.hpp>
#include <alys/domain/storage/records.hpp>

#include <algorithm>
#include <unordered_set>

namespace alys::domain {
namespace {

constexpr std::size_t most_examples = 10;

// Sorts records into what they mean.
class record_sorter {
public:
  explicit record_sorter(salvaged_records& into) noexcept : into_(into) {}

  void sort(bytes_view key, std::optional<bytes_view> content) {
    if (content && take(static_cast<store_table>(key[0]), key.subspan(1), *content)) return;
    ++into_.damaged[static_cast<char>(key[0])];
    if (into_.examples.size() < most_examples) into_.examples.push_back(name_of(key));
  }

private:
  [[nodiscard]] static std::string name_of(bytes_view key) {
    const std::string table{"table '" + std::string{text_of(key.first(1))} + "'"};
    return key.size() == 1 ? table : table + ", key " + to_hex(key.subspan(1));
  }

  // What was decoded goes there; false: nothing was.
  template <class T>
  [[nodiscard]] static bool set(std::optional<T>& where, result<T> decoded) {
    if (decoded) where = *std::move(decoded);
    return decoded.has_value();
  }

  // False: it is not what a record of this table is.
  [[nodiscard]] bool take(store_table table, bytes_view name, bytes_view content) {
    switch (table) {
      case store_table::schema: return set(into_.schema, decode_number(content));
      case store_table::commit: return set(into_.commit, decode_number(content));
      case store_table::progress: return set(into_.progress, decode_progress(content));
      case store_table::block: return take_block(name, content);
      case store_table::receipts: return take_receipts(name, content);
      case store_table::height: return take_height(name, content);
      case store_table::payload: return decode_block_id(content).has_value();
      case store_table::transaction: return decode_place(content).has_value();
      case store_table::node: return into_.has_state = true;
      case store_table::dropped: return decode_dropped(content).has_value();
      case store_table::rewritten: return decode_number(content).has_value();
      case store_table::pruning: return decode_pruning(content).has_value();
      case store_table::journal: return take_journaled(content);
      case store_table::journal_number: return decode_number(content).has_value();
    }
    return true; // of a table that is made anew by whoever has it
  }

  [[nodiscard]] bool take_block(bytes_view name, bytes_view content) {
    const auto one = block_from_protobuf(content);
    if (!one || !equal(id_of(one->header).view(), name) || commitment_of(one->payload) != one->header.payload) return false;
    bytes hashes;
    for (const bytes& raw : one->payload.transactions) append(hashes, keccak256(raw).view());
    const block_ref ref = ref_to(one->header);
    into_.blocks.insert_or_assign(ref.id, salvaged_block{ref, one->header.parent, keccak256(hashes)});
    return true;
  }

  // All blocks have been seen by then: their table comes first.
  [[nodiscard]] bool take_receipts(bytes_view name, bytes_view content) {
    const auto receipts = decode_receipts(content);
    const auto id = block_id::from(name);
    if (!receipts || !id) return false;
    const auto of = into_.blocks.find(*id);
    if (of == into_.blocks.end()) return true; // the block is what is damaged
    bytes hashes;
    for (const receipt& each : *receipts) append(hashes, each.transaction_hash.view());
    of->second.has_receipts = keccak256(hashes) == of->second.transactions;
    return of->second.has_receipts;
  }

  [[nodiscard]] bool take_height(bytes_view name, bytes_view content) {
    const auto height = decode_number(name);
    const auto id = decode_block_id(content);
    if (height && id) into_.heights.insert_or_assign(*height, *id);
    return height && id;
  }

  [[nodiscard]] bool take_journaled(bytes_view content) {
    auto transaction = decode_journaled(content);
    if (!transaction || keccak256(transaction->raw) != transaction->hash) return false;
    into_.journal.push_back(*std::move(transaction));
    return true;
  }

  salvaged_records& into_;
};

class chain_follower {
public:
  explicit chain_follower(const salvaged_records& records) : records_(records) {
    for (const auto& [id, one] : records.blocks) {
      if (one.has_receipts) children_[one.parent].push_back(id);
    }
    for (auto& [parent, children] : children_) std::ranges::sort(children);
    name_ancestors_of_head();
    measure_branches();
  }

  [[nodiscard]] std::vector<block_ref> follow() const {
    std::vector<block_ref> chain;
    for (const salvaged_block* at = genesis(); at != nullptr && at->ref.height.value() == chain.size(); at = after(at->ref))
      chain.push_back(at->ref);
    return chain;
  }

private:
  // As far down as blocks name their parents.
  void name_ancestors_of_head() {
    if (!records_.progress) return;
    for (block_id at = records_.progress->head.id;;) {
      head_and_below_.insert(at);
      const auto found = records_.blocks.find(at);
      if (found == records_.blocks.end() || found->second.ref.height == block_height{0}) return;
      at = found->second.parent;
    }
  }

  // How high the blocks above each block go.
  void measure_branches() {
    std::vector<const salvaged_block*> all;
    for (const auto& [id, one] : records_.blocks) {
      if (one.has_receipts) all.push_back(&one);
    }
    std::ranges::sort(all, [](const auto* a, const auto* b) { return a->ref.height > b->ref.height; });
    for (const salvaged_block* each : all) {
      const block_height top = std::max(top_of_[each->ref.id], each->ref.height);
      top_of_[each->ref.id] = top;
      top_of_[each->parent] = std::max(top_of_[each->parent], top);
    }
  }

  [[nodiscard]] const salvaged_block* whole(const block_id& id) const {
    const auto found = records_.blocks.find(id);
    return found != records_.blocks.end() && found->second.has_receipts ? &found->second : nullptr;
  }

  [[nodiscard]] const salvaged_block* genesis() const {
    if (records_.progress) return whole(records_.progress->genesis);
    if (const auto named = records_.heights.find(0); named != records_.heights.end()) return whole(named->second);
    const auto first = std::ranges::find_if(records_.blocks, [](const auto& each) { return each.second.ref.height == block_height{0}; });
    return first == records_.blocks.end() ? nullptr : whole(first->first);
  }

  // The next block of the chain; null: here it ends.
  [[nodiscard]] const salvaged_block* after(const block_ref& at) const {
    const auto& progress = records_.progress;
    if (progress && records_.progress_is_newest && progress->head == at) return nullptr;
    const auto found = children_.find(at.id);
    if (found == children_.end()) return nullptr;
    const std::vector<block_id>& children = found->second;
    const auto below_head = std::ranges::find_if(children, [&](const block_id& id) { return head_and_below_.contains(id); });
    if (below_head != children.end()) return whole(*below_head);
    const block_height next = at.height + 1;
    if (const auto named = records_.heights.find(next.value()); named != records_.heights.end()) {
      return std::ranges::binary_search(children, named->second) ? whole(named->second) : nullptr;
    }
    if (children.size() > 1 && progress && next <= progress->last_final.height) return nullptr; // one of them is final, nobody knows which
    return whole(*std::ranges::max_element(children, {}, [this](const block_id& id) { return top_of_.at(id); }));
  }

  const salvaged_records& records_;
  std::unordered_map<block_id, std::vector<block_id>> children_; // sorted
  std::unordered_set<block_id> head_and_below_;
  std::unordered_map<block_id, block_height> top_of_;
};

[[nodiscard]] bool is_on(const std::vector<block_ref>& chain, const block_ref& ref) {
  return ref.height.value() < chain.size() && chain[ref.height.value()] == ref;
}

[[nodiscard]] block_ref final_by_rule(const std::vector<block_ref>& chain) {
  for (std::size_t top = chain.size(); top > 2; --top) {
    if (const auto final = finalized_by(chain[top - 3], chain[top - 2], chain[top - 1])) return *final;
  }
  return chain.front();
}

} // namespace

salvaged_records read_records(const salvage& from) {
  salvaged_records found;
  found.progress_is_newest = from.progress_is_of_last_commit();
  record_sorter sorter{found};
  from.each([&](bytes_view key, std::optional<bytes_view> content) { sorter.sort(key, content); });
  return found;
}

std::vector<block_ref> whole_chain(const salvaged_records& records) { return chain_follower{records}.follow(); }

block_ref last_final_of(const salvaged_records& records, const std::vector<block_ref>& chain) {
  block_ref known = chain.front();
  if (const auto& progress = records.progress) {
    if (progress->last_final.height > chain.back().height) known = chain.back();
    else if (is_on(chain, progress->last_final)) known = progress->last_final;
    if (records.progress_is_newest) return known;
  }
  const block_ref by_rule = final_by_rule(chain);
  return by_rule.height > known.height ? by_rule : known;
}

} // namespace alys::domain
