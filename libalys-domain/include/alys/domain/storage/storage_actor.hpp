// SPDX-License-Identifier: Apache-2.0
//
// The one writer. Imports that come while it writes are gathered and go out together, with one fsync for all of them. It blocks in the
// file system, so it runs on a thread of its own.
//
// ```cpp
// inline alys::ref<alys::domain::storage_actor> declare(alys::supervisor_spec& storage, std::shared_ptr<alys::domain::chain_store> store) {
//   return storage.child<alys::domain::storage_actor>("writer", {}, {.own_thread = true}, std::move(store));
// }
// ```
#pragma once

#include <alys/actors.hpp>
#include <alys/domain/node/call_observer.hpp>
#include <alys/domain/storage/storage_messages.hpp>

#include <vector>

namespace alys::domain {

class storage_actor final : public actor<storage_actor> {
public:
  using messages = accepts<commit_import, journal_transaction, forget_transactions, settle_progress, commit_gathered>;

  explicit storage_actor(std::shared_ptr<chain_store> store, call_observer observe = {})
      : store_(std::move(store)), observe_(std::move(observe)) {}

  promise<void> handle(commit_import&& m);
  result<void> handle(journal_transaction&& m);
  result<void> handle(const forget_transactions& m);
  result<std::optional<chain_progress>> handle(const settle_progress& m);
  result<void> handle(const commit_gathered& m);
  // Writes what has gathered: an import that was accepted is not lost by a stop.
  result<void> stopping() { return handle(commit_gathered{}); }

private:
  // Does it, and tells the observer, if there is one.
  template <class F>
  [[nodiscard]] result<void> timed(std::string_view call, F&& work) const {
    if (!observe_) return work();
    const auto began = std::chrono::steady_clock::now();
    result<void> done = work();
    observe_({"store", call, std::chrono::steady_clock::now() - began, done.error()});
    return done;
  }

  std::shared_ptr<chain_store> store_;
  call_observer observe_;
  std::vector<import_batch> gathered_;
  std::vector<promise<void>> waiting_;
  std::optional<block_id> last_; // of this life's commits; nothing after one that failed
};

} // namespace alys::domain
