// SPDX-License-Identifier: Apache-2.0
//
// Port: who hears how long each call to the outside took, and what came of it. The actors that own an outside tell it: the engine actor of
// the execution engine, the writer of the store. For metrics; nothing is decided by it.
//
// ```cpp
// inline alys::domain::call_observer warn_of_slow_ones(std::function<void(std::string_view call)> warn) {
//   return [warn](const alys::domain::observed_call& what) {
//     if (what.took > 1s) warn(what.call);
//   };
// }
// ```
#pragma once

#include <alys/actors/error.hpp>

#include <chrono>
#include <functional>
#include <string_view>

namespace alys::domain {

struct observed_call {
  std::string_view port; // "engine" or "store"
  std::string_view call; // the port's function, such as "new_payload"; a constant
  std::chrono::nanoseconds took{};
  error outcome{}; // none, a refusal, or a failure
};

// Called from whatever thread the answer came on, so it must be thread-safe, short, and throw nothing. Empty: nobody listens, and nothing is measured.
using call_observer = std::function<void(const observed_call&)>;

} // namespace alys::domain
