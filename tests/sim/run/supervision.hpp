// SPDX-License-Identifier: Apache-2.0
//
// The reference models of all supervisors of a seeded run, in step with the real ones: every decision must be the one that the model
// takes, a budget must be exceeded exactly when the model says so, and nobody may end for good unless something says so.
#pragma once

#include "model/supervisor_model.hpp"
#include "tally.hpp"

#include <alys/actors/tree.hpp>

#include <map>
#include <set>
#include <string>

namespace alys::sim {

class supervision {
public:
  using endings = std::vector<std::pair<std::string, outcome>>;

  // One thing happens after another: then also what is asked for counts as done.
  void nothing_crosses() noexcept { calm_ = true; }

  // Children in the order of declaration or birth.
  void add_supervisor(const std::string& path, const strategy& how, std::span<const row> decisions, auto_shutdown ends_with);
  void add_child(const std::string& supervisor, const std::string& path, const child_options& options);

  // An object is built for it, so whoever must run before must run, or has ended.
  void saw_built(const std::string& path, std::chrono::nanoseconds now, std::vector<std::string>& problems);
  // It asks for its own end; whether that is for good.
  bool saw_finish(const std::string& path);
  // Somebody dismisses it.
  void saw_dismissal(const std::string& path);
  // From here on the whole tree ends.
  void saw_the_end() { over_ = true; }
  void saw_step(const std::string& path, const lifecycle_event& step, std::vector<std::string>& problems);
  void saw_decision(const failure& what, action then, std::chrono::nanoseconds now, std::vector<std::string>& problems);
  // A breaker changed. Says how much room it leaves at the door.
  [[nodiscard]] std::optional<std::uint32_t> saw_breaker(const std::string& path, breaker_state to, std::chrono::nanoseconds now,
                                                         std::vector<std::string>& problems);
  // A message was handled, or refused.
  void saw_success(const std::string& path);
  // At rest: the breaker is what it looks like; nothing for a child without.
  void judge(const std::string& path, const std::optional<breaker_view>& seen, std::vector<std::string>& problems);
  // Anything else happened: what had to follow at once must have.
  void saw_other(std::vector<std::string>& problems);
  // Nothing is in motion: what had to follow in the end must have.
  void at_rest(std::vector<std::string>& problems) const;

  [[nodiscard]] bool knows(const std::string& path) const { return supervisors_.contains(path); }
  // Whether the last decision went to those above.
  [[nodiscard]] bool escalated() const noexcept { return escalated_; }
  // ... opened a breaker.
  [[nodiscard]] bool opened() const noexcept { return opened_; }
  // Which lives of actors had to end, and how, in which order, because of all failures since the last call. Holds for failures that did
  // not cross.
  [[nodiscard]] endings take_expected() { return std::exchange(expected_, {}); }
  // Of them: those that end by themselves, while others do in their order.
  [[nodiscard]] std::set<std::string> take_alone() { return std::exchange(alone_, {}); }
  // The same if all below this supervisor end for good from now on.
  [[nodiscard]] endings expect_end(const std::string& path);
  // Whether the tree may have ended because it had nothing left to do.
  [[nodiscard]] bool may_have_finished() const { return may_end_.contains("/root"); }
  [[nodiscard]] const tally& happened() const noexcept { return happened_; }

private:
  struct supervisor {
    supervisor_model model;
    std::vector<std::string> children;
    bool running = false;
  };
  struct child {
    std::vector<std::string> needed; // paths of siblings that must run before it starts
    bool temporary = false;
    std::optional<std::chrono::nanoseconds> down_since = std::chrono::nanoseconds::zero();
  };
  [[nodiscard]] bool has_ended(const std::string& path);
  [[nodiscard]] bool may_end(const std::string& path);
  [[nodiscard]] bool may_end_with_its_children(const std::string& path);
  [[nodiscard]] std::pair<supervisor*, std::size_t> place_of(const std::string& path);
  void expect(const std::string& above, const supervisor_model::consequence& what);
  void expect_subtree(const std::string& path, outcome how);
  void note(const supervisor_model::consequence& what);
  // A supervisor ends for good, by itself.
  void saw_own_end(const std::string& path);
  void saw_step_of_supervisor(const std::string& path, const lifecycle_event& step, bool had_to, std::vector<std::string>& problems);

  std::map<std::string, supervisor> supervisors_;
  std::map<std::string, std::string> parents_;
  std::map<std::string, child> children_; // the last of each path
  std::set<std::string> may_end_;         // for good, and not because of a failure
  std::set<std::string> finishing_;       // of those: by themselves
  std::set<std::string> must_end_;
  bool calm_ = false;
  bool over_ = false;
  bool ended_by_itself_ = false;     // the tree
  std::map<std::string, bool> down_; // actors without a life at the moment
  std::optional<std::string> must_fail_;
  std::optional<std::string> must_open_;
  std::set<std::string> must_close_;
  bool escalated_ = false;
  bool opened_ = false;
  endings expected_;
  std::set<std::string> alone_;
  tally happened_;
};

} // namespace alys::sim
