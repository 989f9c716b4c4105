// SPDX-License-Identifier: Apache-2.0
//
// The arithmetic of slots.
#include <alys/domain/aura/slot_clock.hpp>

#include <stdexcept>

namespace alys::domain {

slot_clock::slot_clock(std::chrono::milliseconds duration) : duration_(static_cast<std::uint64_t>(duration.count())) {
  if (duration.count() < 1) throw std::invalid_argument("a slot lasts at least 1 ms");
}

unix_milliseconds slot_clock::start_of(slot s) const noexcept {
  if (s.value() > unix_milliseconds::max().value() / duration_) return unix_milliseconds::max();
  return unix_milliseconds{s.value() * duration_};
}

bool slot_clock::may_be_in(slot s, unix_milliseconds now, std::chrono::milliseconds drift) const noexcept {
  const unix_milliseconds off{static_cast<std::uint64_t>(drift.count())};
  const slot earliest = slot_at(now > off ? unix_milliseconds{now - off} : unix_milliseconds{0});
  const slot latest = slot_at(checked_add(now, off).value_or(unix_milliseconds::max()));
  return s >= earliest && s <= latest;
}

std::chrono::milliseconds slot_clock::until_next(unix_milliseconds now) const noexcept {
  return std::chrono::milliseconds{static_cast<std::int64_t>(duration_ - now.value() % duration_)};
}

} // namespace alys::domain
