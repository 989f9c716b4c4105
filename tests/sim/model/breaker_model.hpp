// SPDX-License-Identifier: Apache-2.0
//
// The reference model of one child's circuit breaker, as the guide tells it: failures in a row open it, time lets probes through, so many
// successes close it, and one failure opens it again.
#pragma once

#include <alys/actors/breaker.hpp>

#include <optional>

namespace alys::sim {

class breaker_model {
public:
  explicit breaker_model(const breaker& rule) : rule_(rule) {}

  [[nodiscard]] breaker_state state() const noexcept { return state_; }
  [[nodiscard]] std::uint64_t openings() const noexcept { return openings_; }
  // How many of each priority may wait at the door; nothing: as many as the mailbox holds.
  [[nodiscard]] std::optional<std::uint32_t> room() const noexcept {
    if (state_ == breaker_state::closed) return std::nullopt;
    return state_ == breaker_state::open ? 0 : rule_.probes;
  }

  // A life that lasts ends a row of failures, whatever ends it.
  void saw_running(std::chrono::nanoseconds now) noexcept { up_since_ = now; }
  void saw_down(std::chrono::nanoseconds now) noexcept {
    if (up_since_ && now - *up_since_ >= rule_.healthy_after) in_a_row_ = 0;
    up_since_.reset();
  }
  // A failure that is answered with a restart. True if it opens.
  [[nodiscard]] bool failed(std::chrono::nanoseconds now) {
    saw_down(now);
    ++in_a_row_;
    if (state_ != breaker_state::half_open && in_a_row_ < rule_.failures) return false;
    state_ = breaker_state::open;
    open_until_ = now + rule_.open_for;
    ++openings_;
    return true;
  }
  // A message was handled, or refused.
  void succeeded() noexcept { ++successes_; }
  // The child is tried. False if it is too early for that.
  [[nodiscard]] bool probes(std::chrono::nanoseconds now) {
    if (state_ != breaker_state::open || now < open_until_) return false;
    state_ = breaker_state::half_open;
    successes_ = 0;
    return true;
  }
  [[nodiscard]] bool must_close() const noexcept { return state_ == breaker_state::half_open && successes_ >= rule_.successes; }
  void close() noexcept {
    state_ = breaker_state::closed;
    in_a_row_ = 0;
  }
  // Its supervisor is a new one. False if it was closed anyway.
  [[nodiscard]] bool reset() noexcept {
    const bool was_not = state_ != breaker_state::closed;
    close();
    up_since_.reset();
    return was_not;
  }

private:
  breaker rule_;
  breaker_state state_ = breaker_state::closed;
  std::uint32_t in_a_row_ = 0;
  std::uint32_t successes_ = 0; // half-open
  std::uint64_t openings_ = 0;
  std::chrono::nanoseconds open_until_{};
  std::optional<std::chrono::nanoseconds> up_since_;
};

} // namespace alys::sim
