// SPDX-License-Identifier: Apache-2.0
//
// An actor around an actor: every message passes an interceptor before the handler sees it. Cells notice nothing, and where nobody
// interposes there is nothing to notice. Planned faults of the test kit and chaos are interceptors.
#pragma once

#include "spec.hpp"

namespace alys::detail {

// What is to become of a message. Neither: its handler runs.
struct interception {
  error failure = {};               // in place of its handler
  std::chrono::nanoseconds delay{}; // it comes to its handler so much later, and holds no thread meanwhile; not of timers' messages
};

class interceptor {
public:
  // `original` is the table of the actor inside.
  explicit interceptor(const actor_type& original);
  virtual ~interceptor() = default;
  interceptor(const interceptor&) = delete;
  interceptor& operator=(const interceptor&) = delete;

  // In the actor's turn, before the handler of `m`, once for each time that it comes to one. May take the reply address out of it, may
  // pause, may throw.
  [[nodiscard]] virtual interception before(data_envelope& m) = 0;
  [[nodiscard]] virtual error before_start() { return {}; }

  // The same class with other handlers and hooks.
  [[nodiscard]] const actor_type& wrapped() const noexcept { return wrapped_; }
  [[nodiscard]] const actor_type& original() const noexcept { return original_; }

private:
  const actor_type& original_;
  std::vector<handler_entry> handlers_;
  actor_type wrapped_;
};

// Builds whatever `plan` builds inside an actor that asks `by` first; `by` was made for the type of that plan.
void interpose(blueprint& plan, std::shared_ptr<interceptor> by);

// The answer to `m` will never arrive.
void lose_reply(data_envelope& m);

} // namespace alys::detail
