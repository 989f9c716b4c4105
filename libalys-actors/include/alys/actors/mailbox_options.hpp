// SPDX-License-Identifier: Apache-2.0
//
// How many messages may wait for an actor, and what happens to the next one.
//
// Bounded by default: a queue without a bound turns a slow actor into a lack of memory for all. The bounds hold for data messages, one for
// each of the two priorities. Supervision, replies and timers are outside: to lose one of them would break a promise.
//
// ```cpp
// inline alys::mailbox_options latest_prices{.capacity = 64, .overflow = alys::overflow::drop_oldest};
// ```
#pragma once

#include <alys/actors/problem.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace alys {

// What happens when a message comes to a full mailbox. Whatever gives way becomes a dead letter; a request is answered with an error.
enum class overflow : std::uint8_t {
  reject,      // the new message is refused, and its sender told
  drop_oldest, // the one that waited longest makes room
  drop_newest, // the new message is dropped
  block,       // its sender waits for room: an actor handles no further message meanwhile, a thread of the user's own stands still
};

[[nodiscard]] constexpr std::string_view to_string(overflow policy) noexcept {
  switch (policy) {
    case overflow::reject: return "reject";
    case overflow::drop_oldest: return "drop_oldest";
    case overflow::drop_newest: return "drop_newest";
    case overflow::block: return "block";
  }
  return "unknown";
}

// The largest bound: beyond it a bound protects nothing.
inline constexpr std::size_t max_mailbox_capacity = 100'000'000;

struct mailbox_options {
  std::size_t capacity = 10'000;       // normal data messages, at least 1
  std::size_t urgent_capacity = 1'000; // urgent data messages, at least 1
  alys::overflow overflow = alys::overflow::reject;
  std::chrono::milliseconds block_for{
      1'000}; // with block: how long a sender waits at most; then the message is rejected; more than 0, at most an hour
  std::size_t stash_capacity = 1'000; // messages that the actor has set aside with stash(), at least 1
  friend bool operator==(const mailbox_options&, const mailbox_options&) = default;
};

// Appends what is wrong, by the name of the field.
inline void validate(const mailbox_options& options, problem_list& problems) {
  const auto check = [&](const char* name, std::size_t capacity) {
    if (capacity == 0 || capacity > max_mailbox_capacity)
      problems.push_back({name, "must be from 1 to " + std::to_string(max_mailbox_capacity)});
  };
  check("capacity", options.capacity);
  check("urgent_capacity", options.urgent_capacity);
  check("stash_capacity", options.stash_capacity);
  if (options.overflow > overflow::block) problems.push_back({"overflow", "must be reject, drop_oldest, drop_newest or block"});
  if (options.block_for <= options.block_for.zero() || options.block_for > std::chrono::hours{1})
    problems.push_back({"block_for", "must be more than 0 and at most an hour"});
}

} // namespace alys
