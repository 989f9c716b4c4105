// SPDX-License-Identifier: Apache-2.0
#include "supervision.hpp"

#include <algorithm>

namespace alys::sim {

void supervision::add_supervisor(const std::string& path, strategy how, std::span<const row> decisions) {
  supervisors_.try_emplace(path, supervisor{supervisor_model{how, decisions}, {}});
}

void supervision::add_child(const std::string& above, const std::string& path, const child_options& options) {
  supervisor& s = supervisors_.at(above);
  s.model.add_child(options);
  s.children.push_back(path);
  parents_[path] = above;
  down_[path] = true;
}

std::pair<supervision::supervisor*, std::size_t> supervision::place_of(const std::string& path) {
  const auto parent = parents_.find(path);
  if (parent == parents_.end()) return {nullptr, 0};
  supervisor& above = supervisors_.at(parent->second);
  // A path may be used again after its end: the last one counts.
  const auto found = std::find(above.children.rbegin(), above.children.rend(), path);
  return {&above, static_cast<std::size_t>(std::distance(found, above.children.rend())) - 1};
}

void supervision::saw_step(const std::string& path, const lifecycle_event& step, std::vector<std::string>& problems) {
  using enum lifecycle_state;
  const bool had_to = must_fail_ == path && step.to == failed;
  if (had_to) must_fail_.reset();
  saw_other(problems);
  if (knows(path)) {
    if (step.from == running && step.to == failed && !had_to)
      problems.push_back(path + " escalated although its budget and its tables did not say so");
    if (step.to == restarting) supervisors_.at(path).model.saw_restart();
  }
  const auto [above, index] = place_of(path);
  if (above == nullptr) return;
  if (step.to == running) {
    above->model.saw_started(index, step.at);
    down_[path] = false;
  }
  if (step.to == terminated) {
    above->model.saw_ended(index);
    down_[path] = true;
  }
}

void supervision::saw_decision(const failure& what, action then, std::chrono::nanoseconds now, std::vector<std::string>& problems) {
  saw_other(problems);
  const auto [above, index] = place_of(what.path);
  if (above == nullptr) {
    problems.push_back("a decision about " + what.path + ", which nobody declared");
    return;
  }
  const auto follows = above->model.failed(index, what, now);
  if (follows.decided != then)
    problems.push_back(what.path + ": decided to " + std::string{to_string(then)} + " instead of to " +
                       std::string{to_string(follows.decided)});
  if (follows.escalates) must_fail_ = parents_.at(what.path);
  expect(*above, follows);
}

void supervision::saw_other(std::vector<std::string>& problems) {
  if (!must_fail_) return;
  problems.push_back(*must_fail_ + " did not escalate although it had to");
  must_fail_.reset();
}

void supervision::expect(const supervisor& above, const supervisor_model::consequence& what) {
  for (const auto& [index, how] : what.outcomes) {
    const std::string& path = above.children.at(index);
    const bool fails_in_place = knows(path) && how == outcome::escalate; // its children stay until somebody decides
    if (how != outcome::resume && !fails_in_place) expect_subtree(path, how);
  }
}

supervision::endings supervision::expect_end(const std::string& path) {
  expected_.clear();
  expect_subtree(path, outcome::stop);
  return take_expected();
}

void supervision::expect_subtree(const std::string& path, outcome how) {
  if (!knows(path)) {
    if (!std::exchange(down_.at(path), true)) expected_.emplace_back(path, how);
    return;
  }
  const supervisor& s = supervisors_.at(path);
  for (auto child = s.children.rbegin(); child != s.children.rend(); ++child) expect_subtree(*child, how);
}

} // namespace alys::sim
