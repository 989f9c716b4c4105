// SPDX-License-Identifier: Apache-2.0
//
// The watchdog: a thread beside the pool that looks at every slot once a period. It names handlers that run too long, tells slots that
// have work and make no progress, and proves that the pool still works by giving it a small piece of work itself.
//
// ```cpp
// inline void page(const alys::overrun& what) { // from observer::handler_overran
//   if (!what.came_back) std::puts(to_string(what).c_str());
// }
// inline const alys::watchdog_options sharp{.period = 200ms, .handler_limit = 1s};
// ```
#pragma once

#include <alys/actors/problem.hpp>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <string>

namespace alys {

struct watchdog_options {
  std::chrono::milliseconds period{1'000};        // between two looks, at most a day; 0: there is no watchdog
  std::chrono::milliseconds handler_limit{5'000}; // a turn that runs longer is named within two periods; more than 0, at most a year
};

void validate(const watchdog_options&, problem_list& problems);

// A turn that ran longer than it may: of a handler, a hook, a continuation of an ask, or of a supervisor's predicates and observers.
struct overrun {
  std::string path;
  std::uint32_t incarnation = 0;
  std::string handling;               // the message type, or what else it was at
  std::chrono::nanoseconds ran_for{}; // so far, or until it came back; at least
  std::chrono::nanoseconds limit{};
  bool came_back = false;
};
// "/root/a: copy has been running for 6s (limit 5s)", or "... came back after 7s (limit 5s)".
[[nodiscard]] std::string to_string(const overrun&);

} // namespace alys
