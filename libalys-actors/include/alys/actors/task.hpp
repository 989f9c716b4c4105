// SPDX-License-Identifier: Apache-2.0
//
// Handlers that wait. A handler that is a coroutine asks, waits for the answer and goes on in the next line, with its locals and its
// message where they were. Meanwhile the actor handles no other message (answers, health checks and the supervisor still come through),
// unless the handler is declared `task<R, alys::reentrant>`.
//
//   auto a = ask(...);                    an ask is named first, then awaited:
//   result<R> r = co_await a;             the answer, or the error
//   R value = co_await a.or_return();     the answer; an error ends the handler, which answers with that error
//   co_await sleep(2s);
//   result<T> t = co_await part(x);       a private coroutine of the same actor; also .or_return()
//   co_return value; co_return alys::refuse(...); co_return alys::fail(...);      as from any handler
//
// task<void> ends with its body; a handler without a value that may refuse or fail is a task<result<void>>. The frame dies with the
// incarnation: a restart or a stop ends it where it waits, and its asker gets an error. docs/guide/coroutines.md has the whole table.
//
// ```cpp
// #include <alys/actors/actor.hpp>
//
// struct price_of { using reply = int; std::string item; };
// ALYS_MESSAGE(price_of, item)
// struct buy { using reply = int; std::string item; };
// ALYS_MESSAGE(buy, item)
//
// class market final : public alys::actor<market> {
// public:
//   using messages = alys::accepts<price_of>;
//   int handle(const price_of&) { return 5; }
// };
//
// class buyer final : public alys::actor<buyer> {
// public:
//   using messages = alys::accepts<buy>;
//   using asks = alys::to<market>;
//   explicit buyer(alys::ref<market> m) : market_(std::move(m)) {}
//   alys::task<int> handle(const buy& b) {
//     auto price = ask(market_, price_of{b.item}, 1s);
//     const int asked = co_await price.or_return();
//     if (asked > 9) co_return alys::fail(alys::category::external, "who pays that?");
//     co_await sleep(10ms);
//     co_return asked;
//   }
//
// private:
//   alys::ref<market> market_;
// };
// ```
#pragma once

#include <alys/actors/detail/task_promise.hpp>

namespace alys {

// Beside the result of a task: what may happen to its actor while the handler waits.
struct exclusive {}; // nothing but the handler's own affairs; what is meant if nothing is said
struct reentrant {}; // other messages are handled

// A body that runs when it is awaited, or when its actor's message is handled: what a coroutine handler, initialize(), stopping() and a
// private coroutine of an actor return. `R`: its reply, or result<R>. Not thread-safe: belongs to its actor. Cost: one allocation for the
// frame, and for a handler another one.
template <class R, class Kind>
class [[nodiscard]] task {
  static_assert(std::is_same_v<Kind, exclusive> || std::is_same_v<Kind, reentrant>,
                "alys: the second argument of a task is alys::reentrant, or left out");

public:
  using promise_type = detail::task_promise<R, Kind>;
  using content = typename detail::content_of<R>::type;
  static constexpr bool is_reentrant = std::is_same_v<Kind, reentrant>;

  task(task&& other) noexcept : body_(std::exchange(other.body_, nullptr)) {}
  task& operator=(task&& other) noexcept {
    std::swap(body_, other.body_);
    return *this;
  }
  ~task() {
    if (body_) body_.destroy();
  }

  // For co_await: its value; an error that it ends with also ends whoever awaits it, as if that one had said co_return with it.
  [[nodiscard]] detail::task_or_return<R, Kind> or_return() const noexcept { return {body_}; }

private:
  friend promise_type;
  friend struct detail::task_access;
  explicit task(std::coroutine_handle<promise_type> body) noexcept : body_(body) {}
  std::coroutine_handle<promise_type> body_;
};

} // namespace alys

#include <alys/actors/detail/task_access.hpp>
