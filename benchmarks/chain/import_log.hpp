// SPDX-License-Identifier: Apache-2.0
//
// What a node imported, and how long each block took.
#pragma once

#include <alys/domain/chain/chain_listener.hpp>

#include <cstddef>
#include <mutex>
#include <vector>

namespace bench {

// Remembers every import.
class import_log final : public alys::domain::chain_listener {
public:
  void imported(const alys::domain::imported_block& block) noexcept override {
    const std::lock_guard guard(mutex_);
    transactions_ += block.transactions;
    imports_.push_back(block);
  }
  [[nodiscard]] std::size_t transactions() const {
    const std::lock_guard guard(mutex_);
    return transactions_;
  }
  [[nodiscard]] std::vector<alys::domain::imported_block> imports() const {
    const std::lock_guard guard(mutex_);
    return imports_;
  }

private:
  mutable std::mutex mutex_;
  std::size_t transactions_ = 0;
  std::vector<alys::domain::imported_block> imports_;
};

} // namespace bench
