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
  [[nodiscard]] error last_failure() const { return failures_.empty() ? error{} : failures_.back().what; }

  // Owner only: one step, told to observers. A step that is not allowed is a bug.
  void advance(runtime& world, const std::string& path, lifecycle_state to, const error& cause = {}) noexcept {
    lifecycle_event step;
    {
      const std::lock_guard guard(mutex_);
      if (!life_.advance(to, world.now(), cause)) {
        world.log(log_level::error, path + ": bug: no way from " + std::string{to_string(life_.state())} + " to " + std::string{to_string(to)});
        assert(false && "a transition that the lifecycle does not allow");
        return;
      }
      step = life_.history().newest();
    }
    world.lifecycle_changed(path, step);
  }
  // Owner only.
  void note_failure(std::chrono::nanoseconds at, const error& what) {
    const std::lock_guard guard(mutex_);
    if (failures_.size() == remembered) failures_.erase(failures_.begin());
    failures_.push_back({at, life_.incarnation(), what});
  }
  // Any thread.
  void describe(tree_node& into) const {
    const std::lock_guard guard(mutex_);
    into.state = life_.state();
    into.incarnation = life_.incarnation();
    into.history = life_.history().entries();
    into.failures = failures_;
  }

private:
  static constexpr std::size_t remembered = 8;
  mutable std::mutex mutex_;
  lifecycle life_;
  std::vector<failure_note> failures_;
};

} // namespace alys::detail
