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
  child& c = children_[path] = {.needed = {}, .temporary = options.kind == child_kind::temporary};
  for (const std::string& name : options.after) c.needed.push_back(above + '/' + name);
  may_end_.erase(path);
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

bool supervision::has_ended(const std::string& path) {
  const auto [above, index] = place_of(path);
  return above != nullptr && !above->model.alive(index);
}

// For good: by a decision, by itself, by a dismissal, or with all below a supervisor that does.
bool supervision::may_end(const std::string& path) {
  if (over_ || may_end_.contains(path) || children_.at(path).temporary) return true;
  for (std::string up = path; parents_.contains(up); up = parents_.at(up)) {
    if (has_ended(up)) return true;
  }
  return false;
}

void supervision::saw_built(const std::string& path, std::chrono::nanoseconds now, std::vector<std::string>& problems) {
  for (const std::string& needed : children_.at(path).needed) {
    const auto since = children_.at(needed).down_since;
    const bool for_good = has_ended(needed) || may_end_.contains(needed); // nobody waits for it any longer
    if (since && *since < now && !for_good) problems.push_back(path + " started while " + needed + " was down, which it needs");
  }
}

void supervision::saw_finish(const std::string& path) {
  const auto [above, index] = place_of(path);
  if (above->model.ends_when_finished(index)) may_end_.insert(path);
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
  if (above == nullptr) { // the root
    over_ = over_ || step.to == failed;
    return;
  }
  if (step.to == failed || step.to == stopped) children_.at(path).down_since = step.at;
  if (step.to == running) {
    above->model.saw_started(index, step.at);
    down_[path] = false;
    children_.at(path).down_since.reset();
  }
  if (step.to == terminated) {
    if (!may_end(path)) problems.push_back(path + " ended for good although nothing said so");
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
  for (auto each = s.children.rbegin(); each != s.children.rend(); ++each) expect_subtree(*each, how);
}

} // namespace alys::sim
