// SPDX-License-Identifier: Apache-2.0
//
// A chain store whose writes a test can hold up and let fail.
#pragma once

#include <alys/domain/storage/chain_store.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace alys::test {

namespace dom = alys::domain;

// Reads are the inner store's. After a failed commit everything fails, as a real store's does.
class unreliable_store final : public dom::chain_store {
public:
  explicit unreliable_store(std::shared_ptr<dom::chain_store> inner) : inner_(std::move(inner)) {}

  // Called with the batches before each commit; what it returns, if it fails, is what the commit says in the place of writing.
  void before_commit(std::function<result<void>(std::span<const dom::import_batch>)> call) {
    const std::lock_guard guard(mutex_);
    before_commit_ = std::move(call);
  }
  // From now on these state nodes and execution headers are not there.
  void lose(std::function<bool(const dom::hash256&)> which) {
    const std::lock_guard guard(mutex_);
    lost_ = std::move(which);
  }
  // From now on it says that pruning has come to this height.
  void pretend_pruned(dom::block_height first_kept) { pretended_ = first_kept.value(); }
  // The number of batches of each commit.
  [[nodiscard]] std::vector<std::size_t> commits() const {
    const std::lock_guard guard(mutex_);
    return commits_;
  }

  [[nodiscard]] result<void> commit(std::span<const dom::import_batch> batches) override {
    if (auto ok = usable(); !ok) return ok;
    std::function<result<void>(std::span<const dom::import_batch>)> call;
    {
      const std::lock_guard guard(mutex_);
      commits_.push_back(batches.size());
      call = before_commit_;
    }
    if (call) {
      if (auto said = call(batches); !said) {
        const std::lock_guard guard(mutex_);
        if (said != dom::store_error::not_consistent) broken_ = said.error();
        return said;
      }
    }
    return inner_->commit(batches);
  }
  [[nodiscard]] result<void> store_vote(const dom::vote_lock& vote) override { return usable() ? inner_->store_vote(vote) : usable(); }
  [[nodiscard]] result<void> journal(const dom::journaled_transaction& t) override { return usable() ? inner_->journal(t) : usable(); }
  [[nodiscard]] result<void> forget(const dom::hash256& hash) override { return usable() ? inner_->forget(hash) : usable(); }
  [[nodiscard]] result<std::optional<dom::chain_progress>> progress() const override { return inner_->progress(); }
  [[nodiscard]] result<std::optional<dom::stored_block>> block_by_id(const dom::block_id& id) const override {
    return inner_->block_by_id(id);
  }
  [[nodiscard]] result<std::optional<dom::stored_block>> block_by_height(dom::block_height height) const override {
    return inner_->block_by_height(height);
  }
  [[nodiscard]] result<std::optional<dom::stored_block>> block_by_payload(const dom::hash256& hash) const override {
    return inner_->block_by_payload(hash);
  }
  [[nodiscard]] result<std::optional<dom::transaction_place>> find_transaction(const dom::hash256& hash) const override {
    return inner_->find_transaction(hash);
  }
  [[nodiscard]] result<std::vector<dom::journaled_transaction>> journaled() const override { return inner_->journaled(); }
  [[nodiscard]] result<dom::block_height> first_kept_state() const override {
    const auto first = pretended_.load();
    return first ? result<dom::block_height>{dom::block_height{first}} : inner_->first_kept_state();
  }
  [[nodiscard]] std::uint64_t interrupted_imports() const noexcept override { return inner_->interrupted_imports(); }
  [[nodiscard]] result<std::optional<dom::bytes>> node(const dom::hash256& hash) const override {
    {
      const std::lock_guard guard(mutex_);
      if (lost_(hash)) return std::optional<dom::bytes>{};
    }
    return inner_->node(hash);
  }

private:
  [[nodiscard]] result<void> usable() const {
    const std::lock_guard guard(mutex_);
    return broken_ ? result<void>{broken_} : result<void>{};
  }

  std::shared_ptr<dom::chain_store> inner_;
  mutable std::mutex mutex_; // the test's thread looks while the writer writes
  std::function<result<void>(std::span<const dom::import_batch>)> before_commit_;
  std::vector<std::size_t> commits_;
  std::function<bool(const dom::hash256&)> lost_ = [](const auto&) { return false; };
  error broken_;
  std::atomic<std::uint64_t> pretended_ = 0; // 0: it says what is so
};

} // namespace alys::test
