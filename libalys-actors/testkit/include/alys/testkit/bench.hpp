// SPDX-License-Identifier: Apache-2.0
//
// A tree under test, in virtual time and on the test's own thread. Nothing runs and no time passes unless the test says so, and the same
// test does the same thing every time. It is the real tree: its cells, supervisors and mailboxes are those of production.
//
// send() only puts a message into a mailbox. Calls that run the tree leave it at rest, all turns of that instant done; run_until() and
// turn() alone stop in the middle. Time moves by advance(), and by waiting with a deadline: ask(to, m, within), probe::within.
//
// ```cpp
// struct deposit { using reply = int; int amount = 0; };
// ALYS_MESSAGE(deposit, amount)
//
// class ledger final : public alys::actor<ledger> {
// public:
//   using messages = alys::accepts<deposit>;
//   int handle(const deposit& d) { return sum_ += d.amount; }
//
// private:
//   int sum_ = 0;
// };
//
// inline bool comes_back_empty() {
//   alys::testkit::bench t;
//   const auto book = t.child<ledger>({}, {.restart = alys::backoff{.initial = 1s, .jitter = alys::jitter::none}});
//   const bool first = t.ask(book, deposit{5}) == 5;
//   t.fail_next(book);
//   const bool failed = t.ask(book, deposit{5}).error().failed();
//   const bool away = t.ask(book, deposit{5}, 999ms) == alys::errc::deadline;
//   t.advance(1ms);
//   return first && failed && away && t.ask(book, deposit{5}) == 10 && t.restarts(book) == 1; // 10: the message above was waiting for it
// }
// ```
#pragma once

#include <alys/testkit/detail/answer_box.hpp>
#include <alys/testkit/fault_plan.hpp>
#include <alys/testkit/probe.hpp>
#include <alys/testkit/recorder.hpp>

#include <alys/actors/system.hpp>

namespace alys::testkit {

struct bench_options {
  strategy how = one_for_one{};                                      // of the root, unless a whole tree is given
  supervisor_options supervision = {};                               // likewise
  std::uint64_t seed = 1;                                            // of jitter and of the order of turns
  bool shuffle = false;                                              // turns go to whoever the seed draws, not to who waits longest
  std::chrono::milliseconds health_period{0};                        // between two checks of every actor; 0: none
  watchdog_options watchdog{.period = std::chrono::milliseconds{0}}; // looks as time passes; 0: there is none
  alert_options alerts = {};
  log_sink log = log_to_nowhere();
  std::vector<std::shared_ptr<observer>> observers = {}; // besides the bench's own recorder
  tracing_options tracing = {};                          // its seed, if it has none, is made from the one above
};

namespace detail {
class bench_core;
} // namespace detail

// The answer to a question that was put with bench::ask_later. Copies, and what was moved from, wait for the same one.
template <class R>
class pending_answer {
public:
  pending_answer(const pending_answer&) = default;
  pending_answer& operator=(const pending_answer&) = default;
  [[nodiscard]] bool arrived() const noexcept { return box_->full(); }
  // The answer, once; errc::deadline if it has not arrived.
  [[nodiscard]] result<R> take() { return alys::detail::take_result<R>(*box_->take()); }

private:
  friend class bench;
  explicit pending_answer(std::shared_ptr<detail::answer_box> box) : box_(std::move(box)) {}
  std::shared_ptr<detail::answer_box> box_;
};

// Not thread-safe, and not movable. Everything declared through it starts together, on the first call that runs the tree.
class bench {
public:
  // One supervisor, "/bench", to be filled with child() and stand_in(), or through root().
  explicit bench(bench_options options = {});
  // A whole tree, as it would be given to system::start.
  explicit bench(supervisor_spec tree, bench_options options = {});
  // Shuts the tree down.
  ~bench();
  bench(const bench&) = delete;
  bench& operator=(const bench&) = delete;

  // ---- declaring; std::logic_error once the tree has started ----

  // The root's declaration, to be added to.
  [[nodiscard]] supervisor_spec& root();
  // A child of the root, named after its class; see supervisor_spec::child.
  template <class A, class... Args>
  ref<A> child(typename A::config_type config = {}, child_options options = {}, Args&&... args) {
    return root().template child<A>(name_for(alys::detail::type_name<A>()), std::move(config), std::move(options),
                                    std::forward<Args>(args)...);
  }
  // A stand-in for an A, below the root or another supervisor of this tree.
  template <class A>
  [[nodiscard]] probe<A> stand_in() {
    return stand_in<A>(root(), name_for(alys::detail::type_name<A>()));
  }
  template <class A>
  [[nodiscard]] probe<A> stand_in(supervisor_spec& under, std::string name) {
    (void)root();
    auto state = std::make_shared<detail::stand_in_state>();
    const auto placed = under.child<detail::stand_in_actor<A, typename A::messages>>(std::move(name), {}, {}, state);
    return {driver(), std::move(state), alys::detail::handle_access::make<ref<A>>(alys::detail::handle_access::process_of(placed))};
  }

  // ---- running ----

  // Starts the tree, if that did not happen. Throws start_error as system::start does.
  void start();
  // Sends; the message waits until the tree runs.
  template <handle Handle, class M>
  void send(const Handle& to, M&& message) {
    start();
    alys::send(to, std::forward<M>(message));
  }
  // Asks, runs until the answer is there, and lets time pass for it, at most `within`. Without it no time passes: an actor that cannot
  // answer at this instant gives errc::deadline. The question stays asked.
  template <handle Handle, class M>
  [[nodiscard]] auto ask(const Handle& to, M&& message, std::chrono::nanoseconds within = {}) -> result<reply_t<std::remove_cvref_t<M>>> {
    start();
    const auto box = put_question(to, std::forward<M>(message));
    wait_for(*box, within);
    return alys::detail::take_result<reply_t<std::remove_cvref_t<M>>>(*box->take());
  }
  // Asks as send() does: the question waits until the tree runs, and the answer where it is asked for.
  template <handle Handle, class M>
  [[nodiscard]] auto ask_later(const Handle& to, M&& message) {
    start();
    return pending_answer<reply_t<std::remove_cvref_t<M>>>{put_question(to, std::forward<M>(message))};
  }
  // Lets `time` pass; everything that falls due happens at its own instant, in order.
  void advance(std::chrono::nanoseconds time);
  // All turns of this instant. Throws std::runtime_error if after a million turns there is no end to them.
  void run_until_idle();
  // Runs until `done` says so, not a turn longer, and lets time pass for that, at most `within`. False if it did not come to it.
  [[nodiscard]] bool run_until(const std::function<bool()>& done, std::chrono::nanoseconds within = {});
  // One turn: of one slot, all its control messages and one data message. False if nobody waits for a turn.
  bool turn();
  // Takes what is new in `next`; see system::reload. Time passes for actors that are slow to prepare.
  reload_report reload(const supervisor_spec& next, reload_options options = {});
  // Stops the tree; see system::shutdown.
  shutdown_report shutdown(shutdown_options options = {});

  // ---- faults; see fault_plan.hpp. The slot must belong to this tree: std::invalid_argument ----

  template <class A>
  void inject(const ref<A>& into, const fault_plan& plan) {
    inject_into(alys::detail::require_process(into), plan, nullptr);
  }
  // Only messages of type M count and are befallen.
  template <message M, class A>
  void inject(const ref<A>& into, const fault_plan& plan) {
    alys::detail::check_accepted<ref<A>, M>();
    inject_into(alys::detail::require_process(into), plan, &alys::detail::message_type_of<M>);
  }
  // The handler of its next message fails.
  template <class A>
  void fail_next(const ref<A>& into, error with = fails{}.with) {
    inject(into, {.effect = fails{std::move(with)}});
  }
  // Its next initialize() fails.
  template <class A>
  void fail_next_start(const ref<A>& into, error with = fails{}.with) {
    fail_start_of(alys::detail::require_process(into), std::move(with));
  }

  // ---- looking; nothing runs ----

  // Since the bench was made.
  [[nodiscard]] std::chrono::nanoseconds now() const noexcept;
  [[nodiscard]] tree_node tree();
  // The slot of a handle. std::invalid_argument if it has left the tree.
  template <handle Handle>
  [[nodiscard]] tree_node node(const Handle& of) {
    return node_at(alys::detail::require_process(of).path());
  }
  template <handle Handle>
  [[nodiscard]] std::uint64_t restarts(const Handle& of) {
    return node(of).restarts;
  }
  template <handle Handle>
  [[nodiscard]] std::uint32_t incarnation(const Handle& of) {
    return node(of).incarnation;
  }
  template <handle Handle>
  [[nodiscard]] lifecycle_state state(const Handle& of) {
    return node(of).state;
  }
  // What happened since the start.
  [[nodiscard]] recorder& seen() noexcept;
  // For everything else: find, ready, wait_for, which runs the tree as the bench does.
  [[nodiscard]] alys::system& system();

private:
  [[nodiscard]] std::shared_ptr<detail::driver> driver();
  [[nodiscard]] std::string name_for(std::string_view type);
  template <handle Handle, class M>
  [[nodiscard]] std::shared_ptr<detail::answer_box> put_question(const Handle& to, M&& message) {
    alys::detail::check_accepted<Handle, std::remove_cvref_t<M>>();
    auto box = std::make_shared<detail::answer_box>();
    auto envelope = alys::detail::make_envelope(std::forward<M>(message));
    envelope->reply = {box, {}};
    alys::detail::send_envelope(alys::detail::require_process(to), std::move(envelope));
    return box;
  }
  void wait_for(const detail::answer_box& box, std::chrono::nanoseconds within);
  void inject_into(const alys::detail::process& slot, const fault_plan& plan, const alys::detail::message_type* only);
  void fail_start_of(const alys::detail::process& slot, error with);
  [[nodiscard]] tree_node node_at(const std::string& path);

  std::shared_ptr<detail::bench_core> core_;
};

} // namespace alys::testkit
