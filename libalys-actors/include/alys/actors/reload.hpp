// SPDX-License-Identifier: Apache-2.0
//
// A new version of a tree's configuration while it runs. `system.reload(next)` takes a declaration with the same slots and other
// configurations or policies, asks every actor that is concerned whether it can take what is new for it, and only if all can, within
// a deadline, is it taken everywhere. Else the old version stays everywhere. No message is lost, and none overtakes another.
//
// An actor says with two hooks how it takes a new configuration; both run in its own turn, between two messages:
//   alys::result<P> prepare(const Config& next)   checks, and makes what is needed, and changes nothing; a refusal ends the reload
//   void apply(P plan) noexcept                   takes it; config() is the new one from here on
// P is whatever the one hands to the other. With result<void> there is nothing to hand over, and apply() may be left out. An actor without
// prepare() refuses every change of its configuration, unless its child_options say `.reload_by = alys::reload_by::restart`: then it is
// stopped in order and started with the new one.
//
// ```cpp
// #include <alys/actors/actor.hpp>
//
// struct quote { using reply = int; };
// ALYS_MESSAGE(quote)
// struct price_config { int cents = 100; };
// ALYS_CONFIG(price_config, cents)
//
// class prices final : public alys::actor<prices, price_config> {
// public:
//   using messages = alys::accepts<quote>;
//   int handle(const quote&) { return config().cents; }
//   alys::result<void> prepare(const price_config& next) {
//     if (next.cents > 2 * config().cents) return alys::refuse(alys::errc::out_of_range, "more than twice the old price");
//     return {};
//   }
// };
// ```
#pragma once

#include <alys/actors/problem.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace alys {

// What became of a reload.
enum class reload_outcome : std::uint8_t {
  applied,   // the next version is in effect everywhere
  unchanged, // there was nothing new
  refused,   // the declaration cannot be taken by a running tree, or an actor said no: the old version stays
  timed_out, // an actor did not answer in time: the old version stays
  not_now,   // another reload runs, the tree is ending, or the caller is an actor, which must not wait
};
[[nodiscard]] std::string_view to_string(reload_outcome) noexcept;

struct reload_options {
  std::chrono::milliseconds prepare_within{5'000}; // for all actors together; more than 0
};

struct reload_report {
  reload_outcome outcome = reload_outcome::unchanged;
  std::uint64_t version = 1;        // in effect afterwards: 1 at the start, one more with each reload that was applied
  std::vector<std::string> changed; // the paths that were to take something new
  problem_list problems;            // why not: a path and a reason each
  std::chrono::nanoseconds took{};
};
// "version 3 applied: /bank/ledger", or a line a problem.
[[nodiscard]] std::string to_string(const reload_report&);

// What there is to know of a tree's reloads.
struct reload_status {
  std::uint64_t version = 1; // in effect
  std::uint64_t applied = 0;
  std::uint64_t refused = 0; // and timed out, and not now
  reload_report last;        // unchanged before the first
};

} // namespace alys
