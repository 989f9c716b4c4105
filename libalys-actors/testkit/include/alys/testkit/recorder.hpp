// SPDX-License-Identifier: Apache-2.0
//
// Remembers what happened in a tree: every step of every life, every decision about a failure, every dead letter. A bench has one; a
// system of your own takes one as an observer.
//
// ```cpp
// inline bool came_back(const alys::testkit::recorder& seen) {
//   using enum alys::lifecycle_state;
//   return seen.states_of("/bench/ledger") == std::vector{running, failed, restarting, initializing, running};
// }
// ```
#pragma once

#include <alys/actors/observer.hpp>

#include <mutex>
#include <string>
#include <vector>

namespace alys::testkit {

// One step in the life of the slot at `path`.
struct life_step {
  std::string path;
  lifecycle_event event;
};

// One decision of a supervisor.
struct decided_failure {
  failure what;
  action then{};
};

// As alys::dead_letter, but with strings of its own.
struct lost_message {
  dead_letter_cause cause{};
  std::string message; // the name of its type
  std::string sender;
  std::string receiver;
  message_header header;
};

// Thread-safe. Memory grows with what happens: for tests.
class recorder final : public observer {
public:
  [[nodiscard]] std::vector<life_step> steps() const;
  // The states that this slot entered, in order; the first one, initializing, has no step that leads to it.
  [[nodiscard]] std::vector<lifecycle_state> states_of(std::string_view path) const;
  [[nodiscard]] std::vector<decided_failure> failures() const;
  // The decisions about the failures of one slot, in order.
  [[nodiscard]] std::vector<action> decisions_about(std::string_view path) const;
  [[nodiscard]] std::vector<lost_message> dead_letters() const;
  [[nodiscard]] std::size_t dead_letters(dead_letter_cause cause) const;
  // Forgets all of it.
  void clear();

  void lifecycle_changed(std::string_view path, const lifecycle_event& step) noexcept override;
  void failure_decided(const failure& what, action then) noexcept override;
  void dead_letter_made(const dead_letter& letter) noexcept override;

private:
  mutable std::mutex mutex_; // observers are told on the thread where it happens
  std::vector<life_step> steps_;
  std::vector<decided_failure> failures_;
  std::vector<lost_message> dead_letters_;
};

} // namespace alys::testkit
