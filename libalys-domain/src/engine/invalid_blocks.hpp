// SPDX-License-Identifier: Apache-2.0
//
// The blocks that broke a rule last, so that what is built on them need not wait for them.
#pragma once

#include <alys/domain/primitives/hash.hpp>

#include <cstddef>
#include <deque>
#include <unordered_map>

namespace alys::domain::detail {

class invalid_blocks {
public:
  // Forgets the oldest above `count`.
  explicit invalid_blocks(std::size_t count) : count_(count) {}

  void remember(const hash256& block, const hash256& last_valid) {
    if (!blocks_.insert_or_assign(block, last_valid).second) return;
    order_.push_back(block);
    if (order_.size() <= count_) return;
    blocks_.erase(order_.front());
    order_.pop_front();
  }

  // The last valid ancestor of a block that is known as invalid; null of any other.
  [[nodiscard]] const hash256* last_valid(const hash256& block) const {
    const auto found = blocks_.find(block);
    return found == blocks_.end() ? nullptr : &found->second;
  }

private:
  std::size_t count_;
  std::unordered_map<hash256, hash256> blocks_;
  std::deque<hash256> order_;
};

} // namespace alys::domain::detail
