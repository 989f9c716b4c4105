// SPDX-License-Identifier: Apache-2.0
//
// Walking tries, and executing blocks again.
#include "salvaged_state.hpp"

#include "../engine/trie_node.hpp"

#include <alys/domain/engine/account.hpp>
#include <alys/domain/engine/ledger.hpp>
#include <alys/domain/engine/transaction_signing.hpp>

#include <algorithm>
#include <unordered_set>

namespace alys::domain {
namespace {

void name_children(const detail::node& of, std::vector<hash256>& names);

void name_child(const detail::link& child, std::vector<hash256>& names) {
  if (const auto hash = child.reference.hash()) names.push_back(*hash);
  else if (child.loaded) name_children(*child.loaded, names); // it stands in place
}

void name_children(const detail::node& of, std::vector<hash256>& names) {
  if (const auto* branch = std::get_if<detail::branch_node>(&of.content)) {
    for (const detail::link& child : branch->children) name_child(child, names);
  } else if (const auto* extension = std::get_if<detail::extension_node>(&of.content)) {
    name_child(extension->child, names);
  }
}

// The nodes that this one refers to; nothing: it is none.
[[nodiscard]] std::optional<std::vector<hash256>> children_of(bytes_view rlp) {
  const auto node = detail::decode_node(rlp);
  if (!node) return std::nullopt;
  std::vector<hash256> names;
  name_children(**node, names);
  return names;
}

// Nothing: one of them is none.
[[nodiscard]] std::optional<std::vector<transaction_ptr>> recover_all(const std::vector<bytes>& raw) {
  std::vector<transaction_ptr> all;
  for (const bytes& each : raw) {
    auto recovered = recover_transaction(each);
    if (!recovered) return std::nullopt;
    all.push_back(*std::move(recovered));
  }
  return all;
}

} // namespace

bool state_walk::is_whole(const hash256& root) { return root == empty_trie_root || look(root); }

// No deeper than a key is long.
bool state_walk::look(const hash256& node) {
  if (const auto known = seen_.find(node); known != seen_.end()) return known->second;
  const auto rlp = nodes_.node(node);
  const auto children = rlp && *rlp ? children_of(**rlp) : std::nullopt;
  const bool whole = children && std::ranges::all_of(*children, [this](const hash256& child) { return look(child); });
  seen_.emplace(node, whole);
  return whole;
}

result<std::optional<bytes>> salvaged_state::node(const hash256& hash) const {
  if (const auto found = computed_.find(hash); found != computed_.end()) return std::optional{found->second};
  return stored_.read_node(hash);
}

void salvaged_state::add(state_changes nodes) {
  for (state_change& node : nodes) computed_.insert_or_assign(node.hash, std::move(node.rlp));
}

result<block> salvaged_state::read(const block_ref& ref) const {
  auto one = stored_.read_block(ref.id);
  if (!one) return one.error();
  if (!*one) return damaged("block " + to_hex(ref.id) + " is missing");
  return **std::move(one);
}

result<std::optional<execution_header>> salvaged_state::header_if_whole(const block_ref& ref, state_walk& walk) const {
  const auto one = read(ref);
  if (!one) return one.error();
  if (!walk.is_whole(one->payload.state_root)) return std::optional<execution_header>{};
  auto header = header_of(one->payload);
  return hash_of(header) == one->payload.block_hash ? std::optional{std::move(header)} : std::nullopt;
}

result<std::optional<std::size_t>> salvaged_state::find_whole(const std::vector<block_ref>& chain, block_height last_final) const {
  state_walk walk{*this};
  for (std::size_t above = last_final.value() + 1; above > 0; --above) {
    const auto header = header_if_whole(chain[above - 1], walk);
    if (!header) return header.error();
    if (*header) return std::optional{above - 1};
  }
  return std::optional<std::size_t>{};
}

result<bool> salvaged_state::execute(const block& one) {
  const auto transactions = recover_all(one.payload.transactions);
  if (!transactions) return false;
  const ledger_context context{.chain_id = one.header.chain_id, .parent = headers_.back(), .nodes = *this};
  auto done = execute_payload(context, one.payload, *transactions);
  if (!done && done.error().refused()) return false;
  if (!done) return done.error();
  add(std::move(done->state_changes));
  headers_.push_back(std::move(done->header));
  return true;
}

result<bool> salvaged_state::accepts(const execution_header& parent, const block& one) {
  headers_ = {parent};
  return execute(one);
}

result<bool> salvaged_state::recover(const std::vector<block_ref>& chain, block_height last_final) {
  const auto from = find_whole(chain, last_final);
  if (!from) return from.error();
  if (!*from) return false;
  state_walk walk{*this};
  for (std::size_t height = **from; height < chain.size(); ++height) {
    auto header = header_if_whole(chain[height], walk);
    if (!header) return header.error();
    if (*header) {
      headers_.push_back(**std::move(header));
      continue;
    }
    const auto one = read(chain[height]);
    if (!one) return one.error();
    const auto executed = execute(*one);
    if (!executed) return executed.error();
    if (!*executed) return false;
    ++executed_;
  }
  headers_.erase(headers_.begin(), headers_.begin() + static_cast<std::ptrdiff_t>(last_final.value() - **from));
  return true;
}

result<void> salvaged_state::each(const std::function<result<void>(const state_change&)>& visit) const {
  std::unordered_set<hash256> seen{empty_trie_root};
  std::vector<hash256> open;
  for (const execution_header& header : headers_) {
    if (auto done = visit({hash_of(header), encode_header(header)}); !done) return done;
    open.push_back(header.state_root);
  }
  while (!open.empty()) {
    const hash256 hash = open.back();
    open.pop_back();
    if (!seen.insert(hash).second) continue;
    auto rlp = node(hash);
    if (!rlp) return rlp.error();
    const auto children = *rlp ? children_of(**rlp) : std::nullopt;
    if (!children) return damaged("a state node is missing: " + to_hex(hash));
    open.insert(open.end(), children->begin(), children->end());
    if (auto done = visit({hash, **std::move(rlp)}); !done) return done;
  }
  return {};
}

} // namespace alys::domain
