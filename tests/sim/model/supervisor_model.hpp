// SPDX-License-Identifier: Apache-2.0
//
// The reference model of one supervisor: what must happen to which of its children after a failure.
//
// It knows the declaration and the failures, nothing else, and answers with outcomes in the order in which they must come about: children
// go down last declared first. What it says of a failure holds for a supervisor at rest; of crossing failures it says one after another.
#pragma once

#include "cell_model.hpp"

#include <alys/actors/child_options.hpp>
#include <alys/actors/supervisor.hpp>

#include <utility>

namespace alys::sim {

class supervisor_model {
public:
  // The rows must outlive the model.
  supervisor_model(strategy how, std::span<const row> decisions = {});

  // In the order of declaration; numbered from 0.
  std::size_t add_child(child_options options);
  // It came up.
  void saw_started(std::size_t which, std::chrono::nanoseconds now);

  // It ended for good, by itself or because somebody dismissed it.
  void saw_ended(std::size_t which) { children_.at(which).ended = true; }
  // The supervisor itself was restarted: as in OTP, it is a new one, whose budget nothing was spent of.
  void saw_restart();

  struct consequence {
    action decided{};           // about the child that failed, after its kind and its policy had their say
    bool escalates = false;     // the supervisor itself fails
    bool out_of_budget = false; // ... because of a budget
    std::vector<std::pair<std::size_t, outcome>> outcomes;
    friend bool operator==(const consequence&, const consequence&) = default;
  };
  // The child failed, or a permanent one ended by itself (then with any failure that restarts). Counts it.
  [[nodiscard]] consequence failed(std::size_t which, const failure& what, std::chrono::nanoseconds now);

  // If it ends by itself, it does so for good.
  [[nodiscard]] bool ends_when_finished(std::size_t which) const;
  [[nodiscard]] bool alive(std::size_t which) const { return !children_.at(which).ended; }

private:
  struct child {
    child_options options;
    restart_counters counters;
    bool ended = false;
  };
  [[nodiscard]] action decided_about(const child& c, const failure& what) const;
  [[nodiscard]] consequence restarted(std::size_t which, std::chrono::nanoseconds now);

  strategy how_;
  std::span<const row> decisions_;
  restart_window window_;
  std::vector<child> children_;
};

} // namespace alys::sim
