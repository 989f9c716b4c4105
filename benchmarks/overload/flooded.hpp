// SPDX-License-Identifier: Apache-2.0
//
// An actor with a default mailbox under more load than it can bear.
#pragma once

#include <alys/actors/mailbox_options.hpp>

#include <chrono>
#include <cstdint>
#include <vector>

namespace bench {

struct flooded_run {
  double handled_per_s = 0;                     // normal messages
  double grown_mb = 0;                          // the most resident memory after the warm-up, over what it was then
  std::uint64_t turned_away = 0;                // normal messages rejected or dropped
  std::uint64_t not_sent = 0;                   // that were due and could not be sent, because the sender had to wait
  std::vector<std::chrono::nanoseconds> urgent; // from when an urgent message was due to its handler, after the warm-up
};

// How many normal messages the actor handles in a second.
[[nodiscard]] double measure_capacity(std::chrono::nanoseconds time);

// `per_s` normal messages a second, and a hundred urgent ones from another thread, for so long; the first fifth is the warm-up.
// Throws std::runtime_error if an urgent message was lost, or nothing overflowed.
[[nodiscard]] flooded_run flood_with(alys::overflow policy, double per_s, std::chrono::nanoseconds time);

} // namespace bench
