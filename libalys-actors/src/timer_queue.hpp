// SPDX-License-Identifier: Apache-2.0
//
// The timers of one life, ordered by when they fall due: a binary heap of places in a table, so that a timer is found, and taken out from
// anywhere, by its place.
#pragma once

#include <alys/actors/detail/envelope.hpp>

#include <chrono>
#include <cstdint>
#include <vector>

namespace alys::detail {

class timer_queue {
public:
  struct entry {
    std::uint64_t number = 0; // 0: free
    std::chrono::nanoseconds due{};
    std::chrono::nanoseconds period{}; // 0: once
    data_ptr message;
    std::uint32_t at = 0; // in the heap; while free, the next free one
  };

  [[nodiscard]] bool empty() const noexcept { return heap_.empty(); }
  [[nodiscard]] std::size_t size() const noexcept { return heap_.size(); }
  // The next to fall due; of several at one time, the one that was set first. Not when empty.
  [[nodiscard]] const entry& front() const noexcept { return table_[heap_.front()]; }

  // Returns its place. `number` is larger than those before. Logarithmic in the number of timers, as are the other changes.
  [[nodiscard]] std::uint32_t add(std::uint64_t number, std::chrono::nanoseconds due, std::chrono::nanoseconds period, data_ptr message);
  // Does nothing if this timer is not there any more.
  void cancel(std::uint32_t place, std::uint64_t number) noexcept;
  [[nodiscard]] data_ptr take_front() noexcept;
  // It falls due again later.
  void put_off_front(std::chrono::nanoseconds until) noexcept;

private:
  [[nodiscard]] bool before(std::uint32_t a, std::uint32_t b) const noexcept;
  void set(std::uint32_t at, std::uint32_t place) noexcept;
  void rise(std::uint32_t at) noexcept;
  void sink(std::uint32_t at) noexcept;
  [[nodiscard]] data_ptr take(std::uint32_t place) noexcept;

  std::vector<entry> table_;
  std::vector<std::uint32_t> heap_; // places in the table
  std::uint32_t first_free_ = 0;    // the size of the table: none
};

} // namespace alys::detail
