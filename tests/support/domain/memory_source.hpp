// SPDX-License-Identifier: Apache-2.0
//
// A state source in memory that counts what is read from it.
#pragma once

#include <alys/domain/engine/state_source.hpp>

#include <unordered_map>

namespace alys::domain::test {

class memory_source final : public state_source {
public:
  void add(const state_changes& changes) {
    for (const auto& [hash, rlp] : changes) nodes_[hash] = rlp;
  }
  void remove(const hash256& hash) { nodes_.erase(hash); }
  void damage(const hash256& hash, bytes content) { nodes_[hash] = std::move(content); }

  [[nodiscard]] alys::result<std::optional<bytes>> node(const hash256& hash) const override {
    ++reads_;
    const auto found = nodes_.find(hash);
    return found == nodes_.end() ? std::optional<bytes>{} : std::optional{found->second};
  }
  [[nodiscard]] std::size_t reads() const { return reads_; }
  [[nodiscard]] std::size_t size() const { return nodes_.size(); }

private:
  std::unordered_map<hash256, bytes> nodes_;
  mutable std::size_t reads_ = 0;
};

} // namespace alys::domain::test
