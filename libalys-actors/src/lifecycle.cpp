// SPDX-License-Identifier: Apache-2.0
//
// The steps of a life and their words.
#include <alys/actors/lifecycle.hpp>

#include <utility>

namespace alys {

bool lifecycle::advance(lifecycle_state to, std::chrono::nanoseconds at, error cause) {
  if (!allowed(state_, to)) {
    ++violations_;
    return false;
  }
  if (to == lifecycle_state::initializing) ++incarnation_;
  history_.push({.from = state_, .to = to, .at = at, .incarnation = incarnation_, .cause = std::move(cause)});
  state_ = to;
  return true;
}

std::string_view to_string(lifecycle_state state) noexcept {
  switch (state) {
    case lifecycle_state::initializing: return "initializing";
    case lifecycle_state::running: return "running";
    case lifecycle_state::stopping: return "stopping";
    case lifecycle_state::stopped: return "stopped";
    case lifecycle_state::failed: return "failed";
    case lifecycle_state::restarting: return "restarting";
    case lifecycle_state::terminated: return "terminated";
  }
  return "unknown";
}

std::string to_string(const lifecycle_event& event) {
  std::string text{to_string(event.from)};
  text += " -> ";
  text += to_string(event.to);
  text += " (incarnation " + std::to_string(event.incarnation) + ')';
  if (event.cause) text += ": " + event.cause.message();
  return text;
}

} // namespace alys
