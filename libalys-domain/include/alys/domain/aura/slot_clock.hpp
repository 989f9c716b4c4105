// SPDX-License-Identifier: Apache-2.0
//
// Slots: time cut into equal pieces, counted from the Unix epoch. At most one block belongs to a slot, and its time lies within the slot.
//
// ```cpp
// inline const alys::domain::slot_clock slots{2s};
// inline alys::domain::slot now() { return slots.slot_at(alys::domain::unix_milliseconds{1'700'000'000'999}); }
// inline bool within() { return slots.start_of(now()) == alys::domain::unix_milliseconds{1'700'000'000'000}; }
// ```
#pragma once

#include <alys/domain/primitives/units.hpp>

#include <chrono>

namespace alys::domain {

// Translates between times and slots. A value of one number; thread-safe; every call is a division.
class slot_clock {
public:
  // `duration`: the length of a slot, at least 1 ms. Throws std::invalid_argument otherwise: a chain spec was not checked.
  explicit slot_clock(std::chrono::milliseconds duration);

  [[nodiscard]] std::chrono::milliseconds duration() const noexcept {
    return std::chrono::milliseconds{static_cast<std::int64_t>(duration_)};
  }

  // The slot that a time belongs to: floor(time / duration).
  [[nodiscard]] slot slot_at(unix_milliseconds time) const noexcept { return slot{time.value() / duration_}; }

  // The first millisecond of a slot. A slot that begins beyond the 64-bit range gives the last millisecond of that range.
  [[nodiscard]] unix_milliseconds start_of(slot) const noexcept;

  // Whether a clock that shows `now`, and is off by at most `drift` (not negative), can be in this slot.
  [[nodiscard]] bool may_be_in(slot, unix_milliseconds now, std::chrono::milliseconds drift) const noexcept;

  // How long from `now` until the next slot begins: more than 0, at most one duration.
  [[nodiscard]] std::chrono::milliseconds until_next(unix_milliseconds now) const noexcept;

private:
  std::uint64_t duration_; // ms
};

} // namespace alys::domain
