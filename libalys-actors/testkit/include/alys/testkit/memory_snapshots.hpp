// SPDX-License-Identifier: Apache-2.0
//
// Snapshots in memory, for tests: what one actor saved is there for its next incarnation, and for the test to look at or to spoil.
//
// ```cpp
// inline auto store = std::make_shared<alys::testkit::memory_snapshots>();
// ```
#pragma once

#include <alys/actors/snapshot.hpp>

#include <map>
#include <mutex>

namespace alys::testkit {

class memory_snapshots final : public snapshot_store {
public:
  [[nodiscard]] result<std::optional<std::string>> read(std::string_view key) const override {
    const std::lock_guard guard(mutex_);
    if (failing_) return failing_;
    const auto found = kept_.find(key);
    if (found == kept_.end()) return std::optional<std::string>{};
    return std::optional{found->second};
  }
  [[nodiscard]] result<void> write(std::string_view key, std::string_view bytes) override {
    const std::lock_guard guard(mutex_);
    if (failing_) return failing_;
    kept_.insert_or_assign(std::string{key}, std::string{bytes});
    return {};
  }
  [[nodiscard]] result<void> erase(std::string_view key) override {
    const std::lock_guard guard(mutex_);
    if (failing_) return failing_;
    if (const auto found = kept_.find(key); found != kept_.end()) kept_.erase(found);
    return {};
  }
  // From now on everything fails with this; no error: nothing does.
  void fail_with(error e) {
    const std::lock_guard guard(mutex_);
    failing_ = std::move(e);
  }

private:
  mutable std::mutex mutex_; // actors of several threads
  std::map<std::string, std::string, std::less<>> kept_;
  error failing_;
};

} // namespace alys::testkit
