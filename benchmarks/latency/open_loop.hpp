// SPDX-License-Identifier: Apache-2.0
//
// Messages that are sent when they are due, whatever became of those before: an open loop. Each time is taken from when the message was
// due, not from when it was sent, so that a sender that is held up hides nothing.
#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

namespace bench {

enum class traffic : std::uint8_t {
  messages, // to a worker, until its handler has done its work
  asks,     // to a front actor, which asks the worker, until it has the answer
};

// How many a second come to their end when there is always one more.
[[nodiscard]] double measure_capacity(traffic what, std::chrono::nanoseconds time);

// `per_s` a second on average, at random times, for so long. One time for each, without those of the first tenth. Throws std::runtime_error
// if one did not come to its end.
[[nodiscard]] std::vector<std::chrono::nanoseconds> latencies_at(traffic what, double per_s, std::chrono::nanoseconds time,
                                                                 std::uint64_t seed);

} // namespace bench
