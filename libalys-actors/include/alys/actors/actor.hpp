// SPDX-License-Identifier: Apache-2.0
//
// An actor is a class: its state are its members, its interface are the messages it lists, its behaviour is one handle() a message. The
// supervisor that holds it builds it, restarts it and stops it; nothing else ever touches the object, and never two threads at once.
//
// A handler answers with the message's reply type R, with alys::result<R> (which may refuse or fail), with alys::promise<R> (later), or is
// a coroutine, alys::task<R>. Optional hooks: initialize() started() stopping() stopped() health(), each void, alys::result<void> or (the
// first and third) alys::promise<void> or alys::task<void>; health() gives alys::health_report. A hook or handler that throws or returns
// alys::fail fails the actor.
//
// ```cpp
// struct add { using reply = int; int amount = 0; };
// ALYS_MESSAGE(add, amount)
// struct counter_config { int start = 0; };
// ALYS_CONFIG(counter_config, start)
//
// class counter final : public alys::actor<counter, counter_config> {
// public:
//   using messages = alys::accepts<add>;
//   int handle(const add& a) { return sum_ += a.amount; }
//
// private:
//   int sum_ = config().start;
// };
// ```
#pragma once

#include <alys/actors/ask.hpp>
#include <alys/actors/config.hpp>
#include <alys/actors/task.hpp>

#include <stdexcept>

namespace alys {

// Whom an actor may ask: actors, or messages for handles that are narrowed to them. The edges are checked for cycles at start.
template <class... Targets>
struct to {
  template <class Handle, class M>
  [[nodiscard]] static constexpr bool allows() noexcept {
    return (std::is_same_v<Handle, ref<Targets>> || ...) || (std::is_same_v<M, Targets> || ...);
  }
};

// A timer of one incarnation; see actor::after.
class timer {
public:
  timer() noexcept = default;

private:
  template <class, class>
  friend class actor;
  explicit timer(detail::timer_id id) noexcept : id_(id) {}
  detail::timer_id id_;
};

// The part of an actor that does not depend on its type.
class actor_base {
public:
  virtual ~actor_base() = default;
  actor_base(const actor_base&) = delete;
  actor_base& operator=(const actor_base&) = delete;

protected:
  actor_base();
  [[nodiscard]] detail::actor_host& host() const noexcept { return *host_; }
  [[nodiscard]] const void* raw_config() const noexcept { return config_.get(); }

private:
  friend struct access;
  detail::actor_host* host_;
  std::shared_ptr<const void> config_;
};

// The base of every actor: `class ledger final : public alys::actor<ledger, ledger_config>`.
template <class Self, class Config = no_config>
class actor : public actor_base {
public:
  using config_type = Config;

protected:
  actor() = default;

  // The configuration of this incarnation, also in the constructor.
  [[nodiscard]] const Config& config() const noexcept { return *static_cast<const Config*>(raw_config()); }
  // This actor's own handle.
  [[nodiscard]] ref<Self> self() const { return detail::handle_access::make<ref<Self>>(host().self()); }
  // "/root/bank/ledger"
  [[nodiscard]] std::string path() const { return host().self()->path(); }
  // Which life of this slot this is, from 1.
  [[nodiscard]] std::uint32_t incarnation() const noexcept { return host().incarnation(); }
  // Time on the system's clock, which a test may move; from an unspecified start.
  [[nodiscard]] std::chrono::nanoseconds now() const noexcept { return host().now(); }
  // For spans that outlive the turn, or begin on other threads; of the message in hand: current_span().
  [[nodiscard]] alys::tracer tracer() const noexcept { return host().tracer(); }
  // Ends this actor in order, once the current turn is over. A permanent child is started again, others are not.
  void finish() const noexcept { host().request_finish(); }

  // Sets the message in hand aside, until unstash_all() or the end of this incarnation: `return stash();`. Whatever the handler returns
  // after that answers nobody. A stash that is full ends the message instead: errc::stash_full for who asked, else a dead letter. Only for a
  // message from the mailbox, in a handler that leaves it whole (const M&); anywhere else it throws std::logic_error.
  error stash() { return host().stash(); }
  // Puts all that was set aside back to the front of the queue, in order.
  void unstash_all() noexcept { host().unstash_all(); }

  // Asks `to`; see ask.hpp. The deadline counts from `.then` and must be positive.
  template <handle Handle, class M>
  [[nodiscard]] auto ask(const Handle& to, M&& message, std::chrono::nanoseconds deadline) {
    using plain = std::remove_cvref_t<M>;
    static_assert(request<plain>, "alys: this message has no 'using reply = ...': it is a notification, use send()");
    detail::check_accepted<Handle, plain>();
    static_assert(declares_ask<Handle, plain>(),
                  "alys: undeclared ask: add the receiver (or, through a ref_to, the message) to 'using asks = alys::to<...>'");
    if (deadline <= std::chrono::nanoseconds::zero()) throw std::invalid_argument("alys: the deadline of an ask must be positive");
    (void)detail::require_process(to);
    if constexpr (request<plain>) {
      return pending_ask<reply_t<plain>>(host(), detail::handle_access::process_of(to), detail::make_envelope(std::forward<M>(message)),
                                         deadline);
    }
  }
  // An ask without a deadline could wait for ever.
  template <handle Handle, class M>
  void ask(const Handle& to, M&& message) = delete;

  // For co_await in a coroutine: goes on after `time`, at least 0, in a later turn of this actor.
  [[nodiscard]] detail::nap sleep(std::chrono::nanoseconds time) const {
    if (time < std::chrono::nanoseconds::zero()) throw std::invalid_argument("alys: nobody sleeps for a negative time");
    return {&host(), time};
  }

  // Sends `message` to this actor after `delay`, outside the mailbox's bound. A timer ends with its incarnation.
  template <class M>
  timer after(std::chrono::nanoseconds delay, M message) {
    return add_timer(delay, std::chrono::nanoseconds::zero(), std::move(message));
  }
  // Sends a copy of `message` every `period`, the first after one period. Expiries that could not be handled in time are skipped.
  template <class M>
  timer every(std::chrono::nanoseconds period, M message) {
    static_assert(std::copy_constructible<M>, "alys: a repeated message must be copyable");
    if (period <= std::chrono::nanoseconds::zero()) throw std::invalid_argument("alys: the period of a timer must be positive");
    return add_timer(period, period, std::move(message));
  }
  // Does nothing for a timer that has expired or belonged to an older incarnation. Cost: logarithmic in the number of timers.
  void cancel(timer t) noexcept { host().cancel_timer(t.id_); }

private:
  template <class Handle, class M>
  [[nodiscard]] static constexpr bool declares_ask() {
    if constexpr (requires { typename Self::asks; }) return Self::asks::template allows<Handle, M>();
    else return false;
  }
  template <class M>
  timer add_timer(std::chrono::nanoseconds delay, std::chrono::nanoseconds period, M message) {
    detail::check_accepted<ref<Self>, M>();
    if (delay < std::chrono::nanoseconds::zero()) throw std::invalid_argument("alys: the delay of a timer must not be negative");
    return timer{host().add_timer(delay, period, detail::make_envelope(std::move(message)))};
  }
};

} // namespace alys

#include <alys/actors/detail/dispatch.hpp>
