// SPDX-License-Identifier: Apache-2.0
//
// The life of an actor: its states, the transitions between them, and the record of those that happened.
//
// Seven states and thirteen transitions; everything else is a bug of the runtime and is caught where it happens. A life is numbered: the
// first incarnation is 1, and each way back into `initializing` begins the next.
//
// ```cpp
// static_assert(alys::allowed(alys::lifecycle_state::initializing, alys::lifecycle_state::running));
// static_assert(!alys::allowed(alys::lifecycle_state::terminated, alys::lifecycle_state::running));
//
// inline std::uint32_t example() {
//   alys::lifecycle life;
//   life.advance(alys::lifecycle_state::running, 1ms);
//   life.advance(alys::lifecycle_state::failed, 5ms, alys::fail(alys::category::logic, "no"));
//   life.advance(alys::lifecycle_state::restarting, 5ms);
//   life.advance(alys::lifecycle_state::initializing, 6ms);
//   return life.incarnation();                                           // 2
// }
// ```
#pragma once

#include <alys/actors/error.hpp>
#include <alys/actors/history.hpp>

#include <chrono>
#include <cstdint>
#include <string_view>

namespace alys {

// Where an actor is in its life.
enum class lifecycle_state : std::uint8_t {
  initializing, // built; acquires its resources
  running,      // handles messages
  stopping,     // finishes, saves or hands over what is pending
  stopped,      // has released everything, by intention
  failed,       // broke; its supervisor decides
  restarting,   // the object is gone, the next one is not built yet
  terminated,   // the end: the slot is empty for good
};

inline constexpr lifecycle_state all_lifecycle_states[] = {
    lifecycle_state::initializing, lifecycle_state::running,    lifecycle_state::stopping,   lifecycle_state::stopped,
    lifecycle_state::failed,       lifecycle_state::restarting, lifecycle_state::terminated,
};

[[nodiscard]] std::string_view to_string(lifecycle_state) noexcept;

// Whether a life may go from one state to the other in one step. Staying is no step.
[[nodiscard]] constexpr bool allowed(lifecycle_state from, lifecycle_state to) noexcept {
  using enum lifecycle_state;
  switch (from) {
    case initializing: return to == running || to == failed;
    case running: return to == stopping || to == failed || to == restarting;
    case stopping: return to == stopped || to == failed;
    case stopped: return to == restarting || to == terminated;
    case failed: return to == restarting || to == terminated;
    case restarting: return to == initializing || to == terminated;
    case terminated: return false;
  }
  return false;
}

// One transition that happened.
struct lifecycle_event {
  lifecycle_state from{};
  lifecycle_state to{};
  std::chrono::nanoseconds at{}; // since the system's start, on its clock
  std::uint32_t incarnation = 0; // the life it belongs to; for restarting -> initializing the new one
  error cause = {};              // no error for an ordinary step
};

// For logs: "running -> failed (incarnation 2): bank::denied::no_such_account".
[[nodiscard]] std::string to_string(const lifecycle_event&);

using lifecycle_history = bounded_history<lifecycle_event>;

// How many transitions a slot remembers unless told otherwise.
inline constexpr std::size_t default_lifecycle_history = 32;

// The current state, the number of the current incarnation, and the last transitions. Not thread-safe: its owner's.
class lifecycle {
public:
  explicit lifecycle(std::size_t remembered = default_lifecycle_history) noexcept : history_(remembered) {}

  // Takes one step and records it. A step that is not allowed changes nothing, is counted, and answers false: a bug of the caller's.
  bool advance(lifecycle_state to, std::chrono::nanoseconds at, error cause = {});

  [[nodiscard]] lifecycle_state state() const noexcept { return state_; }
  [[nodiscard]] std::uint32_t incarnation() const noexcept { return incarnation_; }
  [[nodiscard]] const lifecycle_history& history() const noexcept { return history_; }
  // How many steps were refused; anything but 0 is a bug to report.
  [[nodiscard]] std::uint64_t violations() const noexcept { return violations_; }

private:
  lifecycle_history history_;
  std::uint64_t violations_ = 0;
  std::uint32_t incarnation_ = 1;
  lifecycle_state state_ = lifecycle_state::initializing;
};

} // namespace alys
