// SPDX-License-Identifier: Apache-2.0
//
// Watching a tree from outside: what happens is told to observers as it happens, and to a log sink in words.
//
// ```cpp
// class restart_counter final : public alys::observer {
// public:
//   void lifecycle_changed(std::string_view, const alys::lifecycle_event& e) noexcept override {
//     if (e.to == alys::lifecycle_state::restarting) ++restarts_;
//   }
//
// private:
//   std::atomic<int> restarts_{0};
// };
// ```
#pragma once

#include <alys/actors/breaker.hpp>
#include <alys/actors/dead_letter.hpp>
#include <alys/actors/decision.hpp>
#include <alys/actors/lifecycle.hpp>
#include <alys/actors/redelivery.hpp>
#include <alys/actors/reload.hpp>
#include <alys/actors/shutdown.hpp>
#include <alys/actors/watchdog.hpp>

#include <atomic>
#include <functional>

namespace alys {

// Told on the thread where it happens, so: thread-safe, quick, and no waiting. Views live as long as the call. What an observer throws is
// logged, and goes no further. An observer lives as long as the memory of any slot of its tree: one that keeps a handle keeps that slot, and
// the slot keeps the observer, so keep paths instead.
class observer {
public:
  virtual ~observer() = default;
  // A slot took a step in its life.
  virtual void lifecycle_changed(std::string_view path, const lifecycle_event& step) { (void)path, (void)step; }
  // A supervisor decided about a failure.
  virtual void failure_decided(const failure& what, action then) { (void)what, (void)then; }
  // A slot's circuit breaker changed to this state.
  virtual void breaker_changed(std::string_view path, breaker_state to) { (void)path, (void)to; }
  // A message reached no handler, or an answer no asker. Every one of them, except those that observers make in this very call; only the
  // log is rate-limited.
  virtual void dead_letter_made(const dead_letter& letter) { (void)letter; }
  // A message was set aside because it killed one incarnation after another.
  virtual void message_quarantined(const quarantined_message& what) { (void)what; }
  // A reload has come to its end, whatever that was.
  virtual void reloaded(const reload_report& report) { (void)report; }
  // The watchdog found a turn that runs longer than it may: once for each, and once more when it came back.
  virtual void handler_overran(const overrun& what) { (void)what; }
  // The pool's threads do no work any more, or do again.
  virtual void liveness_changed(bool alive) { (void)alive; }
  // A shutdown has come so far.
  virtual void shutdown_entered(shutdown_phase phase) { (void)phase; }
};

enum class log_level : std::uint8_t { debug, info, warning, error };
[[nodiscard]] std::string_view to_string(log_level) noexcept;

// Gets one line without a newline; called from any thread. Empty: there is no log. A line on which it throws is written to standard error instead.
using log_sink = std::function<void(log_level, std::string_view)>;

// Writes warnings and errors to standard error.
[[nodiscard]] log_sink log_to_stderr();
// Keeps silent: an empty sink, for which no line is even made.
[[nodiscard]] log_sink log_to_nowhere();

} // namespace alys
