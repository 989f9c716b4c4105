// SPDX-License-Identifier: Apache-2.0
//
// The work that both contenders do: what is sent, how much, and what a run yields.
//
// Raw CAF actors and cells run the same protocols with the same messages, each in a system of its own that lives for one run, with the
// same number of threads and the same 300 messages a turn.
#pragma once

#include <alys/actors/message.hpp>

#include <chrono>
#include <cstdint>
#include <vector>

namespace bench {

using std::chrono::nanoseconds;

inline constexpr std::size_t threads = 4;
inline constexpr std::size_t messages_per_turn = 300;

// ---- one-way traffic ----

// Producer p sends to receiver p modulo their count, a batch for each credit that it has, and gets a credit back for each batch that was
// handled. So no flood outgrows a default mailbox, and both contenders are held back alike.
struct flood_plan {
  std::uint32_t producers = 1;
  std::uint32_t receivers = 1;
  std::uint64_t batches = 1; // of each producer
  [[nodiscard]] std::uint64_t messages() const noexcept;
  [[nodiscard]] std::uint64_t messages_per_receiver() const noexcept { return messages() / receivers; }
};
inline constexpr std::uint32_t batch_size = 500;
inline constexpr std::uint32_t credits = 4; // of each producer: at most 4 x 4 x 500 messages wait for one receiver
inline std::uint64_t flood_plan::messages() const noexcept { return producers * batches * batch_size; }

struct item {
  std::uint32_t producer = 0;
  std::uint64_t number = 0;
};
struct credit {};
ALYS_MESSAGE(item, producer, number)
ALYS_MESSAGE(credit)

struct flood_cost {
  nanoseconds wall{};
  nanoseconds processor{}; // of all threads
};

// ---- requests ----

struct begin {};
struct echo {
  using reply = std::uint64_t;
  std::uint64_t number = 0;
};
ALYS_MESSAGE(begin)
ALYS_MESSAGE(echo, number)

inline constexpr std::chrono::milliseconds deadline{1'000};

// ---- memory ----

// Idle actors are born so many at once, so that what their births need for a moment is not counted as theirs.
inline constexpr std::size_t births_at_once = 1'000;

// ---- the contenders ----

namespace raw {
[[nodiscard]] flood_cost flood(const flood_plan& plan);
// One time a round trip, after a warm-up.
[[nodiscard]] std::vector<nanoseconds> round_trips(std::size_t count);
// Resident bytes an idle actor, over so many of them.
[[nodiscard]] double bytes_per_actor(std::size_t count);
} // namespace raw

namespace cells {
[[nodiscard]] flood_cost flood(const flood_plan& plan);
[[nodiscard]] std::vector<nanoseconds> round_trips(std::size_t count);
[[nodiscard]] double bytes_per_actor(std::size_t count);
// From sending what makes a child fail to having an answer of its next incarnation; one time a failure.
enum class failing : std::uint8_t { by_throwing, by_returning };
[[nodiscard]] std::vector<nanoseconds> restarts(failing how, std::size_t count);
// Conversations of two messages, each begun from outside, in batches as above.
enum class traced : std::uint8_t { off, nothing_sampled, one_percent };
[[nodiscard]] flood_cost conversations(traced how, std::uint64_t batches);
// A system with one supervisor and one child that does nothing.
[[nodiscard]] double empty_system_megabytes();
} // namespace cells

} // namespace bench
