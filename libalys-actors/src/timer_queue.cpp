// SPDX-License-Identifier: Apache-2.0
#include "timer_queue.hpp"

#include <utility>

namespace alys::detail {

std::uint32_t timer_queue::add(std::uint64_t number, std::chrono::nanoseconds due, std::chrono::nanoseconds period, data_ptr message) {
  const std::uint32_t place = first_free_;
  if (place == table_.size()) table_.emplace_back().at = place + 1;
  const auto last = static_cast<std::uint32_t>(heap_.size());
  heap_.push_back(place);
  entry& added = table_[place];
  first_free_ = added.at;
  added = {number, due, period, std::move(message), last};
  rise(last);
  return place;
}

void timer_queue::cancel(std::uint32_t place, std::uint64_t number) noexcept {
  if (place < table_.size() && number != 0 && table_[place].number == number) (void)take(place);
}

data_ptr timer_queue::take_front() noexcept { return take(heap_.front()); }

void timer_queue::put_off_front(std::chrono::nanoseconds until) noexcept {
  table_[heap_.front()].due = until;
  sink(0);
}

data_ptr timer_queue::take(std::uint32_t place) noexcept {
  entry& taken = table_[place];
  data_ptr message = std::move(taken.message);
  const std::uint32_t at = taken.at;
  taken.number = 0;
  taken.at = std::exchange(first_free_, place);
  const std::uint32_t moved = heap_.back();
  heap_.pop_back();
  if (moved == place) return message;
  set(at, moved);
  rise(at);
  sink(table_[moved].at);
  return message;
}

bool timer_queue::before(std::uint32_t a, std::uint32_t b) const noexcept {
  const entry& x = table_[a];
  const entry& y = table_[b];
  return std::pair{x.due, x.number} < std::pair{y.due, y.number};
}

void timer_queue::set(std::uint32_t at, std::uint32_t place) noexcept {
  heap_[at] = place;
  table_[place].at = at;
}

void timer_queue::rise(std::uint32_t at) noexcept {
  const std::uint32_t place = heap_[at];
  for (; at > 0; at = (at - 1) / 2) {
    const std::uint32_t parent = heap_[(at - 1) / 2];
    if (!before(place, parent)) break;
    set(at, parent);
  }
  set(at, place);
}

void timer_queue::sink(std::uint32_t at) noexcept {
  const std::uint32_t place = heap_[at];
  for (;;) {
    std::size_t child = 2 * std::size_t{at} + 1;
    if (child >= heap_.size()) break;
    if (child + 1 < heap_.size() && before(heap_[child + 1], heap_[child])) ++child;
    if (!before(heap_[child], place)) break;
    set(at, heap_[child]);
    at = static_cast<std::uint32_t>(child);
  }
  set(at, place);
}

} // namespace alys::detail
