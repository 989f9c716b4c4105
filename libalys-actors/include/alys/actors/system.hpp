// SPDX-License-Identifier: Apache-2.0
//
// A running tree: started from its declaration, asked and watched from outside, and shut down in order and in time.
//
// ```cpp
// struct ping { using reply = int; };
// ALYS_MESSAGE(ping)
// class pong final : public alys::actor<pong> {
// public:
//   using messages = alys::accepts<ping>;
//   int handle(const ping&) { return 1; }
// };
//
// inline int run() {
//   alys::supervisor_spec root{"root"};
//   auto target = root.child<pong>("pong");
//   auto system = alys::system::start(std::move(root));
//   const int answer = system.ask(target, ping{}, 1s).value_or(0);
//   return system.shutdown(5s).in_time ? answer : 0;
// }
// ```
#pragma once

#include <alys/actors/alerts.hpp>
#include <alys/actors/observer.hpp>
#include <alys/actors/reload.hpp>
#include <alys/actors/shutdown.hpp>
#include <alys/actors/supervisor.hpp>
#include <alys/actors/tracing.hpp>
#include <alys/actors/tree.hpp>

namespace alys {

inline constexpr std::size_t max_quarantine_bytes = 1'000'000'000;

struct system_options {
  std::size_t threads = 0;                         // of the pool, at most 1'024; 0: one a core, at least 4
  std::size_t messages_per_turn = 300;             // before an actor makes room for others; from 1 to a million
  std::chrono::milliseconds health_period{30'000}; // between two checks of every actor, at most a year; 0: none
  watchdog_options watchdog = {};                  // names stuck handlers, and proves that the pool works
  alert_options alerts = {};                       // what is measured, and who is told
  std::uint64_t seed = 0;                          // of jitter; 0: drawn at start
  std::size_t quarantine_bytes = 1'000'000;        // of messages in quarantine, at most a gigabyte; the oldest makes room
  log_sink log = log_to_stderr();
  std::vector<std::shared_ptr<observer>> observers = {};
  tracing_options tracing = {}; // off unless there is a sink
};

enum class injected_fault : std::uint8_t { exception, failure };

// Thrown by system::start. Nothing runs then.
class start_error final : public std::runtime_error {
public:
  explicit start_error(problem_list problems, error cause = {})
      : std::runtime_error(to_string(problems)), problems_(std::move(problems)), cause_(std::move(cause)) {}
  [[nodiscard]] const problem_list& problems() const noexcept { return problems_; }
  // Of a child that failed to start: its failure, with the child's path in the text. No error if the declaration was refused.
  [[nodiscard]] const error& cause() const noexcept { return cause_; }

private:
  problem_list problems_;
  error cause_;
};

// How a tree came to its end.
enum class end_reason : std::uint8_t {
  none,             // it still runs
  shut_down,        // as asked
  finished,         // a significant child of the root ended: nothing was left to do, and it stopped itself, in order
  budget_exhausted, // the root's restart budget was spent, or a failure escalated past it: it stopped itself, in order
};
[[nodiscard]] std::string_view to_string(end_reason) noexcept;

// For a process that has nothing else to say: 0 for shut_down, 70 (EX_SOFTWARE of sysexits.h) for budget_exhausted.
[[nodiscard]] constexpr int exit_code(end_reason why) noexcept { return why == end_reason::budget_exhausted ? 70 : 0; }

namespace detail {
class system_impl;
struct system_access;
} // namespace detail

// Owns the tree and its threads. Movable; to use one that was moved from throws std::logic_error. All functions are thread-safe, except
// moving and destruction.
class system {
public:
  // Checks the declaration and starts it: returns when every child has started, in order. Throws start_error with every mistake, or
  // with the child that failed to start; what had started by then is stopped again.
  [[nodiscard]] static system start(supervisor_spec root, system_options options = {});
  // Shuts down with the default deadlines if nobody did. What did not stop is left behind with what it needs, until it comes back.
  ~system();
  system(system&&) noexcept;
  system& operator=(system&&) noexcept;

  // Asks from outside and waits. On a thread of the pool, where waiting could stop everything: errc::would_block at once.
  template <handle Handle, class M>
  [[nodiscard]] auto ask(const Handle& to, M&& message, std::chrono::nanoseconds deadline) {
    using plain = std::remove_cvref_t<M>;
    static_assert(request<plain>, "alys: this message has no 'using reply = ...': it is a notification, use send()");
    detail::check_accepted<Handle, plain>();
    if constexpr (request<plain>) {
      const auto reply = wait_for_reply(detail::require_process(to), detail::make_envelope(std::forward<M>(message)), deadline);
      return detail::take_result<reply_t<plain>>(*reply);
    }
  }
  // An ask without a deadline could wait for ever.
  template <handle Handle, class M>
  void ask(const Handle& to, M&& message) = delete;

  // The handle of the actor of type A at `path`: errc::no_such_path or errc::wrong_type.
  template <class A>
  [[nodiscard]] result<ref<A>> find(const std::string& path) const {
    auto found = find_process(path, detail::actor_type_of<A>());
    if (!found) return found.error();
    return detail::handle_access::make<ref<A>>(std::move(*found));
  }

  [[nodiscard]] tree_node tree() const;
  // Who asks whom, one "path -> path" a line.
  [[nodiscard]] std::vector<std::string> ask_edges() const;
  // Whether everything critical is up.
  [[nodiscard]] bool ready() const;
  // Whether the pool works: it did a piece of work that the watchdog gave it within the last two periods. False while handlers hold all of
  // its threads, though questions like this one are still answered. True without a watchdog, and in virtual time.
  [[nodiscard]] bool alive() const;
  // How many turns ran longer than they may.
  [[nodiscard]] std::uint64_t overruns() const;
  // The alerts that are raised now, in the order in which they were.
  [[nodiscard]] std::vector<alert> alerts() const;
  [[nodiscard]] alert_counts alert_deliveries() const;
  [[nodiscard]] std::uint64_t dead_letters(dead_letter_cause cause) const;
  // For spans that begin outside of the tree.
  [[nodiscard]] alys::tracer tracer() const;

  // The messages that were set aside because they killed one incarnation after another, the oldest first; see redelivery.hpp.
  [[nodiscard]] std::vector<quarantined_message> quarantined() const;
  // Puts one of them back into the mailbox of its actor, once, as the last of its queue; nobody gets an answer to it any more.
  // errc::no_such_message; errc::mailbox_full, errc::breaker_open or errc::stopped, and it stays where it is.
  [[nodiscard]] result<void> replay(std::uint64_t id);
  // Gives one of them up: it becomes a dead letter. errc::no_such_message.
  [[nodiscard]] result<void> discard(std::uint64_t id);
  // Takes what is new in `next`, a declaration of the same slots, everywhere or nowhere; see reload.hpp. Waits for it; on a thread of the
  // pool, or from inside the tree: reload_outcome::not_now at once. `next` itself never runs.
  reload_report reload(const supervisor_spec& next, reload_options options = {});
  // The version in effect, and what became of the reloads so far.
  [[nodiscard]] reload_status reloads() const;

  // Makes the actor at `path` fail in its next turn, as if a handler had thrown or returned a failure: for tests, and for showing what the
  // tree does about it. errc::no_such_path, or errc::wrong_type for a supervisor.
  [[nodiscard]] result<void> inject_fault(const std::string& path, injected_fault how = injected_fault::exception);

  // Has something closed in the last phase of the shutdown, after what was registered later. errc::stopped when the end has begun,
  // errc::out_of_range for one that cannot be closed.
  [[nodiscard]] result<void> close_at_end(resource what);
  // How far the shutdown is.
  [[nodiscard]] shutdown_progress progress() const;
  // Stops accepting from outside, lets queued work finish, stops all children in reverse order, closes. Returns by the deadline, always;
  // the report names what was in the way. A second call returns the first one's report. An actor of this very tree, which cannot wait for
  // its own end, only sets it going: the report says that nothing has stopped yet.
  shutdown_report shutdown(shutdown_options options = {});
  shutdown_report shutdown(std::chrono::milliseconds deadline) { return shutdown(shutdown_options{.deadline = deadline}); }
  // Why the tree ended by itself; no error while it runs, and for one that was shut down.
  [[nodiscard]] error end_cause() const;
  // Waits until the tree has ended, by shutdown or by itself. From inside the tree: end_reason::none at once.
  end_reason wait() const;
  // The same, but at most `most`: end_reason::none if it still runs.
  [[nodiscard]] end_reason wait_for(std::chrono::nanoseconds most) const;

private:
  friend struct detail::system_access;
  explicit system(std::unique_ptr<detail::system_impl> impl) noexcept;
  [[nodiscard]] detail::reply_ptr wait_for_reply(detail::process& to, detail::data_ptr message, std::chrono::nanoseconds deadline);
  [[nodiscard]] result<detail::process_ptr> find_process(const std::string& path, const detail::actor_type& type) const;

  [[nodiscard]] detail::system_impl& impl() const; // throws std::logic_error for a system that was moved from

  std::unique_ptr<detail::system_impl> impl_;
};

} // namespace alys
