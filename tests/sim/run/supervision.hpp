// SPDX-License-Identifier: Apache-2.0
//
// The reference models of all supervisors of a seeded run, in step with the real ones: every decision must be the one that the model
// takes, and a budget must be exceeded exactly when the model says so.
#pragma once

#include "model/supervisor_model.hpp"

#include <map>
#include <string>

namespace alys::sim {

class supervision {
public:
  using endings = std::vector<std::pair<std::string, outcome>>;

  // Children in the order of declaration or birth.
  void add_supervisor(const std::string& path, strategy how, std::span<const row> decisions);
  void add_child(const std::string& supervisor, const std::string& path, const child_options& options);

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
  [[nodiscard]] std::pair<supervisor*, std::size_t> place_of(const std::string& path);
  void expect(const supervisor& above, const supervisor_model::consequence& what);
  void expect_subtree(const std::string& path, outcome how);

  std::map<std::string, supervisor> supervisors_;
  std::map<std::string, std::string> parents_;
  std::map<std::string, bool> down_; // actors without a life at the moment
  std::optional<std::string> must_fail_;
  endings expected_;
};

} // namespace alys::sim
