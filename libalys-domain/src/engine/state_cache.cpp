// SPDX-License-Identifier: Apache-2.0
//
// State nodes in memory, in front of the store.
#include <alys/domain/engine/state_cache.hpp>

#include <utility>

namespace alys::domain {

state_cache::state_cache(const state_source& store, std::size_t bytes_kept) : store_(store), bytes_kept_(bytes_kept) {}

alys::result<std::optional<bytes>> state_cache::node(const hash256& hash) const {
  if (const auto found = young_.find(hash); found != young_.end()) return std::optional{found->second};
  if (const auto found = held_.find(hash); found != held_.end()) return std::optional{found->second.rlp};
  if (auto found = old_.extract(hash); !found.empty()) {
    keep(hash, found.mapped());
    return std::optional{std::move(found.mapped())};
  }
  auto stored = store_.node(hash);
  if (stored && *stored) keep(hash, **stored);
  return stored;
}

void state_cache::keep(const hash256& hash, bytes rlp) const {
  if (young_bytes_ >= bytes_kept_) {
    old_ = std::exchange(young_, {});
    young_bytes_ = 0;
  }
  const auto size = rlp.size() + hash256::size();
  if (young_.emplace(hash, std::move(rlp)).second) young_bytes_ += size;
}

void state_cache::hold(const hash256& block, state_changes changes) {
  auto [at, fresh] = blocks_.try_emplace(block);
  if (!fresh) return;
  for (auto& [hash, rlp] : changes) {
    auto& node = held_[hash];
    if (node.holders++ == 0) node.rlp = std::move(rlp);
    at->second.push_back(hash);
  }
}

void state_cache::release(const hash256& block) {
  const auto at = blocks_.find(block);
  if (at == blocks_.end()) return;
  for (const auto& hash : at->second) {
    const auto node = held_.find(hash);
    if (--node->second.holders > 0) continue;
    keep(hash, std::move(node->second.rlp));
    held_.erase(node);
  }
  blocks_.erase(at);
}

} // namespace alys::domain
