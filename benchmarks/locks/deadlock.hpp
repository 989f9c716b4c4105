// SPDX-License-Identifier: Apache-2.0
//
// Two that need each other's state at the same time: with locks, taken in two orders, and with actors.
#pragma once

#include <chrono>
#include <cstdint>

namespace bench {

// Runs deadlock_in_this_process() in a child process, waits until both of its threads hold their first lock, gives them `patience` to come
// to their end, and kills the process. True if they did not.
[[nodiscard]] bool locks_hang(std::chrono::milliseconds patience);

// One thread takes the chain's lock and then the bridge's, the other the bridge's and then the chain's, each once both hold their first.
[[nodiscard]] int deadlock_in_this_process();

// An actor for the chain that asks the bridge for each block, while the bridge tells the chain of each peg: so many blocks and pegs at once.
// Answers how long it takes. Throws std::runtime_error if they do not come to their end.
[[nodiscard]] std::chrono::nanoseconds actors_both_ways(std::uint64_t count);

} // namespace bench
