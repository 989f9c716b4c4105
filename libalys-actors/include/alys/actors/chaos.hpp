// SPDX-License-Identifier: Apache-2.0
//
// Chaos: failures, delays, lost replies and slow handlers in chosen places of a tree, at given rates, from a seed. It answers the question
// whether the tree heals what it was built to heal, in a test or in a program that runs.
//
// Actors that no rule names are left as they are: nothing is in their way. A slot draws from a sequence of its own, made of the seed and
// its path, once for each message that comes to a handler, so that the same messages meet the same faults whatever other slots do.
//
// ```cpp
// inline alys::chaos some_trouble(const alys::supervisor_spec& root) {
//   alys::chaos trouble{{.seed = 7, .rules = {{.paths = "/root/bank/*", .throws = 0.01, .loses_reply = 0.005}}}};
//   trouble.join(root); // before the start of the tree
//   return trouble;
// }
// ```
#pragma once

#include <alys/actors/config.hpp>
#include <alys/actors/result.hpp>
#include <alys/actors/supervisor.hpp>
#include <alys/actors/tree.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace alys {

// What happens to which messages. A rate is the share of messages, from 0 to 1; a message meets one fault at most, so that all rates of a
// rule together are at most 1. Timers' messages count as well.
struct chaos_rule {
  std::string paths;                      // "*" stands for any characters: "/root/bank/*"
  std::string message = "*";              // the name of a message type; likewise
  double throws = 0;                      // instead of its handler: a std::runtime_error
  double fails = 0;                       // instead of its handler: a returned failure
  double loses_reply = 0;                 // the handler runs, and its answer never arrives; of messages that were asked
  double slow = 0;                        // the handler runs after `slow_for`
  std::chrono::milliseconds slow_for{10}; // 0 to 1 minute; in real time, and the handler's thread is busy for so long
  // The message comes to its handler `delay_for` later, and what the same sender sends next waits behind it; others pass. No thread is held.
  // Not of timers' messages.
  double delays = 0;
  std::chrono::milliseconds delay_for{10}; // 1 ms to 1 minute; in virtual time too
  void validate(problem_list& found) const;
  friend bool operator==(const chaos_rule&, const chaos_rule&) = default;
};
ALYS_CONFIG(chaos_rule, paths, message, throws, fails, loses_reply, slow, slow_for, delays, delay_for)

struct chaos_options {
  std::uint64_t seed = 1;
  std::vector<chaos_rule> rules; // the first that names path and message decides
  bool on = true;                // from the start
};

// What was injected into one slot, and what became of it. Dynamic children share one row for each template: "/root/peer-{}".
struct chaos_count {
  std::string path;
  std::uint64_t seen = 0; // messages that came while chaos was on
  std::uint64_t thrown = 0;
  std::uint64_t failed = 0;
  std::uint64_t replies_lost = 0;
  std::uint64_t slowed = 0;
  std::uint64_t delayed = 0;
  friend bool operator==(const chaos_count&, const chaos_count&) = default;
};

// Copies are the same chaos. Thread-safe but for join.
class chaos {
public:
  // Throws std::invalid_argument with everything that is wrong with the options.
  explicit chaos(chaos_options options);

  // Lets it into what is declared there and below, and what will be born there. Throws std::invalid_argument for a rule whose paths name
  // nobody there, and std::logic_error once the tree was started; then it is in none of the slots. Children that a reload adds later are
  // left alone.
  void join(const supervisor_spec& root) const;

  // Begins anew with other options: another seed, other rules, counts from 0. They reach only slots that a rule named when this joined: one
  // for "*" without any rate reaches all. Refuses with errc::out_of_range and everything that is wrong with them, or with
  // errc::no_such_path for a rule that names nobody it can reach; all is as before then.
  [[nodiscard]] result<void> begin(chaos_options next) const;

  void turn_on() const noexcept;
  void turn_off() const noexcept;
  [[nodiscard]] bool is_on() const noexcept;

  // By path.
  [[nodiscard]] std::vector<chaos_count> counts() const;
  // What it injected, and what the tree did since its start: restarts, escalations, failed, undelivered and quarantined messages. One line a
  // slot, and one for the tree.
  [[nodiscard]] std::string report(const tree_node& root) const;
  // The same as JSON: on, seed, slots, tree.
  [[nodiscard]] std::string report_json(const tree_node& root) const;

private:
  struct round;
  struct state;
  class slot;
  std::shared_ptr<state> state_;
};

} // namespace alys
