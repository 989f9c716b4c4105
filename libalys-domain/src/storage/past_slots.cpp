// SPDX-License-Identifier: Apache-2.0
#include "past_slots.hpp"

namespace alys::domain {
namespace {

// No slot that has begun by now is later than this one. The time of a block lies within its slot, so slots are longer than time / (slot + 1).
[[nodiscard]] slot no_later_than(const block_header& any, unix_milliseconds now) {
  const auto slots = static_cast<long double>(now.value()) * static_cast<long double>(any.slot.value() + 1);
  return slot{static_cast<std::uint64_t>(slots / static_cast<long double>(any.time.value())) + 1};
}

} // namespace

std::optional<vote_lock> lock_until(const std::optional<vote_lock>& known, const block_header& any, unix_milliseconds now) {
  if (any.time.value() == 0) return known;
  const slot last = no_later_than(any, now);
  if (known && known->slot >= last) return known;
  return vote_lock{last, {}};
}

} // namespace alys::domain
