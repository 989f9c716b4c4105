// SPDX-License-Identifier: Apache-2.0
//
// What truly happened in seeded runs: a model that is never asked finds nothing.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace alys::sim {

enum class happening : std::uint8_t {
  redelivered,
  quarantined,
  stashed,
  published,
  copy_delivered,
  copy_missed,
  copy_displaced, // another message, which waited
  subscriber_ended,
  replayed,
  replay_refused,
  quarantined_again,
  discarded,
  user_decided, // a strategy of the user's own
  escalated,    // what could not be healed, as the next three
  subtree_stopped,
  degraded,
  subtree_restarted,
  subtree_ended, // with its significant children, or stopped
  breaker_opened,
  breaker_opened_again,
  breaker_half_open,
  breaker_closed,
  turned_away_by_breaker,
  parked, // a message that waits for room, as the next eight
  parked_outside,
  let_in,
  let_in_for_nobody,
  parked_expired,
  parked_expired_for_nobody,
  parked_turned_away_by_breaker,
  parked_turned_away_by_end,
  parked_ended_with_sender,
  turn_waited, // a handler, as the rest
  turn_resumed,
  turn_resumed_while_stopping,
  turns_overlapped,
  turn_failed,
  turn_ended_by_or_return,
  turn_stashed,
  turn_cut_by_restart,
  turn_cut_by_stop,
  turn_cut_aside,
  turn_outlived_failure,
  passage_waited,
  checked_meanwhile,
};

inline constexpr std::array<std::string_view, 45> happenings{"redelivered",
                                                             "quarantined",
                                                             "stashed",
                                                             "published",
                                                             "copy delivered",
                                                             "copy missed",
                                                             "copy displaced",
                                                             "subscriber ended",
                                                             "replayed",
                                                             "replay refused",
                                                             "quarantined again",
                                                             "discarded",
                                                             "user decided",
                                                             "escalated",
                                                             "subtree stopped",
                                                             "degraded",
                                                             "subtree restarted",
                                                             "subtree ended",
                                                             "breaker opened",
                                                             "breaker opened again",
                                                             "breaker half-open",
                                                             "breaker closed",
                                                             "turned away by a breaker",
                                                             "parked",
                                                             "parked outside",
                                                             "let in",
                                                             "let in for nobody",
                                                             "parked expired",
                                                             "parked expired for nobody",
                                                             "parked turned away by a breaker",
                                                             "parked turned away by an end",
                                                             "parked ended with its sender",
                                                             "turn waited",
                                                             "turn resumed",
                                                             "turn resumed while stopping",
                                                             "turns overlapped",
                                                             "turn failed after a wait",
                                                             "turn ended by or_return",
                                                             "turn stashed after a wait",
                                                             "turn cut off by a restart",
                                                             "turn cut off by a stop",
                                                             "turn cut off after stash",
                                                             "turn outlived a failure",
                                                             "passage waited",
                                                             "checked meanwhile"};

class tally {
public:
  void note(happening what, std::uint64_t times = 1) noexcept { counts_[static_cast<std::size_t>(what)] += times; }
  [[nodiscard]] std::uint64_t count(happening what) const noexcept { return counts_[static_cast<std::size_t>(what)]; }
  tally& operator+=(const tally& more) noexcept {
    for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += more.counts_[i];
    return *this;
  }
  // "quarantined 15, stashed 2, ...".
  [[nodiscard]] std::string text() const {
    std::string all;
    for (std::size_t i = 0; i < counts_.size(); ++i)
      all += (i == 0 ? "" : ", ") + std::string{happenings[i]} + ' ' + std::to_string(counts_[i]);
    return all;
  }
  // What happened less often than that; empty if nothing.
  [[nodiscard]] std::string rarer_than(std::uint64_t times) const {
    std::string rare;
    for (std::size_t i = 0; i < counts_.size(); ++i) {
      if (counts_[i] < times) rare += std::string{happenings[i]} + ' ' + std::to_string(counts_[i]) + "; ";
    }
    return rare;
  }

private:
  std::array<std::uint64_t, happenings.size()> counts_{};
};

} // namespace alys::sim
