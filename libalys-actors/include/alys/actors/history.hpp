// SPDX-License-Identifier: Apache-2.0
//
// A bounded history: the last few entries of something, and how many older ones were let go.
//
// For event logs inside long-lived objects, where memory must not grow with time and a reader must still know that something is missing.
// Memory is taken as entries come, never before the first, and never beyond the capacity.
//
// ```cpp
// inline std::size_t example() {
//   alys::bounded_history<int> last_two{2};
//   for (int n : {1, 2, 3}) last_two.push(n);
//   return last_two.dropped();                    // 1: the oldest made room
// }
// ```
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace alys {

// The last `capacity` values pushed. Not thread-safe. A push costs one move, or one growth of the buffer.
template <class T>
class bounded_history {
public:
  // `capacity` 0 keeps nothing and counts everything as dropped.
  explicit bounded_history(std::size_t capacity) noexcept : capacity_(capacity) {}

  void push(T value) {
    if (entries_.size() < capacity_) {
      entries_.push_back(std::move(value));
      return;
    }
    ++dropped_;
    if (capacity_ == 0) return;
    entries_[oldest_] = std::move(value);
    oldest_ = (oldest_ + 1) % capacity_;
  }

  [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }
  [[nodiscard]] bool empty() const noexcept { return entries_.empty(); }
  [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }
  // How many entries were let go, since the beginning.
  [[nodiscard]] std::uint64_t dropped() const noexcept { return dropped_; }

  // The entry `age` places after the oldest one kept; requires age < size().
  [[nodiscard]] const T& operator[](std::size_t age) const noexcept { return entries_[(oldest_ + age) % entries_.size()]; }
  // The newest entry; requires that there is one.
  [[nodiscard]] const T& newest() const noexcept { return (*this)[size() - 1]; }

  // A copy, oldest first.
  [[nodiscard]] std::vector<T> entries() const {
    std::vector<T> copy;
    copy.reserve(size());
    for (std::size_t age = 0; age < size(); ++age) copy.push_back((*this)[age]);
    return copy;
  }

private:
  std::vector<T> entries_;
  std::size_t capacity_;
  std::size_t oldest_ = 0;
  std::uint64_t dropped_ = 0;
};

} // namespace alys
