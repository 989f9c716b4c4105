// SPDX-License-Identifier: Apache-2.0
#include "quarantine_model.hpp"

namespace alys::sim {

quarantine_model::replay quarantine_model::expected_of_replay(std::uint64_t id) const {
  const auto entry = inside_.find(id);
  if (entry == inside_.end()) return {.refused = errc::no_such_message};
  const message_number m = entry->second;
  const door_verdict verdict = cells_.expected_at_the_door(m);
  if (!verdict.turned_away) return {.what = m, .verdict = verdict};
  if (verdict.by_breaker) return {.refused = errc::breaker_open};
  return {.refused = cells_.has_ended(cells_.receiver(m)) ? errc::stopped : errc::mailbox_full};
}

void quarantine_model::saw_replay(std::uint64_t id, const replay& how) {
  if (!how.what) return;
  cells_.saw_replay(*how.what, how.verdict);
  inside_.erase(id);
}

std::optional<message_number> quarantine_model::saw_discard(std::uint64_t id) {
  const auto entry = inside_.find(id);
  if (entry == inside_.end()) return std::nullopt;
  const message_number m = entry->second;
  inside_.erase(entry);
  cells_.saw_discard(m);
  return m;
}

} // namespace alys::sim
