// SPDX-License-Identifier: Apache-2.0
#include "supervision.hpp"

#include <algorithm>

namespace alys::sim {

void supervision::add_supervisor(const std::string& path, const strategy& how, std::span<const row> decisions, auto_shutdown ends_with) {
  const bool root = path.rfind('/') == 0;
  supervisors_.try_emplace(path, supervisor{supervisor_model{how, decisions, ends_with, root}, {}});
}

void supervision::add_child(const std::string& above, const std::string& path, const child_options& options) {
  supervisor& s = supervisors_.at(above);
  s.model.add_child(options, path.substr(path.rfind('/') + 1));
  s.children.push_back(path);
  parents_[path] = above;
  child& c = children_[path] = {.needed = {}, .temporary = options.kind == child_kind::temporary};
  for (const std::string& name : options.after) c.needed.push_back(above + '/' + name);
  may_end_.erase(path);
  finishing_.erase(path);
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
  if (over_) return true;
  for (std::string up = path; parents_.contains(up); up = parents_.at(up)) {
    if (children_.at(up).temporary || may_end_.contains(up) || has_ended(up) || may_end_with_its_children(parents_.at(up))) return true;
  }
  return false;
}

// Some of them are about to end by themselves: then it may know that already.
bool supervision::may_end_with_its_children(const std::string& path) {
  const supervisor& s = supervisors_.at(path);
  std::set<std::size_t> some;
  for (const std::string& each : s.children) {
    if (finishing_.contains(each)) some.insert(place_of(each).second);
  }
  return s.model.would_end_with(some);
}

void supervision::saw_built(const std::string& path, std::chrono::nanoseconds now, std::vector<std::string>& problems) {
  for (const std::string& needed : children_.at(path).needed) {
    const auto since = children_.at(needed).down_since;
    const bool for_good = has_ended(needed) || may_end_.contains(needed); // nobody waits for it any longer
    if (since && *since < now && !for_good) problems.push_back(path + " started while " + needed + " was down, which it needs");
  }
}

bool supervision::saw_finish(const std::string& path) {
  const auto [above, index] = place_of(path);
  if (!above->model.ends_when_finished(index)) {
    above->model.saw_group_leaving();
    return false;
  }
  may_end_.insert(path);
  finishing_.insert(path);
  if (calm_) expect(parents_.at(path), above->model.ended_by_itself(index));
  else above->model.saw_leaving(index);
  return true;
}

void supervision::saw_dismissal(const std::string& path) {
  const auto [above, index] = place_of(path);
  above->model.saw_leaving(index);
  may_end_.insert(path);
  finishing_.erase(path); // it may be either: then nothing follows from it for sure
}

void supervision::saw_own_end(const std::string& path) {
  happened_.note(happening::subtree_ended);
  may_end_.insert(path);
  finishing_.insert(path);
  const auto [above, index] = place_of(path);
  if (above != nullptr && calm_) expect(parents_.at(path), above->model.ended_by_itself(index));
}

void supervision::saw_step(const std::string& path, const lifecycle_event& step, std::vector<std::string>& problems) {
  using enum lifecycle_state;
  const bool had_to = must_fail_ == path && step.to == failed;
  if (had_to) must_fail_.reset();
  saw_other(problems);
  if (knows(path)) saw_step_of_supervisor(path, step, had_to, problems);
  const auto [above, index] = place_of(path);
  if (above == nullptr) return; // the root
  if (step.to == failed || step.to == stopped) children_.at(path).down_since = step.at;
  const bool goes_down = step.to == failed || step.to == stopping;
  if (breaker_model* const guard = above->model.guard(index); guard != nullptr && goes_down) guard->saw_down(step.at);
  if (goes_down && children_.at(path).temporary && !calm_) above->model.saw_leaving(index); // it may be with its group
  if (step.to == running) {
    above->model.saw_started(index, step.at);
    down_[path] = false;
    children_.at(path).down_since.reset();
  }
  if (step.to != terminated) return;
  if (!may_end(path)) problems.push_back(path + " ended for good although nothing said so");
  must_end_.erase(path);
  must_close_.erase(path);
  down_[path] = true;
  above->model.saw_ended(index);
  // It may have been about to go down with its group besides.
  if (!calm_ && finishing_.contains(path) && above->model.would_end_with({index})) saw_own_end(parents_.at(path));
}

void supervision::saw_step_of_supervisor(const std::string& path, const lifecycle_event& step, bool had_to,
                                         std::vector<std::string>& problems) {
  using enum lifecycle_state;
  supervisor& s = supervisors_.at(path);
  s.running = step.to == running;
  if (step.from == running && step.to == failed && !had_to)
    problems.push_back(path + " escalated although its budget and its tables did not say so");
  if (step.to == restarting) {
    for (const std::size_t i : s.model.saw_restart()) must_close_.insert(s.children.at(i));
  }
  if (parents_.contains(path)) return;
  ended_by_itself_ = ended_by_itself_ || (step.to == stopping && !over_);
  over_ = over_ || step.to == failed || step.to == stopping;
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
  const std::string& who = parents_.at(what.path);
  note(follows);
  escalated_ = follows.escalates;
  opened_ = follows.opens;
  if (follows.opens) must_open_ = what.path;
  for (const std::size_t i : follows.closes) must_close_.insert(above->children.at(i));
  const bool fails_itself = follows.answered == escalation::stop_subtree && above->running;
  if (follows.escalates || fails_itself) must_fail_ = who;
  if (!follows.ends && (follows.decided == action::stop || follows.answered == escalation::degrade)) alone_.insert(what.path);
  if (follows.ends && !follows.sure) return saw_own_end(who); // it may be so
  if (follows.ends) must_end_.insert(who);
  expect(who, follows);
}

void supervision::note(const supervisor_model::consequence& what) {
  if (what.asked_user) happened_.note(happening::user_decided);
  if (!what.answered) return;
  switch (*what.answered) {
    case escalation::to_parent: happened_.note(happening::escalated); break;
    case escalation::stop_subtree: happened_.note(happening::subtree_stopped); break;
    case escalation::degrade: happened_.note(happening::degraded); break;
    case escalation::restart_subtree: happened_.note(happening::subtree_restarted); break;
  }
}

std::optional<std::uint32_t> supervision::saw_breaker(const std::string& path, breaker_state to, std::chrono::nanoseconds now,
                                                      std::vector<std::string>& problems) {
  const auto [above, index] = place_of(path);
  breaker_model* const guard = above != nullptr ? above->model.guard(index) : nullptr;
  if (guard == nullptr) {
    problems.push_back(path + " has no breaker that could change");
    return std::nullopt;
  }
  bool due = false;
  switch (to) {
    case breaker_state::open:
      due = must_open_ == path;
      must_open_.reset();
      happened_.note(guard->openings() > 1 ? happening::breaker_opened_again : happening::breaker_opened);
      break;
    case breaker_state::half_open:
      due = guard->probes(now);
      happened_.note(happening::breaker_half_open);
      break;
    case breaker_state::closed:
      due = must_close_.erase(path) > 0 || guard->must_close() || above->model.ended_perhaps(index); // then it may count from nothing
      guard->close();
      happened_.note(happening::breaker_closed);
      break;
  }
  if (!due) problems.push_back(path + ": its breaker is " + std::string{to_string(to)} + " although nothing said so");
  return guard->room();
}

void supervision::saw_success(const std::string& path) {
  const auto [above, index] = place_of(path);
  if (breaker_model* const guard = above->model.guard(index)) guard->succeeded();
}

void supervision::judge(const std::string& path, const std::optional<breaker_view>& seen, std::vector<std::string>& problems) {
  const auto [above, index] = place_of(path);
  const breaker_model* const guard = above->model.guard(index);
  if (seen.has_value() != (guard != nullptr)) return problems.push_back(path + " has a breaker, or it should have one");
  if (guard == nullptr) return;
  if (seen->state != guard->state() || seen->openings != guard->openings() || guard->must_close())
    problems.push_back(path + ": its breaker is " + std::string{to_string(seen->state)} + " after " + std::to_string(seen->openings) +
                       " openings, which must be " + std::string{to_string(guard->must_close() ? breaker_state::closed : guard->state())} +
                       " after " + std::to_string(guard->openings()));
}

void supervision::saw_other(std::vector<std::string>& problems) {
  if (must_open_) problems.push_back(*std::exchange(must_open_, std::nullopt) + ": its breaker did not open although it had to");
  if (!must_fail_) return;
  problems.push_back(*must_fail_ + " did not escalate although it had to");
  must_fail_.reset();
}

void supervision::at_rest(std::vector<std::string>& problems) const {
  if (ended_by_itself_ && !may_end_.contains("/root")) problems.push_back("the tree ended although nothing said so");
  if (over_) return;
  for (const std::string& path : must_close_) problems.push_back(path + ": nobody heard that its breaker has closed");
  for (const std::string& path : must_end_) problems.push_back(path + " goes on although it had to end");
}

void supervision::expect(const std::string& above, const supervisor_model::consequence& what) {
  for (const auto& [index, how] : what.outcomes) {
    const std::string& path = supervisors_.at(above).children.at(index);
    if (how == outcome::escalate) alone_.insert(path);
    const bool fails_in_place = knows(path) && how == outcome::escalate; // its children stay until somebody decides
    if (how != outcome::resume && !fails_in_place) expect_subtree(path, how);
  }
  if (what.ends) saw_own_end(above);
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
