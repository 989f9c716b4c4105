// SPDX-License-Identifier: Apache-2.0
//
// Takes a tree through the phases of its end, each by its deadline, and notes what was in the way.
#pragma once

#include <alys/actors/shutdown.hpp>

#include <atomic>
#include <mutex>

namespace alys::detail {

struct system_world;

// What is to be closed at the end, and how far that end is. Thread-safe.
class ending {
public:
  // Refuses when the end has begun, with errc::stopped, and what cannot be closed, with errc::out_of_range.
  [[nodiscard]] result<void> add(resource r);
  // All of them, the last added first; from now on none is taken.
  [[nodiscard]] std::vector<resource> take();
  void enter(std::optional<shutdown_phase> phase, std::chrono::nanoseconds now);
  [[nodiscard]] shutdown_progress progress(std::chrono::nanoseconds now) const;

private:
  mutable std::mutex mutex_;
  std::vector<resource> resources_;
  bool begun_ = false;
  std::optional<shutdown_phase> phase_;
  std::chrono::nanoseconds since_{};
};

class shutdown_planner {
public:
  shutdown_planner(system_world& world, const shutdown_options& options);
  // The whole of it. Comes back by the deadline.
  [[nodiscard]] shutdown_report run();
  // Sets the end going and waits for nothing: for an actor of the tree itself.
  static void set_going(system_world& world, std::chrono::nanoseconds stop_by);

private:
  void drain();
  void stop_children();
  void close_resources();
  void close(const resource& r, std::chrono::nanoseconds most);
  void note_unfinished();
  [[nodiscard]] bool at_rest() const noexcept;
  template <class Work>
  void in_phase(shutdown_phase phase, Work work);
  [[nodiscard]] std::chrono::nanoseconds now() const noexcept;

  system_world& world_;
  const shutdown_options options_;
  std::vector<resource> resources_;
  std::chrono::nanoseconds begun_;
  std::chrono::nanoseconds deadline_;
  std::chrono::nanoseconds close_by_; // children have until then
  std::chrono::nanoseconds stop_by_;  // and are told to hurry then
  shutdown_report report_;
};

} // namespace alys::detail
