// SPDX-License-Identifier: Apache-2.0
//
// A part that is no actor, under a supervisor: start, stop and health functions around code that exists, with its locks and threads. The
// supervisor treats it as any other child: order of start and stop, deadlines, decision tables, restart policies, budgets, shutdown, the
// tree view. So an old design moves into a tree first, and becomes actors afterwards, piece by piece, or never.
//
// The functions run on threads of the component's own, on which everything is allowed that blocks: locks, files, system::ask. start() and
// stop() run on one, in turn; health() on another, so that a question that hangs keeps nobody from stopping. A function that throws has
// failed as one that returns an error has. After a start() that failed, nothing may be left: stop() is not called. One that comes back after
// its deadline is stopped before it may start again: two lives are never at once.
//
// ```cpp
// #include <alys/actors/supervisor.hpp>
//
// class price_cache { // as it was
// public:
//   void open() {}
//   void close() {}
//   bool fresh() const { return true; }
// };
//
// inline void declare(alys::supervisor_spec& root, price_cache& cache) {
//   alys::supervise(root, "prices", alys::component{
//     .start = [&] { cache.open(); return alys::result<void>{}; },
//     .stop = [&] { cache.close(); return alys::result<void>{}; },
//     .health = [&] { return cache.fresh() ? alys::health_report{} : alys::health_report{alys::health_state::degraded, "old prices"}; },
//   }, {.restart = alys::backoff{.initial = 100ms}, .initialize_within = 2s});
// }
// ```
#pragma once

#include <alys/actors/child_options.hpp>
#include <alys/actors/health.hpp>
#include <alys/actors/result.hpp>

#include <functional>
#include <string>

namespace alys {

class supervisor_spec;

// Shared by all lives of the child, so it must stay good as long as the tree. A reload cannot see what its functions have captured: where that
// differs between two declarations, they need different versions, such as a text of the settings. Then the child is stopped in order, and
// started with the new functions.
struct component {
  std::function<result<void>()> start = {};   // required; has the option initialize_within
  std::function<result<void>()> stop = {};    // called once for each start that succeeded; has the option stop_within
  std::function<health_report()> health = {}; // asked once a health period while it runs; none: healthy while it runs
  // Called before each start with a function that any thread may call when the component has failed by itself: its process ended, its thread
  // died. That is a failure of source exit at once, where health() would show it only at the next look; stop() follows, as after any failure.
  // Only the first call in a life counts; after that life it does nothing.
  std::function<void(std::function<void(error)>)> watch = {};
  std::string version = {}; // of what the functions stand for; only compared
};

// Declares a component as a child. Options about a mailbox and handlers are refused: it has none.
void supervise(supervisor_spec& under, std::string name, component what, child_options options = {});

} // namespace alys
