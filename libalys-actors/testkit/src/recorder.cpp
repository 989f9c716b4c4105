// SPDX-License-Identifier: Apache-2.0
#include <alys/testkit/recorder.hpp>

#include <algorithm>

namespace alys::testkit {

std::vector<life_step> recorder::steps() const {
  const std::lock_guard guard(mutex_);
  return steps_;
}

std::vector<lifecycle_state> recorder::states_of(std::string_view path) const {
  const std::lock_guard guard(mutex_);
  std::vector<lifecycle_state> states;
  for (const life_step& s : steps_) {
    if (s.path == path) states.push_back(s.event.to);
  }
  return states;
}

std::vector<decided_failure> recorder::failures() const {
  const std::lock_guard guard(mutex_);
  return failures_;
}

std::vector<action> recorder::decisions_about(std::string_view path) const {
  const std::lock_guard guard(mutex_);
  std::vector<action> decisions;
  for (const decided_failure& f : failures_) {
    if (f.what.path == path) decisions.push_back(f.then);
  }
  return decisions;
}

std::vector<lost_message> recorder::dead_letters() const {
  const std::lock_guard guard(mutex_);
  return dead_letters_;
}

std::size_t recorder::dead_letters(dead_letter_cause cause) const {
  const std::lock_guard guard(mutex_);
  return static_cast<std::size_t>(
      std::count_if(dead_letters_.begin(), dead_letters_.end(), [cause](const lost_message& l) { return l.cause == cause; }));
}

void recorder::clear() {
  const std::lock_guard guard(mutex_);
  steps_.clear();
  failures_.clear();
  dead_letters_.clear();
}

void recorder::lifecycle_changed(std::string_view path, const lifecycle_event& step) noexcept {
  const std::lock_guard guard(mutex_);
  steps_.push_back({std::string{path}, step});
}

void recorder::failure_decided(const failure& what, action then) noexcept {
  const std::lock_guard guard(mutex_);
  failures_.push_back({what, then});
}

void recorder::dead_letter_made(const dead_letter& letter) noexcept {
  const std::lock_guard guard(mutex_);
  dead_letters_.push_back(
      {letter.cause, std::string{letter.message}, std::string{letter.sender}, std::string{letter.receiver}, letter.header});
}

} // namespace alys::testkit
