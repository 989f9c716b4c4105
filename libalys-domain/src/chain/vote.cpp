// SPDX-License-Identifier: Apache-2.0
//
// The vote lock.
#include <alys/domain/chain/vote.hpp>

#include <string>

namespace alys::domain {

alys::result<vote_lock> lock_vote(const std::optional<vote_lock>& current, const block_ref& next) {
  if (!current || current->slot < next.slot) return vote_lock{next.slot, next.id};
  if (current->slot > next.slot) {
    return alys::refuse(vote_error::slot_passed, "the last vote was in slot " + std::to_string(current->slot.value()));
  }
  if (current->block != next.id) return alys::refuse(vote_error::already_voted, "for " + to_hex(current->block));
  return *current;
}

alys::result<void> may_approve(const block_header& header, const chain_spec& spec, block_height longest, unix_milliseconds now) {
  const slot_clock clock = clock_of(spec);
  const unix_milliseconds drift{static_cast<std::uint64_t>(spec.max_drift.count())};
  const slot earliest = clock.slot_at(now > drift ? unix_milliseconds{now - drift} : unix_milliseconds{0});
  const slot latest = clock.slot_at(checked_add(now, drift).value_or(unix_milliseconds::max()));
  if (header.slot < earliest || header.slot > latest) {
    return alys::refuse(vote_error::slot_not_now, std::to_string(header.slot.value()) + ", now is " + std::to_string(clock.slot_at(now).value()));
  }
  if (checked_add(longest, block_height{1}) != header.height) {
    return alys::refuse(vote_error::not_on_longest, "height " + std::to_string(header.height.value()) + " on a chain of " + std::to_string(longest.value()));
  }
  return {};
}

} // namespace alys::domain
