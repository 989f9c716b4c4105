// SPDX-License-Identifier: Apache-2.0
//
// The reference models of all supervisors of a seeded run, in step with the real ones: every decision must be the one that the model
// takes, and a budget must be exceeded exactly when the model says so.
#pragma once

#include "model/supervisor_model.hpp"

#include <map>
#include <set>
#include <string>

namespace alys::sim {

class supervision {
public:
  using endings = std::vector<std::pair<std::string, outcome>>;

  // Children in the order of declaration or birth.
  void add_supervisor(const std::string& path, strategy how, std::span<const row> decisions);
  void add_child(const std::string& supervisor, const std::string& path, const child_options& options);

  // An object is built for it, so whoever must run before must run, or has ended.
  void saw_built(const std::string& path, std::chrono::nanoseconds now, std::vector<std::string>& problems);
  // It asks for its own end.
  void saw_finish(const std::string& path);
  // Somebody dismisses it.
  void saw_dismissal(const std::string& path) { may_end_.insert(path); }
  // From here on the whole tree ends.
  void saw_the_end() { over_ = true; }
  void saw_step(const std::string& path, const lifecycle_event& step, std::vector<std::string>& problems);
  void saw_decision(const failure& what, action then, std::chrono::nanoseconds now, std::vector<std::string>& problems);
  // Anything else happened: what had to follow at once must have.
  void saw_other(std::vector<std::string>& problems);

  [[nodiscard]] bool knows(const std::string& path) const { return supervisors_.contains(path); }
  // Whether a decision to restart was one too many.
  [[nodiscard]] bool escalating() const noexcept { return must_fail_.has_value(); }
  // Which lives of actors had to end, and how, in which order, because of all failures since the last call. Holds for failures that did
  // not cross.
  [[nodiscard]] endings take_expected() { return std::exchange(expected_, {}); }
  // The same if all below this supervisor end for good from now on.
  [[nodiscard]] endings expect_end(const std::string& path);

private:
  struct supervisor {
    supervisor_model model;
    std::vector<std::string> children;
  };
  struct child {
    std::vector<std::string> needed; // paths of siblings that must run before it starts
    bool temporary = false;
    std::optional<std::chrono::nanoseconds> down_since = std::chrono::nanoseconds::zero();
  };
  [[nodiscard]] bool has_ended(const std::string& path);
  [[nodiscard]] bool may_end(const std::string& path);
  [[nodiscard]] std::pair<supervisor*, std::size_t> place_of(const std::string& path);
  void expect(const supervisor& above, const supervisor_model::consequence& what);
  void expect_subtree(const std::string& path, outcome how);

  std::map<std::string, supervisor> supervisors_;
  std::map<std::string, std::string> parents_;
  std::map<std::string, child> children_; // the last of each path
  std::set<std::string> may_end_;         // for good, and not because of a failure
  bool over_ = false;
  std::map<std::string, bool> down_; // actors without a life at the moment
  std::optional<std::string> must_fail_;
  endings expected_;
};

} // namespace alys::sim
