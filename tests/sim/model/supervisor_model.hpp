// SPDX-License-Identifier: Apache-2.0
//
// The reference model of one supervisor: what must happen to which of its children, and to itself, after a failure or an end.
//
// It knows the declaration and what happened, nothing else, and answers with outcomes in the order in which they must come about: children
// go down last declared first. What it says holds for a supervisor at rest; of crossing failures it says one after another.
#pragma once

#include "breaker_model.hpp"
#include "cell_model.hpp"

#include <alys/actors/child_options.hpp>
#include <alys/actors/supervisor.hpp>

#include <utility>

namespace alys::sim {

class supervisor_model {
public:
  // The rows must outlive the model. `root`: nobody is above.
  explicit supervisor_model(strategy how, std::span<const row> decisions = {}, auto_shutdown ends_with = auto_shutdown::any_significant,
                            bool root = false);

  // In the order of declaration; numbered from 0. A name only where a function of the user's is asked.
  std::size_t add_child(child_options options, std::string name = {});
  // It came up.
  void saw_started(std::size_t which, std::chrono::nanoseconds now);

  // It ended for good, by itself or because somebody dismissed it.
  void saw_ended(std::size_t which) { children_.at(which).ended = true; }
  // Somebody has asked for its end: the supervisor may know that already, or not yet.
  void saw_leaving(std::size_t which) { children_.at(which).leaving = true; }
  // A permanent child has, which restarts others: temporary ones may go down with it.
  void saw_group_leaving();
  // The supervisor itself was restarted: as in OTP, it is a new one, whose budget nothing was spent of, and whose breakers are closed.
  // Says which were not.
  [[nodiscard]] std::vector<std::size_t> saw_restart();
  // Null without a breaker.
  [[nodiscard]] breaker_model* guard(std::size_t which) { return children_.at(which).guard ? &*children_[which].guard : nullptr; }

  struct consequence {
    action decided{};                                  // about the child that failed, after its kind and its policy had their say
    bool escalates = false;                            // the supervisor itself fails, and those above decide
    bool out_of_budget = false;                        // ... because of a budget
    bool ends = false;                                 // the supervisor ends for good, with all below it, and nobody decides
    bool sure = true;                                  // ... whatever it knows of who is leaving
    bool opens = false;                                // its breaker, which costs no budget
    std::vector<std::size_t> closes = {};              // breakers that were not closed, since all counts from nothing
    bool asked_user = false;                           // a function of the user's was asked
    std::optional<escalation> answered = std::nullopt; // it could not be healed, and this followed
    std::vector<std::pair<std::size_t, outcome>> outcomes;
    friend bool operator==(const consequence&, const consequence&) = default;
  };
  // The child failed, or a permanent one ended by itself (then with any failure that restarts). Counts it.
  [[nodiscard]] consequence failed(std::size_t which, const failure& what, std::chrono::nanoseconds now);
  // It has ended for good, because it had done its work, or, a supervisor, could not go on.
  [[nodiscard]] consequence ended_by_itself(std::size_t which);

  // If it ends by itself, it does so for good.
  [[nodiscard]] bool ends_when_finished(std::size_t which) const;
  // Whether the ends of those children end it too.
  [[nodiscard]] bool would_end_with(const std::set<std::size_t>& some) const;
  [[nodiscard]] bool alive(std::size_t which) const { return !children_.at(which).ended; }
  // It has ended with its supervisor, if that did: which was not sure.
  [[nodiscard]] bool ended_perhaps(std::size_t which) const { return children_.at(which).perhaps; }

private:
  struct child {
    child_options options;
    std::string name;
    restart_counters counters;
    std::optional<breaker_model> guard;
    bool leaving = false;
    bool ended = false;
    bool perhaps = false;
  };
  [[nodiscard]] action decided_about(const child& c, const failure& what) const;
  [[nodiscard]] action ask_user(std::size_t which, const failure& what);
  [[nodiscard]] bool in_group(std::size_t i, std::size_t failed_one) const;
  [[nodiscard]] consequence restarted(std::size_t which, std::chrono::nanoseconds now);
  [[nodiscard]] consequence stopped(std::size_t which, std::chrono::nanoseconds now);
  [[nodiscard]] consequence not_healed(std::size_t which, std::chrono::nanoseconds now, consequence so_far);
  [[nodiscard]] std::vector<std::size_t> count_from_nothing();
  [[nodiscard]] consequence all_restarted(consequence so_far);
  // Whoever ends, and whether the supervisor does with it.
  void end_for_good(std::size_t which, consequence& follows);
  void end_all(consequence& follows);
  void take_down(std::size_t i, action then, consequence& follows);

  strategy how_;
  std::span<const row> decisions_;
  auto_shutdown ends_with_;
  bool root_;
  restart_window window_;
  restart_window subtree_restarts_;
  std::vector<child> children_;
  std::map<std::size_t, action> company_; // whom else a restart concerns, as the user's function says
};

} // namespace alys::sim
