// SPDX-License-Identifier: Apache-2.0
//
// The life of a slot as others may see it: state, history, last failures. Written by the slot's owner, read from any thread by people
// who look at the tree, which must work for a slot that is stuck: hence the mutex, taken on transitions and looks only.
#pragma once

#include "runtime.hpp"

#include <alys/actors/tree.hpp>

#include <cassert>
#include <mutex>

namespace alys::detail {

class life_record {
public:
  // Owner only, without a lock: nobody else writes.
  [[nodiscard]] lifecycle_state state() const noexcept { return life_.state(); }
  [[nodiscard]] std::uint32_t incarnation() const noexcept { return life_.incarnation(); }
  // Null if there was none.
  [[nodiscard]] const failure_note* last_failure() const noexcept { return failures_.empty() ? nullptr : &failures_.back(); }

  // Owner only: one step, told to observers. A step that is not allowed is a bug.
  void advance(runtime& world, const std::string& path, lifecycle_state to, std::chrono::nanoseconds at, const error& cause = {}) noexcept {
    bool allowed = false;
    {
      const std::lock_guard guard(mutex_);
      allowed = life_.advance(to, at, cause);
    }
    if (allowed) return world.lifecycle_changed(path, life_.history().newest());
    world.log(log_level::error, path + ": bug: no way from " + std::string{to_string(life_.state())} + " to " + std::string{to_string(to)});
    assert(false && "a transition that the lifecycle does not allow");
  }
  // Owner only.
  void note_failure(std::chrono::nanoseconds at, const error& what, const trace_context& trace = {}) {
    const std::lock_guard guard(mutex_);
    if (failures_.size() == remembered) failures_.erase(failures_.begin());
    failures_.push_back({at, life_.incarnation(), what, trace});
  }
  // Owner only: a life, or what goes on after a failure, begins without a verdict, so healthy.
  void begin_healthy() noexcept {
    const std::lock_guard guard(mutex_);
    if (health_) health_->own = {};
    if (health_) health_->unhealthy_in_a_row = 0;
    failed_ = false;
  }
  // Owner only: what the slot said of itself, and what counts. Gives how many in a row were unhealthy.
  std::uint32_t note_verdict(std::chrono::nanoseconds at, health_report own, const health_report& verdict) {
    const std::lock_guard guard(mutex_);
    if (!health_) health_ = std::make_unique<health_notes>();
    health_->own = std::move(own);
    health_->verdicts.push({at, verdict});
    health_->unhealthy_in_a_row = verdict.state == health_state::unhealthy ? health_->unhealthy_in_a_row + 1 : 0;
    failed_ = false;
    return health_->unhealthy_in_a_row;
  }
  // Owner only: the last failure is the verdict.
  void failed() noexcept {
    const std::lock_guard guard(mutex_);
    failed_ = true;
  }
  // Any thread.
  [[nodiscard]] lifecycle_state state_seen() const noexcept {
    const std::lock_guard guard(mutex_);
    return life_.state();
  }
  // Any thread: when its newest life stopped running; `now` if that is yet to come.
  [[nodiscard]] std::chrono::nanoseconds up_until(std::chrono::nanoseconds now) const noexcept {
    const std::lock_guard guard(mutex_);
    const auto& steps = life_.history();
    for (std::size_t i = steps.size(); i-- > 0;) {
      if (steps[i].to == lifecycle_state::running) break;
      if (steps[i].from == lifecycle_state::running) return steps[i].at;
    }
    return now;
  }
  // Any thread; `now` by the clock of the tree.
  void describe(tree_node& into, std::chrono::nanoseconds now) const {
    const std::lock_guard guard(mutex_);
    into.seen_at = now;
    into.state = life_.state();
    into.uptime = into.state == lifecycle_state::running ? now - life_.history().newest().at : std::chrono::nanoseconds::zero();
    into.incarnation = life_.incarnation();
    into.history = life_.history().entries();
    into.failures = failures_;
    if (failed_) into.health = {health_state::unhealthy, failures_.back().what.message()};
    else if (health_) into.health = health_->own;
    else into.health = {};
    if (health_) into.verdicts = health_->verdicts.entries();
  }

private:
  struct health_notes {
    health_report own;
    health_history verdicts{default_health_history};
    std::uint32_t unhealthy_in_a_row = 0;
  };
  static constexpr std::size_t remembered = 8;
  mutable std::mutex mutex_;
  lifecycle life_;
  std::vector<failure_note> failures_;
  std::unique_ptr<health_notes> health_; // null until it was asked: most actors have no health()
  bool failed_ = false;
};

} // namespace alys::detail
