// SPDX-License-Identifier: Apache-2.0
//
// Accounts over the state trie.
#include <alys/domain/engine/world_state.hpp>
#include <alys/domain/primitives/digest.hpp>

namespace alys::domain {

world_state::world_state(const hash256& root, const state_source& nodes) : trie_(root, nodes) {}

alys::result<world_state::entry*> world_state::open(const address& who) {
  if (const auto known = accounts_.find(who); known != accounts_.end()) return &known->second;
  const hash256 key = keccak256(who.view());
  auto encoded = trie_.get(key.view());
  if (!encoded) return encoded.error();
  account found;
  if (*encoded) {
    auto decoded = decode_account(**encoded);
    if (!decoded) return alys::fail(trie_error::damaged_node, "account " + to_hex(who) + ": " + decoded.error().text());
    found = *std::move(decoded);
  }
  return &accounts_.emplace(who, entry{.key = key, .committed = found, .current = found, .listed = false}).first->second;
}

alys::result<account> world_state::read(const address& who) {
  auto opened = open(who);
  if (!opened) return opened.error();
  return (*opened)->current;
}

alys::result<account*> world_state::edit(const address& who) {
  auto opened = open(who);
  if (!opened) return opened.error();
  if (!(*opened)->listed) edited_.push_back(who);
  (*opened)->listed = true;
  return &(*opened)->current;
}

std::vector<touched_account> world_state::touched() const {
  std::vector<touched_account> all;
  all.reserve(edited_.size());
  for (const auto& who : edited_) all.push_back({.who = who, .after = accounts_.at(who).current});
  return all;
}

alys::result<trie_commit> world_state::commit() {
  for (const auto& who : edited_) {
    auto& [key, committed, current, listed] = accounts_.at(who);
    if (current == committed) continue;
    auto written = current.is_empty() ? trie_.erase(key.view()) : trie_.put(key.view(), encode_account(current));
    if (!written) return written.error();
    committed = current;
  }
  return trie_.commit();
}

} // namespace alys::domain
