// SPDX-License-Identifier: Apache-2.0
//
// What happened, in order, written by actors on any thread and waited for by a test; and a gate that holds an actor inside a handler.
// Waits end when what they wait for is there; their limit only ends a test that has failed.
#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace alys::test {

inline constexpr std::chrono::seconds patience{30};

class journal {
public:
  void write(std::string line) {
    const std::lock_guard guard(mutex_);
    lines_.push_back(std::move(line));
    changed_.notify_all();
  }
  [[nodiscard]] std::vector<std::string> lines() const {
    const std::lock_guard guard(mutex_);
    return lines_;
  }
  [[nodiscard]] std::size_t count(const std::string& line) const {
    const std::lock_guard guard(mutex_);
    return count_locked(line);
  }
  // False if it did not come.
  [[nodiscard]] bool wait_for(const std::string& line, std::size_t times = 1) const {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, patience, [&] { return count_locked(line) >= times; });
  }
  [[nodiscard]] bool wait_for_size(std::size_t size) const {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, patience, [&] { return lines_.size() >= size; });
  }

private:
  [[nodiscard]] std::size_t count_locked(const std::string& line) const {
    return static_cast<std::size_t>(std::count(lines_.begin(), lines_.end(), line));
  }
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::vector<std::string> lines_;
};

class gate {
public:
  void open() {
    const std::lock_guard guard(mutex_);
    open_ = true;
    opened_.notify_all();
  }
  // For an actor: comes back when the gate opens.
  void pass() const {
    std::unique_lock lock(mutex_);
    opened_.wait(lock, [&] { return open_; });
  }
  // For a test: false if it did not open.
  [[nodiscard]] bool wait() const {
    std::unique_lock lock(mutex_);
    return opened_.wait_for(lock, patience, [&] { return open_; });
  }

private:
  mutable std::mutex mutex_;
  mutable std::condition_variable opened_;
  bool open_ = false;
};

// For what nobody tells of: looks again and again. False if it did not come true.
template <class Condition>
[[nodiscard]] bool eventually(Condition condition) {
  const auto until = std::chrono::steady_clock::now() + patience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::yield();
  }
  return true;
}

} // namespace alys::test
