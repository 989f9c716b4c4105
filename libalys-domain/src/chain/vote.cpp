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

alys::result<void> check_slot_is_now(slot s, const slot_clock& clock, std::chrono::milliseconds drift, unix_milliseconds now) {
  if (clock.may_be_in(s, now, drift)) return {};
  return alys::refuse(vote_error::slot_not_now, std::to_string(s.value()) + ", now is " + std::to_string(clock.slot_at(now).value()));
}

alys::result<void> may_approve(const block_header& header, const chain_spec& spec, block_height longest, unix_milliseconds now) {
  if (auto due = check_slot_is_now(header.slot, clock_of(spec), spec.max_drift, now); !due) return due;
  if (checked_add(longest, block_height{1}) != header.height) {
    return alys::refuse(vote_error::not_on_longest,
                        "height " + std::to_string(header.height.value()) + " on a chain of " + std::to_string(longest.value()));
  }
  return {};
}

} // namespace alys::domain
