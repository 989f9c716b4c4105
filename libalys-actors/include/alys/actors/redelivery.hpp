// SPDX-License-Identifier: Apache-2.0
//
// What to do about a message that its handler fails on: try it again with the next object, and set it aside if it kills one after another.
//
// By default a failing message is answered with an error, or becomes a dead letter, and the new object goes on with the next one. That is
// right where somebody asked and can ask again. Where a message must not be lost to a passing fault, the child's option `redeliver` has it
// handled again after the restart, before everything that waits. A message that is itself the fault ("poison") would kill every new
// object: after so many in a row it goes to quarantine, where it can be looked at, replayed or discarded (see system.hpp).
//
// It needs handlers that leave the message whole: handle(const M&). Handling it again must do no harm: what the first try had done is done.
//
// ```cpp
// inline const alys::redelivery stubborn{.times = 5, .quarantine_after = 3}; // in child_options: .redeliver = stubborn
// ```
#pragma once

#include <alys/actors/error.hpp>
#include <alys/actors/header.hpp>
#include <alys/actors/problem.hpp>

#include <chrono>

namespace alys {

struct redelivery {
  std::uint32_t times = 0;            // how often one message is handled again after a restart, at most 1'000; 0: never
  std::uint32_t quarantine_after = 3; // a message that killed so many incarnations in a row is set aside; from 1 to 100
  friend bool operator==(const redelivery&, const redelivery&) = default;
};

// Appends what is wrong, by the name of the field.
inline void validate(const redelivery& options, problem_list& problems) {
  if (options.times > 1'000) problems.push_back({"times", "must be at most 1000"});
  if (options.quarantine_after == 0 || options.quarantine_after > 100) problems.push_back({"quarantine_after", "must be from 1 to 100"});
}

// A message in quarantine, as it is shown to people.
struct quarantined_message {
  std::uint64_t id = 0;               // for replay and discard
  std::string receiver = {};          // the path of the actor that it kills
  std::string sender = {};            // a path; empty if unknown
  std::string message = {};           // the name of its type
  std::string text = {};              // its fields; secrets are left out, what is long is cut short
  std::uint32_t killed = 0;           // so many incarnations in a row ...
  std::uint32_t last_incarnation = 0; // ... the last of which was this one
  error last_error = {};              // what that one failed with
  std::chrono::nanoseconds at{};      // when it was set aside; since the system's start
  std::size_t bytes = 0;              // what it counts against the bound
  message_header header = {};
};

// "3: bank::deposit{account: "alice", amount: 5} for /root/bank/ledger killed 3 incarnations in a row (last 4): over the limit"
[[nodiscard]] std::string to_string(const quarantined_message&);

} // namespace alys
